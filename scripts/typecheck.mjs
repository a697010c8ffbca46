import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './manifest.mjs';
import { run } from './run.mjs';

/**
 * Checks sources, specs and scripts; then the samples, which see the library as its users do: through
 * the declarations in dist/, so only when that is built.
 */
run('tsc', ['-p', 'tsconfig.json']);

const samples = join(root, 'samples');
const hasSamples =
  existsSync(samples) && readdirSync(samples, { recursive: true }).some((file) => String(file).endsWith('.mjs'));
if (hasSamples) {
  if (existsSync(join(root, 'dist/index.d.ts'))) run('tsc', ['-p', 'tsconfig.samples.json']);
  else console.warn('samples not checked: dist/ is missing (npm run build)');
}
