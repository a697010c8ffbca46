import { createRequire } from 'node:module';
import { WebSocket } from 'ws';
import { versionOf } from '../measure/versions.mjs';

/** autobahn takes the platform's WebSocket. Older Nodes have none, and every Node's own is slower: it is given that of `ws`. */

// Its serializers are looked up when it is loaded.
Object.assign(globalThis, { WebSocket });
const autobahn = createRequire(import.meta.url)('autobahn');

/** @type {Record<string, () => object>} */
const serializers = {
  json: () => new autobahn.serializer.JSONSerializer(),
  msgpack: () => new autobahn.serializer.MsgpackSerializer(),
  cbor: () => new autobahn.serializer.CBORSerializer(),
};

/** @type {import('../measure/contestant.mjs').Contestant} */
export default {
  name: 'autobahn',
  version: versionOf('autobahn'),
  serializers: ['json', 'msgpack', 'cbor'],
  async connect({ url, realm, serializer }) {
    const connection = new autobahn.Connection({
      url,
      realm,
      serializers: [serializers[serializer]?.()],
      max_retries: -1,
      initial_retry_delay: 0.001,
    });
    /** @type {any} */
    let session;
    /** @type {Map<string, (args: any) => void>} */
    const topics = new Map();
    let keeps = false;
    await /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        connection.onopen = (/** @type {any} */ opened) => {
          session = opened;
          // As its documentation has it: what a session holds is made in `onopen`.
          if (keeps) for (const [topic, onEvent] of topics) session.subscribe(topic, onEvent);
          resolve();
        };
        connection.open();
      })
    );
    return {
      subscribe(topic, onEvent) {
        topics.set(topic, onEvent);
        return session.subscribe(topic, onEvent);
      },
      unsubscribe: (handle) => session.unsubscribe(handle),
      call(procedure, args, done, onProgress) {
        if (onProgress === undefined) session.call(procedure, args).then(one(done));
        else session.call(procedure, args, {}, { receive_progress: true }).then(one(done), undefined, one(onProgress));
      },
      register: (procedure, handler) => session.register(procedure, handler),
      publish: (topic, args) => session.publish(topic, args),
      publishAcknowledged: (topic, args, done) => session.publish(topic, args, {}, { acknowledge: true }).then(done),
      keepConnected() {
        keeps = true;
      },
      close: () => connection.close(),
    };
  },
};

/** A result of one argument is that argument. @param {(args: any) => void} then */
const one = (then) => (/** @type {any} */ result) => then([result]);
