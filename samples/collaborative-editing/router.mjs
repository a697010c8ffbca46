// @ts-check
/** A router in a process of its own, so that it can be killed. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Router } from 'rxwamp/router';
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
  const listener = await listen(new Router({ realms: { realm1: {} } }), { port: Number(process.argv[2]) });
  process.send?.(listener.port);
}
