// @ts-check
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '../../../scripts/ensure-built.mjs';
import { run } from '../../../scripts/run.mjs';

const sample = join(import.meta.dirname, '..');
const at = (/** @type {string} */ path) => join(sample, path);

/** Builds the library if need be, installs the sample with it, and builds the application if anything has changed. */
export function prepare() {
  ensureBuilt();
  install();
  const app = at('dist/browser/index.html');
  const sources = [at('src'), at('angular.json'), at('tsconfig.json'), at('node_modules/rxwamp')];
  if (existsSync(app) && modified(app) > Math.max(...sources.map(newest))) return;
  run('npm', ['run', 'build', '--', '--stats-json'], { cwd: sample, output: 'stderr' });
}

/** The packages of the lock file, and the library as it is built now: npm copies it (`install-links`), and does so once. */
function install() {
  const installed = at('node_modules/.package-lock.json');
  if (!existsSync(installed) || modified(installed) < modified(at('package-lock.json'))) {
    run('npm', ['ci'], { cwd: sample, output: 'stderr' });
    return;
  }
  const built = new URL('../../../dist/index.js', import.meta.url);
  const copied = at('node_modules/rxwamp/dist/index.js');
  if (
    existsSync(copied) &&
    readFileSync(copied).equals(readFileSync(built)) &&
    modified(copied) > statSync(built).mtimeMs
  )
    return;
  rmSync(at('node_modules/rxwamp'), { recursive: true, force: true });
  run('npm', ['install', '--no-save'], { cwd: sample, output: 'stderr' });
}

/** @param {string} file */
const modified = (file) => statSync(file).mtimeMs;

/**
 * @param {string} path a file, or a folder with all that is in it
 * @returns {number}
 */
function newest(path) {
  if (!statSync(path).isDirectory()) return modified(path);
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((file) => modified(join(path, file))));
}
