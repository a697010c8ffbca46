import { entries } from './scripts/manifest.mjs';

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  entryPoints: entries.map(({ source }) => source),
  tsconfig: 'tsconfig.build.json',
  out: 'docs/api',
  excludeInternal: true,
  excludePrivate: true,
  includeVersion: true,
};
