import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './manifest.mjs';
import { run } from './run.mjs';

const built = join(root, 'dist/index.js');
/** There while somebody builds: `mkdir` lets one in. */
const lock = join(root, 'node_modules/.rxwamp-building');
/** A lock older than this was left behind. */
const STALE_MS = 180_000;

const isFresh = () => existsSync(built) && statSync(built).mtimeMs > newest(join(root, 'src'));

/** Builds dist/ when it is missing or older than src/, or waits for who builds it already. What the build prints goes to stderr. */
export function ensureBuilt() {
  while (!isFresh()) {
    if (!take()) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
      continue;
    }
    try {
      if (!isFresh()) run('npm', ['run', 'build', '--silent'], { output: 'stderr' });
    } finally {
      rmdirSync(lock);
    }
  }
}

/** @returns {boolean} whether it is ours to build */
function take() {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > STALE_MS) rmdirSync(lock);
    return false;
  }
}

/**
 * @param {string} folder
 * @returns {number} when something under it last changed, in ms since the epoch
 */
function newest(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((file) => statSync(join(folder, file)).mtimeMs));
}
