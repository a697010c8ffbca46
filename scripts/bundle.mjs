import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root, websocket } from './manifest.mjs';

/** @type {{ compilerOptions: { useDefineForClassFields: boolean } }} */
const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));

/**
 * An entry of the library bundled for a browser from its sources, without writing anything.
 *
 * @param {string} source the entry's source, from the root of the repository
 * @param {{ names?: readonly string[], external?: string[], minify?: boolean }} [options] `names`: only what these exports need
 */
export function bundleForBrowser(source, { names, external = [], minify = false } = {}) {
  return build({
    stdin: {
      contents: `export ${names ? `{ ${names.join(', ')} }` : '*'} from './${source.replace(/\.ts$/, '.js')}';`,
      resolveDir: root,
    },
    alias: { '#websocket': join(root, `src/${websocket.browser}.ts`) },
    // Not all of tsconfig.json: its `paths` lead to the Node side of `#websocket`.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: compilerOptions.useDefineForClassFields } },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
    external,
    minify,
  });
}
