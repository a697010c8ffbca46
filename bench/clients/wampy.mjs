import { createRequire } from 'node:module';
import { WebSocket } from 'ws';
import { versionOf } from '../measure/versions.mjs';

/** It has no unacknowledged publications: each waits for its PUBLISHED. */

const load = createRequire(import.meta.url);
const { Wampy } = load('wampy');
const { MsgpackSerializer } = load('wampy/MsgpackSerializer.js');
const { CborSerializer } = load('wampy/CborSerializer.js');

/** @type {Record<string, () => object>} */
const options = {
  json: () => ({}),
  msgpack: () => ({ serializer: new MsgpackSerializer() }),
  cbor: () => ({ serializer: new CborSerializer() }),
};

/** @type {import('../measure/contestant.mjs').Contestant} */
export default {
  name: 'wampy',
  version: versionOf('wampy'),
  serializers: ['json', 'msgpack', 'cbor'],
  async connect({ url, realm, serializer }) {
    const wampy = new Wampy(url, {
      realm,
      ws: WebSocket,
      reconnectInterval: 1,
      maxRetries: 0,
      ...options[serializer]?.(),
    });
    await wampy.connect();
    return {
      subscribe: (topic, onEvent) => wampy.subscribe(topic, (/** @type {any} */ event) => onEvent(event.argsList)),
      unsubscribe: (/** @type {any} */ handle) => wampy.unsubscribe(handle.subscriptionKey),
      call(procedure, args, done, onProgress) {
        const more = onProgress && { progress_callback: (/** @type {any} */ result) => onProgress(result.argsList) };
        wampy.call(procedure, args, more).then((/** @type {any} */ result) => done(result.argsList));
      },
      register: (procedure, handler) =>
        wampy.register(procedure, (/** @type {any} */ invocation) => ({ argsList: [handler(invocation.argsList)] })),
      publishAcknowledged: (topic, args, done) => wampy.publish(topic, args).then(done),
      keepConnected: () => undefined,
      close: () => wampy.disconnect(),
    };
  },
};
