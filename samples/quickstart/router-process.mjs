// @ts-check
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Observable } from 'rxjs';

/**
 * A router as a cold Observable: subscribing starts `router.mjs` as a process, unsubscribing kills it (SIGKILL, nothing is
 * tidied up). Emits where it listens; errors when it cannot, and when it ends.
 *
 * @param {number} port 0 for a free one
 * @param {readonly string[]} without what it shall not offer
 * @returns {Observable<{ url: string, port: number, pid: number }>}
 */
export const routerProcess = (port, without) =>
  new Observable((subscriber) => {
    const options = [`--port=${port}`, ...without.map((uri) => `--without=${uri}`)];
    const child = fork(fileURLToPath(new URL('router.mjs', import.meta.url)), options);
    child.on('message', (/** @type {{ failed: string } | { url: string, port: number, pid: number }} */ message) => {
      if ('failed' in message) subscriber.error(new Error(message.failed));
      else subscriber.next(message);
    });
    child.on('error', (error) => subscriber.error(error));
    child.on('exit', (code, signal) => subscriber.error(new Error(`the router process ended with ${signal ?? code}`)));
    return () => child.kill('SIGKILL');
  });
