import { Decoder, Encoder } from '@msgpack/msgpack';
import * as cborg from 'cborg';
import { WebSocket } from 'ws';
import { Code } from '../wire/codes.mjs';
import { versionOf } from '../measure/versions.mjs';

/**
 * What no client can beat without being cleverer about sockets or decoding: a bare `ws` socket, the decoder, and one look-up
 * by id to a callback. Nothing is checked, nothing is typed, no error is handled.
 *
 * @typedef {import('../measure/contestant.mjs').Client} Client
 * @typedef {import('../measure/contestant.mjs').ConnectOptions} ConnectOptions
 *
 * @typedef {object} Format
 * @property {string} subprotocol
 * @property {(message: unknown) => string | Uint8Array} encode
 * @property {(data: Buffer) => any} decode
 */

const msgpackEncoder = new Encoder();
const msgpackDecoder = new Decoder();

/** @type {Record<string, Format>} */
const formats = {
  json: {
    subprotocol: 'wamp.2.json',
    encode: (message) => JSON.stringify(message),
    decode: (data) => JSON.parse(data.toString()),
  },
  msgpack: {
    subprotocol: 'wamp.2.msgpack',
    encode: (message) => msgpackEncoder.encode(message),
    decode: (data) => msgpackDecoder.decode(data),
  },
  cbor: {
    subprotocol: 'wamp.2.cbor',
    encode: (message) => cborg.encode(message),
    decode: (data) => cborg.decode(data),
  },
};

/**
 * @param {ConnectOptions} options
 * @param {Partial<Hooks>} [hooks]
 * @returns {Promise<Client>}
 *
 * @typedef {object} Hooks
 * @property {Format} format instead of the usual one
 * @property {(onEvent: (args: any) => void) => { next: (args: any) => void }} target what a subscription's look-up finds
 */
export async function connectFloor({ url, realm, serializer }, hooks = {}) {
  const format = hooks.format ?? formats[serializer];
  if (format === undefined) throw new Error(`no ${serializer}`);
  const target = hooks.target ?? ((next) => ({ next }));
  const { encode, decode } = format;
  let last = 0;
  /** @type {WebSocket} */
  let socket;
  /** @type {Map<number, (message: any) => void>} */
  const pending = new Map();
  /** @type {Map<number, { next: (args: any) => void }>} */
  const subscriptions = new Map();
  /** @type {Map<number, (args: any) => unknown>} */
  const registrations = new Map();
  /** @type {Map<string, (args: any) => void>} */
  const topics = new Map();
  /** @type {() => void} */
  let joined;

  const dial = () =>
    new Promise((resolve) => {
      socket = new WebSocket(url, format.subprotocol, { perMessageDeflate: false });
      joined = () => resolve(undefined);
      socket.on('open', () => socket.send(encode([Code.HELLO, realm, { roles: { subscriber: {}, caller: {} } }])));
      socket.on('message', (data) => receive(decode(/** @type {Buffer} */ (data))));
      socket.on('error', () => undefined);
    });

  /** @param {any} message */
  const receive = (message) => {
    switch (message[0]) {
      case Code.EVENT:
        subscriptions.get(message[1])?.next(message[4]);
        return;
      case Code.RESULT: {
        const done = pending.get(message[1]);
        if (message[2].progress !== true) pending.delete(message[1]);
        done?.(message);
        return;
      }
      case Code.INVOCATION:
        socket.send(encode([Code.YIELD, message[1], {}, [registrations.get(message[2])?.(message[4])]]));
        return;
      case Code.WELCOME:
        joined();
        return;
      default: {
        const done = pending.get(message[1]);
        pending.delete(message[1]);
        done?.(message);
      }
    }
  };

  /** @param {string} topic @param {(args: any) => void} onEvent */
  const subscribe = (topic, onEvent) =>
    new Promise((resolve) => {
      const id = ++last;
      pending.set(id, (message) => {
        subscriptions.set(message[2], target(onEvent));
        resolve(message[2]);
      });
      socket.send(encode([Code.SUBSCRIBE, id, {}, topic]));
    });

  await dial();
  return {
    subscribe(topic, onEvent) {
      topics.set(topic, onEvent);
      return subscribe(topic, onEvent);
    },
    unsubscribe: (handle) =>
      new Promise((resolve) => {
        const id = ++last;
        subscriptions.delete(/** @type {number} */ (handle));
        pending.set(id, () => resolve(undefined));
        socket.send(encode([Code.UNSUBSCRIBE, id, handle]));
      }),
    call(procedure, args, done, onProgress) {
      const id = ++last;
      pending.set(
        id,
        onProgress === undefined
          ? (message) => done(message[3])
          : (message) => (message[2].progress === true ? onProgress(message[3]) : done(message[3])),
      );
      socket.send(encode([Code.CALL, id, onProgress === undefined ? {} : { receive_progress: true }, procedure, args]));
    },
    register: (procedure, handler) =>
      new Promise((resolve) => {
        const id = ++last;
        pending.set(id, (message) => {
          registrations.set(message[2], handler);
          resolve(undefined);
        });
        socket.send(encode([Code.REGISTER, id, {}, procedure]));
      }),
    publish(topic, args) {
      socket.send(encode([Code.PUBLISH, ++last, {}, topic, args]));
    },
    publishAcknowledged(topic, args, done) {
      const id = ++last;
      pending.set(id, done);
      socket.send(encode([Code.PUBLISH, id, { acknowledge: true }, topic, args]));
    },
    keepConnected() {
      socket.on('close', async () => {
        pending.clear();
        subscriptions.clear();
        await dial();
        for (const [topic, onEvent] of topics) void subscribe(topic, onEvent);
      });
    },
    close: () => socket.terminate(),
  };
}

/** @type {import('../measure/contestant.mjs').Contestant} */
export default {
  name: 'floor',
  version: `ws ${versionOf('ws')}`,
  serializers: ['json', 'msgpack', 'cbor'],
  connect: (options) => connectFloor(options),
};
