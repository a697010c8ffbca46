import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './manifest.mjs';
import { run } from './run.mjs';

/** Builds dist/ when it is missing or older than src/. What the build prints goes to stderr. */
export function ensureBuilt() {
  const built = join(root, 'dist/index.js');
  if (existsSync(built) && statSync(built).mtimeMs > newest(join(root, 'src'))) return;
  run('npm', ['run', 'build', '--silent'], { output: 'stderr' });
}

/**
 * @param {string} folder
 * @returns {number} when something under it last changed, in ms since the epoch
 */
function newest(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((file) => statSync(join(folder, file)).mtimeMs));
}
