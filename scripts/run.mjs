import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { root } from './manifest.mjs';

/**
 * Runs a command, or a tool of node_modules, to its end.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, output?: 'inherit' | 'stderr' | 'return' }} [options] `output`: where its stdout goes
 * @returns {string} its stdout if asked for, else an empty string
 * @throws {Error} when it ends with a code other than 0
 */
export function run(command, args, { cwd = root, output = 'inherit' } = {}) {
  const stdout = { inherit: 'inherit', stderr: process.stderr, return: 'pipe' }[output];
  const result = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: join(root, 'node_modules/.bin') + delimiter + (process.env['PATH'] ?? '') },
    shell: process.platform === 'win32',
    stdio: ['ignore', /** @type {'inherit'} */ (stdout), 'inherit'],
  });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${command} ended with code ${result.status}`);
  return output === 'return' ? result.stdout : '';
}
