import { WampClient } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { msgpack } from 'rxwamp/msgpack';
import { json } from 'rxwamp';
import { FaultProxy } from './proxy.mjs';
import { Random } from './random.mjs';

/** @import { Ledger } from './ledger.mjs' */

const SERIALIZERS = [json, msgpack, cbor];

/** A client behind a proxy of its own. */
export class Party {
  /** Its connections until now: attempts are counted, whether or not a session came of them. */
  connection = 0;
  /** Those that were lost. @type {Set<number>} */
  lost = new Set();
  /** Publications whose publisher was told that the outbox dropped them. */
  dropped = 0;
  #ledger;

  /**
   * @param {{ name: string, proxy: FaultProxy, wamp: WampClient, random: Random, ledger: Ledger }} parts
   */
  constructor({ name, proxy, wamp, random, ledger }) {
    this.name = name;
    this.proxy = proxy;
    this.wamp = wamp;
    this.random = random;
    this.#ledger = ledger;
    wamp.state$.subscribe((state) => this.#watch(state));
    wamp.faults$.subscribe((error) => ledger.violations.add(`${name} has a fault nobody made: ${error.message}`));
  }

  /**
   * @param {{ name: string, index: number, port: number, realm: string, seed: number, ledger: Ledger }} options `port`: the router's
   * @returns {Promise<Party>}
   */
  static async join({ name, index, port, realm, seed, ledger }) {
    const proxy = await FaultProxy.open({ port, seed });
    const serializer = SERIALIZERS[index % SERIALIZERS.length] ?? json;
    const wamp = new WampClient({
      url: proxy.url,
      realm,
      serializers: [serializer()],
      retry: { initialDelayMs: 20, maxDelayMs: 200, stableAfterMs: 1_000 },
      handshakeTimeoutMs: 1_000,
      closeTimeoutMs: 1_000,
      heartbeat: { intervalMs: 100, timeoutMs: 150 },
      outbox: { capacity: 200, overflow: index % 2 === 0 ? 'drop-oldest' : 'error', ttlMs: 1_500 },
    });
    return new Party({ name, proxy, wamp, random: new Random(seed, `work of ${name}`), ledger });
  }

  /** The id of its session, while it is connected. */
  get session() {
    const { state } = this.wamp;
    return state.status === 'connected' ? state.session.id : undefined;
  }

  /** Nothing of what was lost matters any more: a round is over. */
  forget() {
    this.lost.clear();
  }

  async close() {
    this.#closing = true;
    await this.wamp.close();
    await this.proxy.close();
  }

  #closing = false;

  /** @param {import('rxwamp').ConnectionState} state */
  #watch(state) {
    if (state.status === 'connecting') {
      this.lost.add(this.connection);
      this.connection++;
    } else if (state.status === 'waiting') {
      if (!this.lost.has(this.connection)) this.#ledger.counts.add('sessions lost');
      this.lost.add(this.connection);
    } else if (state.status === 'closed' && !this.#closing) {
      this.#ledger.violations.add(`${this.name} closed by itself: ${state.cause?.message ?? 'without a cause'}`);
    }
  }
}
