// @ts-check
/** A router in a process of its own, so that it can be killed. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { checkWampcra, Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';

const file = fileURLToPath(import.meta.url);

/**
 * Starts it, and resolves when it listens.
 *
 * @param {number} [port] default: a free one
 */
export async function startRouter(port = 0) {
  const child = fork(file, [String(port)]);
  const [listensOn] = await once(child, 'message');
  return { port: Number(listensOn), kill: () => child.kill('SIGKILL') };
}

if (process.argv[1] === file) {
  // Whoever started this process is gone, and so is its use.
  process.on('disconnect', () => process.exit());
  /** @param {string} name @param {string} authrole */
  const principal = (name, authrole) => [name, { secret: `secret of ${name}`, authrole }];
  const principals = Object.fromEntries([
    principal('center', 'operator'),
    ...['boiler', 'gate', 'pump'].map((name) => principal(name, 'device')),
  ]);
  const history = [{ topic: 'com.example..alarm', match: /** @type {const} */ ('wildcard'), maxEvents: 100 }];
  const router = new Router({ realms: { plant: { authenticate: [checkWampcra({ principals })], history } } });
  const listener = await listen(router, { port: Number(process.argv[2]) });
  process.send?.(listener.port);
}
