import { createRequire } from 'node:module';
import { of } from 'rxjs';
import { WebSocket } from 'ws';
import { versionOf } from '../measure/versions.mjs';

/** JSON alone; publications are always acknowledged, calls always ask for progress. */

const { connectWampChannel, makeObservableWebSocket } = createRequire(import.meta.url)('wamprx');
const dial = makeObservableWebSocket(
  (/** @type {string} */ url, /** @type {string} */ protocol) =>
    new WebSocket(url, protocol, { perMessageDeflate: false }),
);

/** @type {import('../measure/contestant.mjs').Contestant} */
export default {
  name: 'wamprx',
  version: versionOf('wamprx'),
  serializers: ['json'],
  async connect({ url, realm }) {
    /** @type {any} */
    let connection;
    const channel = await /** @type {Promise<any>} */ (
      new Promise((resolve, reject) => {
        connection = connectWampChannel(url, realm, undefined, dial).subscribe({ next: resolve, error: reject });
      })
    );
    return {
      subscribe: (topic, onEvent) => channel.subscribe(topic).subscribe((/** @type {any} */ [args]) => onEvent(args)),
      unsubscribe: (/** @type {any} */ handle) => handle.unsubscribe(),
      call(procedure, args, done, onProgress) {
        /** @type {any} */
        let last;
        channel.call(procedure, args).subscribe({
          next: (/** @type {any} */ [result]) => {
            onProgress?.(result);
            last = result;
          },
          complete: () => done(last),
        });
      },
      register: (procedure, handler) => channel.register(procedure, (/** @type {any} */ args) => of([[handler(args)]])),
      publishAcknowledged: (topic, args, done) => channel.publish(topic, args).then(done),
      close: () => connection.unsubscribe(),
    };
  },
};
