import { createRequire } from 'node:module';
import { dist, library, libraryVersion } from '../measure/library.mjs';

/** The library under test: what was built, as its users get it. */

const { WampClient } = await library('index.js');
const { msgpack } = await library('serializers/msgpack.js');
const { cbor } = await library('serializers/cbor.js');
const { processQueue } = await library('operators/index.js');
const { NEVER } = createRequire(dist)('rxjs');

/** @type {Record<string, object>} */
const options = { json: {}, msgpack: { serializers: [msgpack()] }, cbor: { serializers: [cbor()] } };

/** @type {import('../measure/contestant.mjs').Contestant} */
export default {
  name: 'rxwamp',
  version: libraryVersion,
  serializers: ['json', 'msgpack', 'cbor'],
  async connect({ url, realm, serializer }) {
    const wamp = new WampClient({ url, realm, ...options[serializer], retry: { initialDelayMs: 1 } });
    wamp.connect();
    await /** @type {Promise<void>} */ (
      new Promise((resolve, reject) => {
        wamp.state$.subscribe((/** @type {any} */ { status, error }) => {
          if (status === 'connected') resolve();
          if (status === 'closed') reject(error ?? new Error('closed'));
        });
      })
    );
    return {
      subscribe: (topic, onEvent) => wamp.topic(topic).subscribe((/** @type {any} */ event) => onEvent(event.args)),
      unsubscribe: (/** @type {any} */ handle) => handle.unsubscribe(),
      subscribeFull(topic, overflow, onDrop) {
        const full = processQueue(() => NEVER, { capacity: 1, overflow, onDrop: () => onDrop() });
        wamp.topic(topic).pipe(full).subscribe();
      },
      call(procedure, args, done, onProgress) {
        if (onProgress === undefined) {
          wamp.call(procedure, args).subscribe((/** @type {any} */ result) => done(result.args));
          return;
        }
        wamp.call(procedure, args, { progress: true }).subscribe((/** @type {any} */ result) => {
          if (result.progress) onProgress(result.args);
          else done(result.args);
        });
      },
      register: (procedure, handler) =>
        new Promise((resolve) => {
          wamp
            .register(procedure, (/** @type {any} */ invocation) => handler(invocation.args))
            .subscribe(() => resolve(undefined));
        }),
      publish: (topic, args) => void wamp.publish(topic, args),
      publishAcknowledged: (topic, args, done) => void wamp.publish(topic, args, { acknowledge: true }).subscribe(done),
      keepConnected: () => undefined,
      close: () => wamp.close(),
    };
  },
};
