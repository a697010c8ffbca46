import { Code } from '../wire/codes.mjs';
import { frame, FrameReader } from '../wire/frames.mjs';
import { readHead, template } from '../wire/head.mjs';
import { payloads } from '../wire/payloads.mjs';

/**
 * @typedef {import('../wire/codecs.mjs').Codec} Codec
 * @typedef {import('../wire/payloads.mjs').PayloadName} PayloadName
 * @typedef {import('node:net').Socket} Socket
 */

/** The id of the first subscription of a session; the second has one more, and so on. */
export const FIRST_SUBSCRIPTION = 1000;
const REGISTRATION = 77;
const PUBLICATION = 5_000_001;
/** How much is handed to the socket at a time. */
const CHUNK_BYTES = 256 * 1024;

/** Messages of which more than the head is looked at. */
/** @type {ReadonlySet<number>} */
const READ = new Set([Code.HELLO, Code.GOODBYE, Code.ERROR]);

const ROLES = {
  broker: { features: { pattern_based_subscription: true, publisher_exclusion: true } },
  dealer: { features: { progressive_call_results: true, call_canceling: true } },
};

/** One client's session, over however many connections. */
export class ScriptedSession {
  /** @type {Codec | undefined} */
  #codec;
  /** @type {Socket | undefined} */
  #socket;
  #acceptedAt = 0n;
  #lastSeen = performance.now();
  #subscriptions = 0;
  /** What has come in, by type code. @type {Record<number, number>} */
  #seen = {};
  /** What a CALL is answered with: a result, nothing, or so many progressive results. @type {'result' | 'never' | number} */
  #calls = 'result';
  #acknowledges = false;
  #greets = false;
  /** The subscription after which an event says that all are there. */
  #expected = 0;
  /** When each PUBLISH came in, while that is asked for. @type {bigint[] | undefined} */
  #stamps;
  /** @type {{ left: number, unsent: number, nextId: number, done: () => void } | undefined} */
  #invoking;
  /** @type {Map<string, (id: Buffer) => Buffer>} */
  #templates = new Map();
  /** @type {Map<string, { chunks: Buffer[], frames: number[] }>} */
  #prepared = new Map();
  /** What the messages of one piece are answered with: one write. @type {Buffer[]} */
  #answers = [];

  /**
   * Reads HELLO, and hands the connection to the session of its realm.
   *
   * @param {Socket} socket
   * @param {Codec} codec
   * @param {Buffer} head
   * @param {bigint} acceptedAt
   * @param {(realm: string) => ScriptedSession} sessionOf
   */
  static handshake(socket, codec, head, acceptedAt, sessionOf) {
    /** @type {ScriptedSession | undefined} */
    let session;
    const reader = new FrameReader({
      isWanted: (bytes) => session === undefined || READ.has(readHead(codec, bytes).code),
      onControl: (reply, isLast) => void (isLast ? socket.end(reply) : socket.write(reply)),
      onFrame: (payload) => {
        if (session !== undefined) {
          session.receive(payload);
          return;
        }
        const [, realm] = /** @type {[number, string]} */ (codec.decode(payload));
        session = sessionOf(realm);
        session.open(socket, codec, acceptedAt);
      },
    });
    socket.on('error', () => socket.destroy());
    /** @param {Buffer} piece */
    const read = (piece) => {
      reader.push(piece);
      session?.flush();
    };
    socket.on('data', read);
    if (head.length > 0) read(head);
  }

  /** @param {any} command */
  handle(command) {
    switch (command.do) {
      case 'calls':
        this.#calls = command.answer;
        return;
      case 'acknowledge':
        this.#acknowledges = command.on;
        return;
      case 'greet':
        this.#greets = true;
        return;
      case 'expect':
        this.#expected = command.subscriptions;
        return;
      case 'stamp': {
        const stamps = this.#stamps ?? [];
        this.#stamps = command.on ? [] : undefined;
        return stamps.map(String);
      }
      case 'seen':
        return { seen: this.#seen, acceptedAt: String(this.#acceptedAt) };
      case 'drop':
        return this.drop();
      case 'events':
        return void this.#events(command);
      case 'invoke':
        return void this.#invoke(command);
      default:
        throw new Error(`what is ${command.do}?`);
    }
  }

  /** Whether nobody has been connected for so long. @param {number} ms */
  isGoneFor(ms) {
    if (this.#socket?.destroyed === false) this.#lastSeen = performance.now();
    return performance.now() - this.#lastSeen > ms;
  }

  drop() {
    this.#seen = {};
    this.#socket?.destroy();
  }

  /** @param {Socket} socket @param {Codec} codec @param {bigint} acceptedAt */
  open(socket, codec, acceptedAt) {
    this.#socket = socket;
    this.#codec = codec;
    this.#acceptedAt = acceptedAt;
    this.#subscriptions = 0;
    this.#send([Code.WELCOME, 4242, { roles: ROLES, realm: 'bench', authid: 'bench', authrole: 'anonymous' }]);
  }

  /** @param {Buffer} payload */
  receive(payload) {
    const { code, id } = readHead(this.#present(), payload);
    this.#seen[code] = (this.#seen[code] ?? 0) + 1;
    switch (code) {
      case Code.CALL:
        if (this.#calls === 'never') return;
        if (typeof this.#calls === 'number') this.#progress(id, this.#calls);
        this.#answer('result', [Code.RESULT, {}, payloads['16 B']], id);
        return;
      case Code.PUBLISH:
        this.#stamps?.push(process.hrtime.bigint());
        if (this.#acknowledges) this.#answer('published', [Code.PUBLISHED, PUBLICATION], id);
        return;
      case Code.YIELD:
        this.#yielded();
        return;
      case Code.SUBSCRIBE: {
        const subscription = FIRST_SUBSCRIPTION + this.#subscriptions++;
        this.#push(template(this.#present(), [Code.SUBSCRIBED, subscription])(id));
        if (this.#greets || this.#subscriptions === this.#expected)
          this.#send([Code.EVENT, subscription, PUBLICATION, {}, payloads['16 B']]);
        return;
      }
      case Code.UNSUBSCRIBE:
        this.#answer('unsubscribed', [Code.UNSUBSCRIBED], id);
        return;
      case Code.REGISTER:
        this.#answer('registered', [Code.REGISTERED, REGISTRATION], id);
        return;
      case Code.UNREGISTER:
        this.#answer('unregistered', [Code.UNREGISTERED], id);
        return;
      case Code.GOODBYE:
        this.#send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
        return;
      case Code.CANCEL:
        return;
      default:
        throw new Error(`a client sent ${payload.toString()}`);
    }
  }

  /** @param {Buffer} id @param {number} count */
  #progress(id, count) {
    const message = this.#template('progress', [Code.RESULT, { progress: true }, payloads['16 B']])(id);
    const one = frame(message, this.#present().binary);
    const many = Buffer.concat(Array.from({ length: Math.min(count, 1000) }, () => one));
    for (let left = count; left > 0; left -= 1000) {
      this.#answers.push(left >= 1000 ? many : many.subarray(0, left * one.length));
    }
  }

  /** @param {{ from: number, to: number, payload: PayloadName, count: number, then?: number }} command */
  async #events({ from, to, payload, count, then }) {
    const key = `${from} ${to} ${payload}`;
    const prepared = this.#prepared.get(key) ?? this.#prepare(from, to, payload);
    this.#prepared.set(key, prepared);
    let left = count;
    for (let at = 0; left > 0; at = (at + 1) % prepared.chunks.length) {
      const chunk = prepared.chunks[at];
      const frames = prepared.frames[at];
      if (chunk === undefined || frames === undefined) throw new Error('nothing to send');
      // All frames of a chunk are as long but for their ids, so the rest is cut out of fresh ones.
      if (left < frames) await this.#write(this.#cut(chunk, left));
      else await this.#write(chunk);
      left -= frames;
    }
    if (then !== undefined) this.#send([Code.EVENT, FIRST_SUBSCRIPTION + then, PUBLICATION, {}, payloads['16 B']]);
    this.flush();
  }

  /** The first frames of a chunk. @param {Buffer} chunk @param {number} frames */
  #cut(chunk, frames) {
    let at = 0;
    for (let i = 0; i < frames; i++) {
      const size = chunk[at + 1] ?? 0;
      if (size < 126) at += 2 + size;
      else if (size === 126) at += 4 + chunk.readUInt16BE(at + 2);
      else at += 10 + Number(chunk.readBigUInt64BE(at + 2));
    }
    return chunk.subarray(0, at);
  }

  /**
   * Frames of events of the subscriptions from … to, in an order that no cache foresees, joined into chunks.
   *
   * @param {number} from
   * @param {number} to
   * @param {PayloadName} payload
   */
  #prepare(from, to, payload) {
    const codec = this.#present();
    const size = frame(codec.encode([Code.EVENT, 1, 1, {}, payloads[payload]]), true).length;
    const total = Math.max(to - from, Math.min(1000, Math.ceil((4 * CHUNK_BYTES) / size)));
    const order = shuffled(Array.from({ length: total }, (_, i) => from + (i % (to - from))));
    const chunks = [];
    const frames = [];
    /** @type {Buffer[]} */
    let chunk = [];
    let bytes = 0;
    for (const [i, index] of order.entries()) {
      const message = [Code.EVENT, FIRST_SUBSCRIPTION + index, PUBLICATION + i, {}, payloads[payload]];
      const one = frame(codec.encode(message), codec.binary);
      chunk.push(one);
      bytes += one.length;
      if (bytes < CHUNK_BYTES && i < order.length - 1) continue;
      chunks.push(Buffer.concat(chunk));
      frames.push(chunk.length);
      chunk = [];
      bytes = 0;
    }
    return { chunks, frames };
  }

  /** @param {{ count: number, window: number }} command */
  #invoke({ count, window }) {
    this.#invoking = { left: count, unsent: count, nextId: this.#invoking?.nextId ?? 1, done: () => undefined };
    this.#sendInvocations(window);
    this.flush();
  }

  #yielded() {
    const invoking = this.#invoking;
    if (invoking === undefined) return;
    invoking.left--;
    if (invoking.unsent > 0) this.#sendInvocations(1);
  }

  /** @param {number} count */
  #sendInvocations(count) {
    const invoking = this.#invoking;
    if (invoking === undefined) return;
    const codec = this.#present();
    for (let i = 0; i < count && invoking.unsent > 0; i++, invoking.unsent--) {
      const id = codec.encode(invoking.nextId++);
      this.#answer('invocation', [Code.INVOCATION, REGISTRATION, {}, payloads['16 B']], id);
    }
  }

  /**
   * @param {string} name
   * @param {[code: number, ...rest: unknown[]]} message without the id
   * @param {Buffer} id
   */
  #answer(name, message, id) {
    this.#push(this.#template(name, message)(id));
  }

  /** @param {string} name @param {[code: number, ...rest: unknown[]]} message */
  #template(name, message) {
    const known = this.#templates.get(name);
    if (known !== undefined) return known;
    const made = template(this.#present(), message);
    this.#templates.set(name, made);
    return made;
  }

  /** @param {unknown[]} message */
  #send(message) {
    this.#push(this.#present().encode(message));
  }

  /** @param {Buffer} message */
  #push(message) {
    this.#answers.push(frame(message, this.#present().binary));
  }

  flush() {
    if (this.#answers.length === 0) return;
    const all = this.#answers;
    this.#answers = [];
    void this.#write(Buffer.concat(all));
  }

  /** @param {Buffer} bytes */
  #write(bytes) {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed || socket.write(bytes)) return undefined;
    return new Promise((resolve) => {
      const go = () => {
        socket.off('drain', go);
        socket.off('close', go);
        resolve(undefined);
      };
      socket.on('drain', go);
      socket.on('close', go);
    });
  }

  #present() {
    if (this.#codec === undefined) throw new Error('nobody has joined this realm');
    return this.#codec;
  }
}

/**
 * The same every time, so that runs compare.
 *
 * @template T
 * @param {T[]} list
 */
function shuffled(list) {
  let state = 12_345;
  for (let i = list.length - 1; i > 0; i--) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    const j = state % (i + 1);
    const one = /** @type {T} */ (list[i]);
    list[i] = /** @type {T} */ (list[j]);
    list[j] = one;
  }
  return list;
}
