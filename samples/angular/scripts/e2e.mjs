// @ts-check
import { join } from 'node:path';
import { root } from '../../../scripts/manifest.mjs';
import { run } from '../../../scripts/run.mjs';
import { bundleFigures } from './bundle-figures.mjs';
import { prepare } from './prepare.mjs';

/** Builds the dashboard and runs the end-to-end specs against it. What cannot be built here is skipped by its spec. */
try {
  prepare();
  process.env['RXWAMP_E2E'] = '1';
  console.log(bundleFigures().join('\n'));
} catch (error) {
  console.log(`The dashboard cannot be built here: ${error instanceof Error ? error.message : error}`);
}
try {
  run(process.execPath, [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    'spec/e2e',
    '--runInBand',
    ...process.argv.slice(2),
  ]);
} catch (error) {
  process.exitCode = 1;
  console.error(error instanceof Error ? error.message : error);
}
