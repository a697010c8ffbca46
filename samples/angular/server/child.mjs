// @ts-check
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Observable } from 'rxjs';

/**
 * A script as a process: subscribing starts it, unsubscribing kills it. Emits what it sends, errors when it says that it
 * failed or ends before it has sent anything, and completes when it has ended later, however.
 *
 * @param {string} script beside this file
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} env beside the present one
 * @returns {Observable<Record<string, unknown>>}
 */
export const child = (script, args, env) =>
  new Observable((subscriber) => {
    const process_ = fork(fileURLToPath(new URL(script, import.meta.url)), args, { env: { ...process.env, ...env } });
    let isUp = false;
    process_.on('message', (/** @type {Record<string, unknown>} */ message) => {
      isUp = true;
      if ('failed' in message) subscriber.error(new Error(`${script}: ${message['failed']}`));
      else subscriber.next(message);
    });
    process_.on('error', (error) => subscriber.error(error));
    process_.on('exit', (code, signal) => {
      if (isUp) subscriber.complete();
      else subscriber.error(new Error(`${script} ended with ${signal ?? code}`));
    });
    return () => process_.kill('SIGKILL');
  });
