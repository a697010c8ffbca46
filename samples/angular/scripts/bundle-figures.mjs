// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = join(import.meta.dirname, '../dist');
const kB = (/** @type {number} */ bytes) => `${(bytes / 1_000).toFixed(1)} kB`.padStart(10);

/**
 * @param {string} input a source, as esbuild names it
 * @returns {string} the package it belongs to
 */
const packageOf = (input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? 'the application itself';

/** What the built application weighs, what of it is rxwamp, and what it would weigh without. */
export function bundleFigures() {
  const stats = join(dist, 'stats.json');
  if (!existsSync(stats)) return ['no bundle figures: build with --stats-json'];
  /** @type {{ outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }>, entryPoint?: string }> }} */
  const { outputs } = JSON.parse(readFileSync(stats, 'utf8'));
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for (const [output, { inputs }] of Object.entries(outputs)) {
    if (!output.endsWith('.js')) continue;
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const name = packageOf(input);
      sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
    }
  }
  const lazy = readdirSync(join(dist, 'browser')).filter((name) => name.endsWith('.js'));
  const html = readFileSync(join(dist, 'browser/index.html'), 'utf8');
  const files = lazy.map((name) => {
    const bytes = readFileSync(join(dist, 'browser', name));
    return { isInitial: html.includes(name), raw: bytes.length, gzip: gzipSync(bytes).length };
  });
  const sum = (/** @type {typeof files} */ list, /** @type {'raw' | 'gzip'} */ key) =>
    list.reduce((total, file) => total + file[key], 0);
  const initial = files.filter(({ isInitial }) => isInitial);
  const all = sum(files, 'raw');
  const rxwamp = sizes.get('rxwamp') ?? 0;
  return [
    'bundle figures of the dashboard (minified JavaScript)',
    `  all             ${kB(all)}   ${kB(sum(files, 'gzip'))} gzip`,
    `  loaded at first ${kB(sum(initial, 'raw'))}   ${kB(sum(initial, 'gzip'))} gzip`,
    `  with rxwamp     ${kB(all)}`,
    `  without rxwamp  ${kB(all - rxwamp)}   (rxwamp is ${kB(rxwamp).trim()} of it)`,
    ...[...sizes]
      .sort(([, a], [, b]) => b - a)
      .slice(0, 9)
      .map(([name, bytes]) => `    ${name.padEnd(28)}${kB(bytes)}`),
  ];
}
