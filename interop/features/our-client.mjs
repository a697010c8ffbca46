import { filter, firstValueFrom, lastValueFrom, map, take } from 'rxjs';
import { Absent } from '../harness/ledger.mjs';
import { serializers, WampClient } from '../rxwamp.mjs';

/**
 * Our client, as the checks use it.
 *
 * @typedef {import('rxwamp').WampClient} Client
 * @typedef {import('rxwamp').WampClientOptions} Options
 *
 * What the checks of one column have to know of the router.
 * @typedef {object} Target
 * @property {import('../harness/ledger.mjs').Ledger} ledger
 * @property {string} peer
 * @property {string} column
 * @property {() => Partial<Options>} dial        how to get there: `url` and `serializers`, or `transport`
 * @property {Readonly<Record<string, string>>} bugs  the peer's bugs, by the feature they break
 */

/** How long a step of a check may take: it is a fault that is waited for in vain, not a machine that is busy. */
const WITHIN_MS = 20_000;

/**
 * A client that does not try again, so that what goes wrong is seen.
 *
 * @param {Partial<Options>} options
 */
export const client = (options) =>
  new WampClient(
    // Every caller gives `url` or `transport`, which is all the type is after.
    /** @type {Options} */ ({ realm: 'realm1', retry: false, handshakeTimeoutMs: WITHIN_MS, ...options }),
  );

/** @param {string} name */
export function serializer(name) {
  const make = serializers[name];
  if (make === undefined) throw new Error(`there is no serializer ${name}`);
  return make();
}

/**
 * Connects, and fails with the error that the client fails with.
 *
 * @param {Client} wamp
 */
export async function joined(wamp) {
  wamp.connect();
  return firstValueFrom(
    wamp.state$.pipe(
      map((state) => {
        if (state.status === 'closed') throw state.cause ?? new Error('closed without a cause');
        return state.status === 'connected' ? state.session : undefined;
      }),
      filter((session) => session !== undefined),
    ),
  );
}

/**
 * Runs a body with clients that are joined, and closes them.
 *
 * @param {readonly Partial<Options>[]} options one for each client
 * @param {(...clients: Client[]) => Promise<unknown>} body
 */
export async function withClients(options, body) {
  const clients = options.map(client);
  try {
    await Promise.all(clients.map(joined));
    return await body(...clients);
  } finally {
    await Promise.all(clients.map((one) => one.close()));
  }
}

/**
 * Fails as absent unless the router announced it.
 *
 * @param {Client} wamp
 * @param {'broker' | 'dealer'} role
 * @param {string} feature
 */
export function needs(wamp, role, feature) {
  const { state } = wamp;
  if (state.status === 'connected' && !state.session.supports(role, feature)) {
    throw new Absent(`not announced: ${role} ${feature}`);
  }
}

/** A stream that is watched from now on. @template T */
export class Watched {
  /** @type {T[]} */
  values = [];
  /** @type {unknown} */
  error;
  completed = false;
  /** @type {Set<() => void>} */
  #waiting = new Set();

  /** @param {import('rxjs').Observable<T>} stream */
  constructor(stream) {
    const wake = () => {
      for (const one of this.#waiting) one();
    };
    this.subscription = stream.subscribe({
      next: (value) => {
        this.values.push(value);
        wake();
      },
      error: (/** @type {unknown} */ error) => {
        this.error = error;
        wake();
      },
      complete: () => {
        this.completed = true;
        wake();
      },
    });
  }

  /**
   * Waits until it holds, and fails with the stream's error or in time.
   *
   * @param {(values: readonly T[]) => boolean} holds
   * @param {string} what is waited for
   */
  async until(holds, what, withinMs = WITHIN_MS) {
    await /** @type {Promise<void>} */ (
      new Promise((resolve, reject) => {
        const end = (/** @type {() => void} */ how) => {
          clearTimeout(timer);
          this.#waiting.delete(look);
          how();
        };
        const look = () => {
          if (holds(this.values)) end(resolve);
          else if (this.error !== undefined) end(() => reject(this.error));
        };
        const timer = setTimeout(
          () => end(() => reject(new Error(`${what}: not within ${withinMs / 1_000} s, ${this.values.length} came`))),
          withinMs,
        );
        this.#waiting.add(look);
        look();
      })
    );
    return this.values;
  }

  /** @param {number} count */
  async first(count, withinMs = WITHIN_MS) {
    return (await this.until(({ length }) => length >= count, `${count} values`, withinMs)).slice(0, count);
  }

  stop() {
    this.subscription.unsubscribe();
  }
}

/**
 * Watches a topic, and returns when the broker has the subscription: it answers in order.
 *
 * @param {Client} wamp
 * @param {string} topic
 * @param {import('rxwamp').TopicOptions} [options]
 * @returns {Promise<Watched<import('rxwamp').WampEvent>>}
 */
export async function watch(wamp, topic, options = {}) {
  // Without `gaps` there is nothing but events in it.
  const events = /** @type {import('rxjs').Observable<import('rxwamp').WampEvent>} */ (wamp.topic(topic, options));
  const watched = new Watched(events);
  await barrier(wamp);
  if (watched.error !== undefined) throw watched.error;
  return watched;
}

/** Returns when the broker has done all that was asked before. @param {Client} wamp */
export const barrier = (wamp) => lastValueFrom(wamp.publish('interop.barrier', [], { acknowledge: true }));

/**
 * Registers, and returns when callers can reach it.
 *
 * @param {Client} wamp
 * @param {string} procedure
 * @param {(invocation: import('rxwamp').Invocation) => unknown} handler
 * @param {import('rxwamp').RegisterOptions} [options]
 */
export async function offer(wamp, procedure, handler, options = {}) {
  const watched = new Watched(wamp.register(procedure, handler, options));
  await watched.first(1);
  return watched;
}

/**
 * The one result of a call.
 *
 * @param {Client} wamp
 * @param {string} procedure
 * @param {import('rxwamp').PayloadInput} [payload]
 * @param {import('rxwamp').CallOptions} [options]
 */
export const ask = (wamp, procedure, payload = [], options = {}) =>
  lastValueFrom(wamp.call(procedure, payload, options));

/** The first value of a stream. @template T @param {import('rxjs').Observable<T>} stream */
export const first = (stream) => firstValueFrom(stream.pipe(take(1)));

export const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A promise, and how to resolve it. */
export class Later {
  resolve = () => undefined;
  /** @type {Promise<void>} */
  promise = new Promise((resolve) => {
    this.resolve = () => void resolve();
  });
}

let count = 0;
/** A URI that no other check uses. @param {string} name */
export const fresh = (name) => `interop.${name}.n${(count += 1)}`;
