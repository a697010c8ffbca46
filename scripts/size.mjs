import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleForBrowser } from './bundle.mjs';
import { entries, root } from './manifest.mjs';

/**
 * Measures what a browser has to load, minified and gzipped, without RxJS (the application has it already),
 * and fails when a budget of size-budgets.json is exceeded.
 *
 * @typedef {{ entry: string, names?: string[], maxGzipBytes: number }} Budget `names`: only what these exports need
 */

/** @type {Record<string, Budget>} */
const budgets = JSON.parse(readFileSync(join(root, 'size-budgets.json'), 'utf8'));

for (const [label, { entry: subpath, names, maxGzipBytes }] of Object.entries(budgets)) {
  const entry = entries.find((candidate) => candidate.subpath === subpath);
  if (entry === undefined) throw new Error(`${label}: there is no entry ${subpath}`);
  const options = { external: ['rxjs', 'rxjs/*', '@angular/*', 'rxwamp'], minify: true, ...(names && { names }) };
  const { outputFiles } = await bundleForBrowser(entry.source, options);
  const [code] = outputFiles.map(({ contents }) => contents);
  if (code === undefined) throw new Error(`${label}: nothing came out of the bundler`);
  const size = gzipSync(code, { level: 9 }).length;
  console.log(`${label}: ${size} bytes gzipped (${code.length} minified), budget ${maxGzipBytes}`);
  if (size > maxGzipBytes) process.exitCode = 1;
}
