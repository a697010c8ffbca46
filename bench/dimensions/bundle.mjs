import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { entriesOf } from '../measure/dimension.mjs';
import { dist } from '../measure/library.mjs';

const ROOT = join(import.meta.dirname, '../..');
const BENCH = join(ROOT, 'bench');

/** What a page imports to connect with JSON over a WebSocket, and where that is looked for. @type {Record<string, { code: string, from: string, external?: string[] }>} */
const PAGES = {
  rxwamp: { code: `export { WampClient, value } from ${JSON.stringify(dist)};`, from: ROOT },
  wampy: { code: "export { Wampy } from 'wampy';", from: BENCH },
  // Modules of Node that a page has to find stand-ins for.
  autobahn: {
    code: "export { Connection } from 'autobahn';",
    from: BENCH,
    external: ['assert', 'fs', 'stream', 'util'],
  },
};

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'bundle',
  title: 'Browser bundle',
  about:
    'What a page loads to have a client with JSON and WebSocket, bundled by esbuild for browsers, minified and gzipped, RxJS apart; autobahn without the stand-ins for modules of Node that it asks for. ' +
    'thruway.js and wamprx are left out: they are written for RxJS of former days.',
  side: 'bundle',
  columns: () => [{ label: 'client' }],
  entries: () => entriesOf({ rxwamp: ['json'], wampy: ['json'], autobahn: ['json'] }),
  rounds: () => 1,
  views: [{ title: 'Minified, gzipped', metric: 'bytes', unit: 'B', ratio: false, chart: 'bars' }],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ name }) {
    const page = PAGES[name];
    if (page === undefined) throw new Error(`nobody has said how ${name} is imported`);
    /** @type {import('esbuild')} */
    const { build } = createRequire(join(ROOT, 'package.json'))('esbuild');
    const { outputFiles } = await build({
      stdin: { contents: page.code, resolveDir: page.from },
      // Else `paths` of tsconfig.json lead to our sources.
      tsconfigRaw: '{}',
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      logLevel: 'silent',
      external: ['rxjs', 'rxjs/*', ...(page.external ?? [])],
    });
    const [file] = outputFiles;
    if (file === undefined) throw new Error('nothing came out of the bundler');
    return { bytes: gzipSync(file.contents, { level: 9 }).length, minified: file.contents.length };
  },
};
