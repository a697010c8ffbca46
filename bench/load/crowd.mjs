import { fork } from 'node:child_process';
import { join } from 'node:path';
import { Receivers } from './receivers.mjs';

/** How many sessions one process has at most. */
const PER_PROCESS = 4000;

/**
 * Subscribers of one topic, over as many processes as it takes.
 *
 * @param {number} count
 * @param {number} port
 * @param {import('../wire/codecs.mjs').Serializer} serializer
 * @param {string} topic
 * @returns {Promise<{ received: (each: number) => Promise<unknown> }>}
 */
export async function crowd(count, port, serializer, topic) {
  if (count <= PER_PROCESS) return Receivers.open(count, port, serializer, topic);
  /** @type {import('node:child_process').ChildProcess[]} */
  const others = [];
  for (let left = count; left > 0; left -= PER_PROCESS) {
    const args = [port, serializer, topic, Math.min(left, PER_PROCESS)].map(String);
    const process = fork(join(import.meta.dirname, 'receivers-process.mjs'), args);
    await new Promise((resolve, reject) => {
      process.once('message', resolve);
      process.once('exit', () => reject(new Error('the receivers have died')));
    });
    others.push(process);
  }
  return {
    received: (each) =>
      Promise.all(
        others.map(
          (process) =>
            new Promise((resolve) => {
              process.once('message', resolve);
              process.send(each);
            }),
        ),
      ),
  };
}
