import { createRequire } from 'node:module';
import { join } from 'node:path';

/** JSON alone, publications are never acknowledged. It stands on RxJS 5 and `ws` 6, which it gets to itself. */

const load = createRequire(join(import.meta.dirname, '../peers/thruway/package.json'));
const { Client } = load('thruway.js');

/** @type {import('../measure/contestant.mjs').Contestant} */
export default {
  name: 'thruway',
  label: 'thruway.js',
  version: load('thruway.js/package.json').version,
  serializers: ['json'],
  async connect({ url, realm }) {
    const client = new Client(url, realm, {});
    await new Promise((resolve) => client.onOpen.subscribe(resolve));
    return {
      subscribe: (topic, onEvent) => client.topic(topic).subscribe((/** @type {any} */ event) => onEvent(event.args)),
      unsubscribe: (/** @type {any} */ handle) => handle.unsubscribe(),
      call(procedure, args, done, onProgress) {
        if (onProgress === undefined) {
          client.call(procedure, args).subscribe((/** @type {any} */ result) => done(result.args));
          return;
        }
        client.call(procedure, args, undefined, { receive_progress: true }).subscribe({
          next: (/** @type {any} */ result) => onProgress(result.args),
          complete: () => done([]),
        });
      },
      register: (procedure, handler) =>
        new Promise((resolve) => {
          client
            .register(procedure, (/** @type {any[]} */ ...args) => handler(args))
            .subscribe(() => resolve(undefined));
        }),
      publish: (topic, args) => client.publish(topic, args[0]),
      close: () => client.close(),
    };
  },
};
