import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What package.json says about entry points, read once for the build, the tests and the checks, so
 * that adding an entry means adding it to `exports` (and to `paths` in tsconfig.json) and nowhere else.
 *
 * @typedef {object} Entry
 * @property {string} subpath  as in `exports`: `.`, `./router/node`
 * @property {string} name     path under src/ and dist/ without extension: `index`, `router/node/index`
 * @property {string} source   path of its TypeScript source from the root of the repository
 * @property {boolean} nodeOnly  it can be imported in Node alone
 * @property {boolean} esmOnly  it exists as ES module alone (`.mjs`), as everything of Angular does
 *
 * @typedef {{ types: string, node?: string, default?: string }} Conditions
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {Record<string, string>} dependencies
 * @property {Record<string, string>} peerDependencies
 * @property {Record<string, string | Conditions | { import: Conditions, require: Conditions }>} exports
 * @property {{ '#websocket': { node: { import: string }, default: { import: string } } }} imports
 */

export const root = join(import.meta.dirname, '..');

/** @type {Manifest} */
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @param {string} file `./dist/router/index.js` → `router/index` */
const nameOf = (file) => file.replace(/^\.\/dist\//, '').replace(/\.m?js$/, '');

/** @param {string} name */
const sourceOf = (name) => `src/${name}.ts`;

/** @type {readonly Entry[]} */
export const entries = Object.entries(manifest.exports).flatMap(([subpath, target]) => {
  if (typeof target === 'string') return [];
  const esmOnly = !('import' in target);
  const conditions = esmOnly ? target : target.import;
  const file = conditions.default ?? conditions.node;
  if (file === undefined) throw new Error(`${subpath} of exports names no file`);
  const name = nameOf(file);
  return [{ subpath, name, source: sourceOf(name), nodeOnly: conditions.default === undefined, esmOnly }];
});

/** Both sides of the `#websocket` import; built like entries, but never imported by users. */
export const websocket = {
  node: nameOf(manifest.imports['#websocket'].node.import),
  browser: nameOf(manifest.imports['#websocket'].default.import),
};

/** Names of all that the build puts into dist/ under a name of its own, as ES module and as CommonJS. */
export const outputs = [
  ...entries.filter(({ esmOnly }) => !esmOnly).map(({ name }) => name),
  ...Object.values(websocket),
];

/** Names of the entries that are ES modules alone. */
export const esmOutputs = entries.filter(({ esmOnly }) => esmOnly).map(({ name }) => name);
