import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { concerns } from './faults.mjs';
import { Lane } from './lane.mjs';
import { Random } from './random.mjs';
import { reset } from './reset.mjs';

/** @import { AddressInfo, Server, Socket } from 'node:net' */
/** @import { Fault } from './faults.mjs' */

/** Most connections at a time; one more is reset. */
const MAX_CONNECTIONS = 1_000;

/**
 * @typedef {object} ProxyOptions
 * @property {number} port where the router listens
 * @property {string} [host] Default: `127.0.0.1`.
 * @property {number} [seed] of what is random in a fault, e.g. where bytes are split. Default: 0.
 */

/**
 * A TCP proxy on loopback through which everything can go wrong, when one says so.
 *
 *     const proxy = await FaultProxy.open({ port: listener.port });
 *     const heal = proxy.start({ kind: 'vanish', direction: 'up' });
 *     …
 *     heal();
 *     await proxy.close();
 *
 * @implements {AsyncDisposable}
 */
export class FaultProxy {
  /** @type {Set<Fault>} */
  #faults = new Set();
  /** @type {Set<Connection>} */
  #connections = new Set();
  /** Connections that a client's bytes are said a second time over. @type {Set<Socket>} */
  #duplicates = new Set();
  #accepted = 0;
  #port = 0;
  /** @type {Promise<void> | undefined} */
  #closed;
  /** Listening and not listening, one after the other. */
  #listening = Promise.resolve();
  #options;
  #random;
  /** @type {Server} */
  #server;

  /** @param {ProxyOptions} options */
  constructor(options) {
    this.#options = { host: '127.0.0.1', ...options };
    this.#random = new Random(options.seed ?? 0, 'proxy');
    // FIN is passed on, not answered.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /**
   * @param {ProxyOptions} options
   * @returns {Promise<FaultProxy>} once it listens
   */
  static async open(options) {
    const proxy = new FaultProxy(options);
    await proxy.#listen();
    return proxy;
  }

  /** The port to dial in the router's place. */
  get port() {
    return this.#port;
  }

  /** What to dial in the place of a router that listens on `/ws`. */
  get url() {
    return `ws://127.0.0.1:${this.#port}/ws`;
  }

  /** Connections that stand, at least on one side. */
  get connections() {
    return this.#connections.size;
  }

  /** Connections that were made until now, those that were refused among them. */
  get accepted() {
    return this.#accepted;
  }

  /** The faults that last, as they were begun. */
  get active() {
    return [...this.#faults];
  }

  /**
   * Begins a fault.
   *
   * @param {Fault} fault
   * @returns {() => void} heals it; nothing for what happens once
   */
  start(fault) {
    const begun = { ...fault };
    switch (begun.kind) {
      case 'cut':
        for (const connection of this.#connections) connection.cut(begun);
        return () => undefined;
      case 'reset':
        for (const connection of this.#connections) connection.reset(begun);
        return () => undefined;
      case 'garbage': {
        // An octet that neither begins a frame of RFC 6455 nor occurs in UTF-8, then what comes.
        const bytes = Buffer.concat([Buffer.of(0xff), new Random(begun.seed, 'garbage').bytes(begun.bytes - 1)]);
        for (const connection of this.#connections) connection.inject(begun, bytes);
        return () => undefined;
      }
      case 'refuse':
        this.#faults.add(begun);
        if (begun.how === 'closed') this.#relisten();
        break;
      case 'slow handshake':
      case 'duplicate':
      case 'vanish':
      case 'stall':
      case 'throttle':
      case 'split':
      case 'join':
        this.#faults.add(begun);
        this.#changed();
    }
    return () => this.#heal(begun);
  }

  /**
   * Heals everything. Connections in which something has vanished are reset: TCP does not lose what is in between.
   *
   * @returns {Promise<void>} fulfilled when it listens again
   */
  async heal() {
    for (const fault of this.#faults) this.#heal(fault);
    await this.#listening;
  }

  /**
   * Ends every connection by RST and listens no more.
   *
   * @returns {Promise<void>} fulfilled when no handle is left
   */
  close() {
    this.#closed ??= (async () => {
      await this.#listening.catch(() => undefined);
      this.#faults.clear();
      const gone = [...this.#connections].map((connection) => connection.close());
      for (const socket of this.#duplicates) socket.destroy();
      if (this.#server.listening) {
        this.#server.close();
        gone.push(closing(this.#server));
      }
      await Promise.all(gone);
    })();
    return this.#closed;
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }

  /** @param {Fault} fault */
  #heal(fault) {
    if (!this.#faults.delete(fault)) return;
    if (fault.kind === 'duplicate') for (const socket of this.#duplicates) socket.destroy();
    if (fault.kind === 'refuse') this.#relisten();
    else this.#changed();
  }

  #changed() {
    for (const connection of this.#connections) connection.changed();
  }

  #relisten() {
    this.#listening = this.#listening.then(async () => {
      const refuses = [...this.#faults].some((fault) => fault.kind === 'refuse' && fault.how === 'closed');
      if (refuses === !this.#server.listening || this.#closed !== undefined) return;
      if (refuses) this.#server.close();
      else await this.#listen();
    });
    // Who heals is told; who does not wait for it is not.
    this.#listening.catch(() => undefined);
  }

  async #listen() {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    // A server that listens on TCP has such an address.
    this.#port = /** @type {AddressInfo} */ (this.#server.address()).port;
  }

  /** @param {Socket} client */
  #accept(client) {
    this.#accepted++;
    client.on('error', () => undefined);
    const refuses = [...this.#faults].some(({ kind }) => kind === 'refuse');
    if (refuses || this.#connections.size >= MAX_CONNECTIONS || this.#closed !== undefined) {
      reset(client);
      return;
    }
    const { host, port } = this.#options;
    const router = connect({ host, port, allowHalfOpen: true, noDelay: true });
    router.on('error', () => undefined);
    const slow = [...this.#faults].find((fault) => fault.kind === 'slow handshake');
    const connection = new Connection({
      client,
      router,
      slow,
      faults: this.#faults,
      random: this.#random,
      gone: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    for (const fault of this.#faults) if (fault.kind === 'duplicate') this.#duplicate(client, fault.maxBytes);
  }

  /**
   * @param {Socket} client
   * @param {number} [maxBytes]
   */
  #duplicate(client, maxBytes = Infinity) {
    const { host, port } = this.#options;
    const router = connect({ host, port, noDelay: true });
    router.on('error', () => undefined);
    router.on('close', () => {
      client.off('data', say);
      this.#duplicates.delete(router);
    });
    this.#duplicates.add(router);
    // What it answers is of no interest.
    router.resume();
    let left = maxBytes;
    const say = (/** @type {Buffer} */ chunk) => {
      if (left > 0 && router.writable && router.writableLength < 1024 * 1024) router.write(chunk.subarray(0, left));
      left -= chunk.length;
    };
    client.on('data', say);
    client.on('close', () => router.destroy());
  }
}

/** A client's connection, and the one to the router that goes with it. */
class Connection {
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** Since when nothing passes yet, and because of what. @type {Fault | undefined} */
  #heldBy;
  #parts;
  /** @type {readonly [up: Lane, down: Lane]} */
  #lanes;

  /**
   * @param {{ client: Socket, router: Socket, slow: Fault | undefined, faults: Set<Fault>, random: Random,
   *   gone: () => void }} parts
   */
  constructor(parts) {
    this.#parts = parts;
    const { client, router, slow, faults, random } = parts;
    this.#heldBy = slow;
    if (slow?.kind === 'slow handshake' && slow.delayMs !== undefined) {
      this.#timer = setTimeout(() => this.#release(), slow.delayMs);
    }
    const shared = { faults: () => faults, held: () => this.#heldBy !== undefined, random };
    this.#lanes = [
      new Lane({ ...shared, way: 'up', source: client, sink: router }),
      new Lane({ ...shared, way: 'down', source: router, sink: client }),
    ];
    // Paused sockets do not hear of their end unless they are read.
    for (const socket of [client, router]) socket.once('close', () => this.#oneClosed());
    this.changed();
  }

  changed() {
    if (this.#heldBy !== undefined && !this.#parts.faults.has(this.#heldBy)) this.#release();
    for (const lane of this.#lanes) lane.changed();
  }

  /** @param {Fault} fault */
  cut(fault) {
    const [up, down] = this.#lanes;
    if (concerns(fault, 'up')) up.cut();
    if (concerns(fault, 'down')) down.cut();
  }

  /** @param {Fault} fault */
  reset(fault) {
    const { client, router } = this.#parts;
    if (concerns(fault, 'up')) reset(router);
    if (concerns(fault, 'down')) reset(client);
  }

  /**
   * @param {Extract<Fault, { readonly kind: 'garbage' }>} fault
   * @param {Buffer} bytes
   */
  inject(fault, bytes) {
    const [up, down] = this.#lanes;
    if (up.received < (fault.afterBytes ?? 0)) return;
    if (concerns(fault, 'up')) up.inject(bytes);
    if (concerns(fault, 'down')) down.inject(bytes);
  }

  /** @returns {Promise<unknown>} fulfilled when both sockets are gone */
  close() {
    const { client, router } = this.#parts;
    const closed = [client, router].map((socket) => (socket.closed ? undefined : closing(socket)));
    for (const lane of this.#lanes) lane.close();
    clearTimeout(this.#timer);
    reset(client);
    reset(router);
    return Promise.all(closed);
  }

  #release() {
    clearTimeout(this.#timer);
    this.#heldBy = undefined;
    for (const lane of this.#lanes) lane.pump();
  }

  #oneClosed() {
    const { client, router, gone } = this.#parts;
    if (!client.closed || !router.closed) return;
    clearTimeout(this.#timer);
    for (const lane of this.#lanes) lane.close();
    gone();
  }
}

/**
 * @param {Server | Socket} handle
 * @returns {Promise<void>}
 */
const closing = (handle) => new Promise((resolve) => void handle.once('close', () => resolve()));
