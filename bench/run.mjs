import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../scripts/run.mjs';

/**
 * `npm run bench`: installs what rxwamp is compared with, builds the library, measures, and writes docs/benchmarks.md.
 *
 * What is imported here is there in a fresh checkout.
 */
const here = import.meta.dirname;
if (!existsSync(join(here, 'node_modules/echarts'))) {
  process.stderr.write('installing what rxwamp is compared with …\n');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], { cwd: here, output: 'stderr' });
}

await import('./bench.mjs');
