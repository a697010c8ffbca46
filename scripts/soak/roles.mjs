import { finalize, from, interval, NEVER, scan, take, timer } from 'rxjs';
import { history, isTopicGap, isWampError, WampError } from 'rxwamp';

/** @import { Subscription } from 'rxjs' */
/** @import { WampEvent, WampResult, RxWampError, Invocation } from 'rxwamp' */
/** @import { Watch } from './deliveries.mjs' */
/** @import { CallEnd } from './calls.mjs' */
/** @import { Ledger } from './ledger.mjs' */
/** @import { Party } from './party.mjs' */

/** Where events go: the first has a long history at the router, the second a short one, the third none. */
export const TOPICS = /** @type {const} */ (['soak.topic.kept', 'soak.topic.short', 'soak.topic.live']);
export const TOPIC_PREFIX = 'soak.topic.';
/** Where nobody may publish. */
export const FORBIDDEN = 'soak.forbidden';

const PROCEDURE = 'soak.procedure.';
const EXPECTED = 'soak.error.expected';
const CHURNED = ['a', 'b', 'c'].map((name) => `soak.churned.${name}`);
/** Errors that a call may end with, as the callee's connection comes and goes. */
const OF_LOST_CALLEES = ['wamp.error.no_such_procedure', 'wamp.error.canceled', 'wamp.error.no_available_callee'];
const TIMEOUT_MS = 60;
const PROGRESS_MS = 3;

/** Payload that says what it is, so that what was damaged on the way is found. @param {string} key @param {number} number */
const textOf = (key, number) => `${key} `.repeat(number % 97 === 0 ? 2_000 : number % 40);

/** Publishes, acknowledged or not, one at a time or a burst. */
export class PublisherRole {
  #party;
  #ledger;
  #number = 0;

  /** @param {Party} party @param {Ledger} ledger */
  constructor(party, ledger) {
    this.#party = party;
    this.#ledger = ledger;
  }

  step() {
    const { random } = this.#party;
    const burst = random.chance(0.01) ? random.integer(20, 120) : random.integer(0, 3);
    for (let i = 0; i < burst; i++) {
      const forbidden = random.chance(0.02);
      this.publish(forbidden ? FORBIDDEN : random.pick(TOPICS), forbidden || random.chance(0.5));
    }
  }

  /**
   * @param {string} topic
   * @param {boolean} acknowledge
   */
  publish(topic, acknowledge) {
    const party = this.#party;
    const { name, wamp } = party;
    const number = this.#number++;
    const key = `${name}-${number}`;
    const { publications, violations } = this.#ledger;
    const publication = publications.published({ key, topic, acknowledge, forbidden: topic === FORBIDDEN });
    let acknowledged = 0;
    const decided = (/** @type {Parameters<typeof publications.decided>[1]} */ outcome) =>
      publications.decided(publication, outcome, { publisher: name, connection: party.connection });
    wamp
      .publish(topic, [key, number, textOf(key, number)], { disclose_me: true, ...(acknowledge && { acknowledge }) })
      .subscribe({
        next: () => acknowledged++,
        complete: () => {
          if (acknowledged !== (acknowledge ? 1 : 0)) violations.add(`${key} was acknowledged ${acknowledged} times`);
          decided(acknowledge ? 'acknowledged' : 'handed');
        },
        error: (/** @type {RxWampError} */ error) => {
          if (error.name === 'WampError') decided('refused');
          else if (error.name === 'ConnectionLostError') decided('unknown');
          else if (error.name === 'OverflowError' || error.name === 'TimeoutError') {
            party.dropped++;
            decided('dropped');
          } else violations.add(`${key} failed with ${error.name}: ${error.message}`);
        },
      });
  }
}

/** @typedef {{ readonly topic: string, readonly match?: 'prefix', readonly gaps: 'silent' | 'notice' | 'history' }} WatchOptions */

/**
 * Subscribes and keeps the ledger of what comes.
 *
 * @param {Party} party
 * @param {Ledger} ledger
 * @param {WatchOptions} options
 * @returns {Subscription}
 */
export function watchTopic(party, ledger, { topic, match, gaps }) {
  const { name, wamp } = party;
  let notices = 0;
  /** @type {Watch} */
  const watch = {
    name: `${name}, ${topic}${match === undefined ? '' : '*'} (${gaps}),`,
    topics: match === 'prefix' ? TOPICS : [topic],
    // Who wants no notice knows of gaps by the state of the connection.
    reports: () => (gaps === 'silent' ? party.connection : notices),
    reportsAtStart: undefined,
  };
  ledger.watches.add(watch);
  const see = (/** @type {WampEvent} */ { topic: on, args: [key, number, text] }) => {
    if (typeof key !== 'string' || typeof number !== 'number' || text !== textOf(key, number))
      ledger.violations.add(`${watch.name} saw a damaged event: ${JSON.stringify([key, number])}`);
    else ledger.deliveries.delivered(watch, on, key);
  };
  const items$ = wamp.topic(topic, {
    ...(match && { match }),
    gaps: gaps === 'history' ? history() : gaps,
  });
  return items$.pipe(finalize(() => ledger.watches.delete(watch))).subscribe({
    next: (item) => {
      if (!isTopicGap(item)) {
        see(item);
        return;
      }
      notices++;
      ledger.counts.add('gap notices');
      if (gaps === 'silent') ledger.violations.add(`${watch.name} got a notice it did not ask for`);
    },
    error: (error) => ledger.violations.add(`${watch.name} ended with ${String(error)}`),
  });
}

/** Makes calls of every kind. */
export class CallerRole {
  #party;
  #ledger;
  #number = 0;

  /** @param {Party} party @param {Ledger} ledger */
  constructor(party, ledger) {
    this.#party = party;
    this.#ledger = ledger;
  }

  step() {
    const { random } = this.#party;
    for (let i = random.integer(0, 2); i > 0; i--) this.#call();
  }

  #call() {
    const { random } = this.#party;
    const id = `${this.#party.name}-${this.#number++}`;
    const n = random.integer(0, 6);
    switch (random.integer(0, 8)) {
      case 0:
        return this.#make({ id, procedure: 'count', args: [id, n], options: { progress: true }, progress: n });
      case 1: {
        const numbers = Array.from({ length: n + 1 }, (_, i) => i);
        const chunks = from(numbers.map((number) => [id, number]));
        return this.#make({ id, procedure: 'sum', args: chunks, result: (n * (n + 1)) / 2 });
      }
      case 2:
        return this.#make({ id, procedure: 'never', args: [id], options: { timeout: TIMEOUT_MS }, only: 'timed out' });
      case 3: {
        const cancelMode = random.pick(/** @type {const} */ (['skip', 'kill', 'killnowait']));
        // Who is not told to stop goes on for as long as it has something to do.
        const procedure = cancelMode !== 'skip' && random.chance(0.5) ? 'never' : 'count';
        const options = { cancelMode, progress: true, timeout: 5_000 };
        return this.#make({ id, procedure, args: [id, 50], options, cancelMs: random.integer(0, 40) });
      }
      case 4:
        return this.#make({ id, procedure: 'fail', args: [id], only: 'failed' });
      case 5:
        return this.#make({
          id,
          procedure: random.pick(['a', 'b', 'c']),
          args: [id],
          prefix: 'soak.churned.',
          result: id,
        });
      case 6:
        return this.#make({ id, procedure: 'later', args: [id], result: id });
      default:
        return this.#make({ id, procedure: 'echo', args: [id], result: id });
    }
  }

  /**
   * @param {{ id: string, procedure: string, args: import('rxwamp').List | import('rxjs').Observable<import('rxwamp').List>, prefix?: string,
   *   options?: import('rxwamp').CallOptions, result?: unknown, progress?: number, only?: CallEnd, cancelMs?: number }} what
   *   `only`: what it ends with unless something is lost
   */
  #make({ id, procedure, args, prefix = PROCEDURE, options = {}, result, progress, only, cancelMs }) {
    const { calls, violations } = this.#ledger;
    const call = calls.called(id);
    const ended = (/** @type {CallEnd} */ how) => {
      if (only !== undefined && (how === 'answered' || how === 'timed out') && how !== only)
        violations.add(`call ${id} of ${procedure} ${how}, and should have ${only}`);
      if (how === 'answered' && progress !== undefined && call.progress !== progress)
        violations.add(`call ${id} of ${procedure} was answered after ${call.progress} of ${progress} results`);
      calls.ended(call, how);
    };
    let last = /** @type {unknown} */ (undefined);
    const results = this.#party.wamp.call(prefix + procedure, args, options).subscribe({
      next: (/** @type {WampResult} */ { progress: isProgress, args: [first] }) => {
        if (isProgress) calls.progressed(call, first);
        else last = first;
      },
      complete: () => {
        if (result !== undefined && last !== result)
          violations.add(`call ${id} of ${procedure} gave ${String(last)}, not ${String(result)}`);
        ended('answered');
      },
      error: (/** @type {RxWampError} */ error) => ended(this.#endOf(id, procedure, error)),
    });
    if (cancelMs === undefined) return;
    timer(cancelMs).subscribe(() => {
      if (results.closed) return;
      results.unsubscribe();
      ended('canceled');
    });
  }

  /**
   * @param {string} id
   * @param {string} procedure
   * @param {RxWampError} error
   * @returns {CallEnd}
   */
  #endOf(id, procedure, error) {
    if (error.name === 'ConnectionLostError') return 'lost';
    if (error.name === 'TimeoutError') return 'timed out';
    if (error.name === 'OverflowError') return 'overflow';
    const isExpected =
      isWampError(error) &&
      (OF_LOST_CALLEES.includes(error.uri) || (error.uri === EXPECTED && error.args[0] === id && procedure === 'fail'));
    if (!isExpected)
      this.#ledger.violations.add(`call ${id} of ${procedure} failed with ${error.name}: ${error.message}`);
    return 'failed';
  }
}

/**
 * Offers the procedures that are called, beside others who do so.
 *
 * @param {Party} party
 * @param {Ledger} ledger
 */
export function offerProcedures(party, ledger) {
  const { calls, counts, violations } = ledger;
  /** @type {Record<string, (invocation: Invocation, id: string) => unknown>} */
  const handlers = {
    echo: (_, id) => {
      calls.invoked(id)();
      return id;
    },
    later: async ({ signal }, id) => {
      const over = calls.invoked(id);
      await new Promise((resolve) => {
        setTimeout(resolve, PROGRESS_MS);
        signal.addEventListener('abort', resolve);
      });
      over();
      return id;
    },
    fail: (_, id) => {
      calls.invoked(id)();
      throw new WampError(EXPECTED, { args: [id] });
    },
    count: ({ args: [, n] }, id) => interval(PROGRESS_MS).pipe(take(Number(n)), finalize(calls.invoked(id))),
    sum: ({ input$ }, id) =>
      input$.pipe(
        scan((sum, { args: [, number] }) => sum + Number(number ?? 0), 0),
        finalize(calls.invoked(id)),
      ),
    never: ({ signal }, id) => {
      signal.addEventListener('abort', () => counts.add('interrupted'));
      return NEVER.pipe(finalize(calls.invoked(id)));
    },
  };
  for (const [name, handler] of Object.entries(handlers)) {
    const offered$ = party.wamp.register(
      PROCEDURE + name,
      (invocation) => handler(invocation, String(invocation.args[0])),
      {
        invoke: 'roundrobin',
      },
    );
    offered$.subscribe({ error: (error) => violations.add(`${party.name} cannot offer ${name}: ${String(error)}`) });
  }
}

/** Names of the procedures that every callee offers. */
export const PROCEDURES = ['echo', 'later', 'fail', 'count', 'sum', 'never'].map((name) => PROCEDURE + name);

/** Comes and goes: subscribes and unsubscribes, registers and unregisters. */
export class ChurnRole {
  #party;
  #ledger;
  /** @type {Map<number, Subscription>} */
  #watches = new Map();
  /** By procedure. @type {Map<string, Subscription>} */
  #registrations = new Map();

  /** @param {Party} party @param {Ledger} ledger */
  constructor(party, ledger) {
    this.#party = party;
    this.#ledger = ledger;
  }

  /** What it is subscribed to now. */
  get watches() {
    return [...this.#watches.keys()].flatMap((which) => CHURNED_WATCHES[which] ?? []);
  }

  /** What it offers now. */
  get procedures() {
    return [...this.#registrations].filter(([, registration]) => !registration.closed).map(([procedure]) => procedure);
  }

  step() {
    const { random } = this.#party;
    if (random.chance(0.15)) this.#toggleWatch(random.integer(0, CHURNED_WATCHES.length - 1));
    if (random.chance(0.15)) this.#toggleProcedure(random.integer(0, CHURNED.length - 1));
  }

  /** @param {number} which */
  #toggleWatch(which) {
    const watching = this.#watches.get(which);
    const options = CHURNED_WATCHES[which];
    if (watching !== undefined) {
      this.#watches.delete(which);
      watching.unsubscribe();
    } else if (options !== undefined) this.#watches.set(which, watchTopic(this.#party, this.#ledger, options));
  }

  /** @param {number} which */
  #toggleProcedure(which) {
    const procedure = CHURNED[which] ?? '';
    const offered = this.#registrations.get(procedure);
    if (offered !== undefined && !offered.closed) {
      this.#registrations.delete(procedure);
      offered.unsubscribe();
      return;
    }
    const { calls, violations } = this.#ledger;
    const handler = (/** @type {Invocation} */ { args: [id] }) => {
      calls.invoked(String(id))();
      return id;
    };
    const registration$ = this.#party.wamp.register(procedure, handler, { onConflict: 'retry' });
    this.#registrations.set(
      procedure,
      registration$.subscribe({ error: (error) => violations.add(`${procedure} was refused: ${String(error)}`) }),
    );
  }
}

/** @type {readonly WatchOptions[]} */
const CHURNED_WATCHES = [
  { topic: TOPICS[0], gaps: 'notice' },
  { topic: TOPICS[0], gaps: 'history' },
  { topic: TOPICS[1], gaps: 'silent' },
  { topic: TOPICS[2], gaps: 'notice' },
  { topic: TOPIC_PREFIX, match: 'prefix', gaps: 'notice' },
];
