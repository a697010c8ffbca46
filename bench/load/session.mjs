import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { codecs } from '../wire/codecs.mjs';
import { Code } from '../wire/codes.mjs';
import { frame, FrameReader } from '../wire/frames.mjs';
import { readHead, template } from '../wire/head.mjs';

/**
 * @typedef {import('../wire/codecs.mjs').Serializer} Serializer
 * @typedef {import('../wire/codecs.mjs').Codec} Codec
 */

/** A session of a load generator: it counts events, answers invocations, and decodes only what it must. */
export class LoadSession {
  /** @type {Codec} */
  codec;
  /** Events received. */
  events = 0;
  /** Called after each piece of TCP that had events in it. */
  onEvents = () => undefined;
  /** Called with each result's request id. @type {(id: number) => void} */
  onResult = () => undefined;
  isClosed = false;
  #socket;
  #request = 0;
  /** @type {Map<number, (message: any) => void>} */
  #pending = new Map();
  /** @type {(message: any) => void} */
  #joined = () => undefined;
  /** @type {Buffer[]} */
  #out = [];
  /** @type {((id: Buffer) => Buffer) | undefined} */
  #yields;

  /** @param {number} port @param {Serializer} serializer @param {(error: Error) => void} failed */
  constructor(port, serializer, failed) {
    this.codec = codecs[serializer];
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('error', failed);
    this.#socket.on('close', () => {
      this.isClosed = true;
      failed(new Error('the router hung up'));
    });
    this.#socket.write(
      'GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Protocol: ${this.codec.subprotocol}\r\n\r\n`,
    );
    this.#socket.once('data', (piece) => this.#upgraded(/** @type {Buffer} */ (piece), failed));
  }

  /** @param {number} port @param {Serializer} serializer @returns {Promise<LoadSession>} */
  static join(port, serializer) {
    return new Promise((resolve, reject) => {
      const session = new LoadSession(port, serializer, reject);
      session.#joined = () => resolve(session);
    });
  }

  /**
   * Many sessions, some at a time.
   *
   * @param {number} count
   * @param {number} port
   * @param {Serializer} serializer
   */
  static async joinMany(count, port, serializer) {
    /** @type {LoadSession[]} */
    const sessions = [];
    while (sessions.length < count) {
      const some = Array.from({ length: Math.min(100, count - sessions.length) }, () =>
        LoadSession.join(port, serializer),
      );
      sessions.push(...(await Promise.all(some)));
    }
    return sessions;
  }

  /**
   * @param {number} code
   * @param {...unknown} rest
   * @returns {Promise<any>} what it was answered with
   */
  request(code, ...rest) {
    const id = ++this.#request;
    this.#write(this.codec.encode([code, id, ...rest]));
    return new Promise((resolve, reject) =>
      this.#pending.set(id, (message) => {
        if (message[0] === Code.ERROR) reject(new Error(`refused: ${JSON.stringify(message)}`));
        else resolve(message);
      }),
    );
  }

  /**
   * Sends a message so many times, under ids of their own, in one write with whatever else is sent in this tick.
   *
   * @param {[code: number, ...rest: unknown[]]} message without the id
   * @returns {(count: number) => number} the last id
   */
  burst(message) {
    const make = template(this.codec, message);
    return (count) => {
      if (this.#out.length === 0) process.nextTick(() => this.#flush());
      for (let i = 0; i < count; i++) this.#out.push(this.#frame(make(this.codec.encode(++this.#request))));
      return this.#request;
    };
  }

  /** Answers what is called here. @param {string} procedure @param {unknown[]} args of every answer */
  async serve(procedure, args) {
    this.#yields = template(this.codec, [Code.YIELD, {}, args]);
    await this.request(Code.REGISTER, {}, procedure);
  }

  pause() {
    this.#socket.pause();
  }

  end() {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  /** @param {Buffer} piece @param {(error: Error) => void} failed */
  #upgraded(piece, failed) {
    const end = piece.indexOf('\r\n\r\n');
    if (end === -1 || !piece.subarray(0, 12).toString().endsWith('101')) {
      failed(new Error(`not upgraded: ${piece.subarray(0, 200).toString()}`));
      return;
    }
    const reader = new FrameReader({
      isWanted: (head) => !UNREAD.has(readHead(this.codec, head).code),
      onFrame: (payload) => this.#message(payload),
      onControl: (reply, isLast) => void (isLast ? this.#socket.end(reply) : this.#socket.write(reply)),
    });
    let seen = 0;
    /** @param {Buffer} bytes */
    const read = (bytes) => {
      reader.push(bytes);
      this.#flush();
      if (this.events === seen) return;
      seen = this.events;
      this.onEvents();
    };
    this.#socket.on('data', read);
    this.#write(this.codec.encode([Code.HELLO, 'realm1', { roles: ROLES, authmethods: ['anonymous'] }]));
    if (piece.length > end + 4) read(piece.subarray(end + 4));
  }

  /** @param {Buffer} payload */
  #message(payload) {
    const { code, id } = readHead(this.codec, payload);
    if (code === Code.EVENT) {
      this.events++;
      return;
    }
    if (code === Code.INVOCATION) {
      if (this.#yields !== undefined) this.#out.push(this.#frame(this.#yields(id)));
      return;
    }
    if (code === Code.RESULT) {
      this.onResult(Number(this.codec.decode(id)));
      return;
    }
    const message = /** @type {any} */ (this.codec.decode(payload));
    if (code === Code.WELCOME) {
      this.#joined(message);
      return;
    }
    const request = message[code === Code.ERROR ? 2 : 1];
    const waiting = this.#pending.get(request);
    if (waiting === undefined) throw new Error(`unexpected: ${JSON.stringify(message)}`);
    this.#pending.delete(request);
    waiting(message);
  }

  /** @param {Buffer} message */
  #write(message) {
    this.#socket.write(this.#frame(message));
  }

  /** @param {Buffer} message */
  #frame(message) {
    return frame(message, this.codec.binary, { masked: true });
  }

  #flush() {
    if (this.#out.length === 0) return;
    const all = this.#out;
    this.#out = [];
    this.#socket.write(Buffer.concat(all));
  }
}

const UNREAD = new Set([Code.EVENT, Code.INVOCATION, Code.RESULT].map(Number));
const ROLES = { publisher: {}, subscriber: {}, caller: {}, callee: {} };
