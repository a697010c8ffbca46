import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { codecs } from '../wire/codecs.mjs';
import { Code } from '../wire/codes.mjs';
import { frame } from '../wire/frames.mjs';

/**
 * The least that a router in Node can do: decode, one look-up by topic or id, send. Nothing is checked, nobody may do too
 * much, nobody who reads slowly is noticed.
 *
 * @typedef {import('../wire/codecs.mjs').Codec} Codec
 * @typedef {object} Peer
 * @property {import('ws').WebSocket} webSocket
 * @property {import('node:stream').Duplex} stream
 * @property {Codec} codec
 * @property {boolean} isCorked
 *
 * How an event gets to its receivers.
 * @callback FanOut
 * @param {ReadonlySet<Peer>} receivers
 * @param {unknown[]} event
 */

/** Encoded and framed by `ws` for each receiver. @type {FanOut} */
export const sendEach = (receivers, event) => {
  for (const peer of receivers) send(peer, event);
};

/** Encoded and framed once for all, written for each receiver. @type {FanOut} */
export const frameOnce = (receivers, event) => {
  const frames = new Frames(event);
  for (const { stream, codec } of receivers) stream.write(frames.of(codec));
};

/** Encoded and framed once for all; what one socket gets in one tick goes out in one write. @type {FanOut} */
export const frameOnceCorked = (receivers, event) => {
  const frames = new Frames(event);
  for (const peer of receivers) {
    cork(peer);
    peer.stream.write(frames.of(peer.codec));
  }
};

class Frames {
  /** @type {Map<Codec, Buffer>} */
  #frames = new Map();
  #event;

  /** @param {unknown[]} event */
  constructor(event) {
    this.#event = event;
  }

  /** @param {Codec} codec */
  of(codec) {
    const known = this.#frames.get(codec);
    if (known !== undefined) return known;
    const made = frame(codec.encode(this.#event), codec.binary);
    this.#frames.set(codec, made);
    return made;
  }
}

/** @type {Peer[]} */
let corked = [];

/** @param {Peer} peer */
function cork(peer) {
  if (peer.isCorked) return;
  peer.isCorked = true;
  peer.stream.cork();
  corked.push(peer);
  if (corked.length > 1) return;
  setImmediate(() => {
    const all = corked;
    corked = [];
    for (const one of all) {
      one.isCorked = false;
      one.stream.uncork();
    }
  });
}

/** @param {Peer} peer @param {unknown[]} message */
function send({ webSocket, codec }, message) {
  const bytes = codec.encode(message);
  webSocket.send(bytes, { binary: codec.binary });
}

/**
 * @param {FanOut} fanOut
 * @param {(peer: Peer) => void} [beforeSend] of a message to one peer
 * @returns {() => Promise<import('../measure/router.mjs').Running>}
 */
export const startFloor =
  (fanOut, beforeSend = () => undefined) =>
  () => {
    /** @type {Map<string, { id: number, receivers: Set<Peer> }>} */
    const topics = new Map();
    /** @type {Map<string, { id: number, callee: Peer }>} */
    const procedures = new Map();
    /** @type {Map<number, { caller: Peer, request: number }>} */
    const calls = new Map();
    let lastId = 0;

    /** @param {Peer} peer @param {unknown[]} message */
    const answer = (peer, message) => {
      beforeSend(peer);
      send(peer, message);
    };

    /** @param {Peer} peer @param {any} message */
    const receive = (peer, message) => {
      switch (message[0]) {
        case Code.HELLO:
          answer(peer, [Code.WELCOME, ++lastId, { roles: { broker: {}, dealer: {} } }]);
          return;
        case Code.SUBSCRIBE: {
          const topic = topics.get(message[3]) ?? { id: ++lastId, receivers: new Set() };
          topics.set(message[3], topic);
          topic.receivers.add(peer);
          peer.webSocket.once('close', () => topic.receivers.delete(peer));
          answer(peer, [Code.SUBSCRIBED, message[1], topic.id]);
          return;
        }
        case Code.PUBLISH: {
          const topic = topics.get(message[3]);
          if (topic !== undefined) fanOut(topic.receivers, [Code.EVENT, topic.id, ++lastId, {}, message[4]]);
          if (message[2].acknowledge === true) answer(peer, [Code.PUBLISHED, message[1], ++lastId]);
          return;
        }
        case Code.REGISTER:
          procedures.set(message[3], { id: ++lastId, callee: peer });
          answer(peer, [Code.REGISTERED, message[1], lastId]);
          return;
        case Code.CALL: {
          const procedure = procedures.get(message[3]);
          if (procedure === undefined) return;
          calls.set(++lastId, { caller: peer, request: message[1] });
          answer(procedure.callee, [Code.INVOCATION, lastId, procedure.id, {}, message[4]]);
          return;
        }
        case Code.YIELD: {
          const call = calls.get(message[1]);
          calls.delete(message[1]);
          if (call !== undefined) answer(call.caller, [Code.RESULT, call.request, {}, message[3]]);
          return;
        }
        case Code.GOODBYE:
          answer(peer, [Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
          return;
        default:
          throw new Error(`no ${message[0]} here`);
      }
    };

    const server = createServer();
    const sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      handleProtocols: (offered) => [...offered][0] ?? false,
    });
    server.on('upgrade', (request, stream, head) =>
      sockets.handleUpgrade(request, stream, head, (webSocket) => {
        const codec = Object.values(codecs).find(({ subprotocol }) => subprotocol === webSocket.protocol);
        if (codec === undefined) return webSocket.terminate();
        const peer = { webSocket, stream, codec, isCorked: false };
        webSocket.on('error', () => undefined);
        webSocket.on('message', (data) => receive(peer, codec.decode(/** @type {Buffer} */ (data))));
      }),
    );
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', 4096, () => {
        const address = server.address();
        resolve({ port: typeof address === 'object' && address !== null ? address.port : 0 });
      });
    });
  };

export { cork };
