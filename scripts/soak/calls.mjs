/** @import { Counts } from './counts.mjs' */
/** @import { Violations } from './violations.mjs' */

/** @typedef {'answered' | 'failed' | 'timed out' | 'canceled' | 'lost' | 'overflow'} CallEnd */

/** @typedef {{ readonly id: string, ended: CallEnd | undefined, progress: number }} OpenCall */

/** The calls of a round, from both sides. */
export class Calls {
  #counts;
  #violations;
  /** @type {Map<string, OpenCall>} */
  #calls = new Map();
  /** @type {Map<string, number>} */
  #invoked = new Map();
  #running = 0;

  /** @param {{ counts: Counts, violations: Violations }} ledger */
  constructor({ counts, violations }) {
    this.#counts = counts;
    this.#violations = violations;
  }

  /** Handlers that run. */
  get running() {
    return this.#running;
  }

  /** Calls without an end. */
  get open() {
    let open = 0;
    for (const { ended } of this.#calls.values()) if (ended === undefined) open++;
    return open;
  }

  /**
   * @param {string} id
   * @returns {OpenCall}
   */
  called(id) {
    /** @type {OpenCall} */
    const call = { id, ended: undefined, progress: 0 };
    this.#calls.set(id, call);
    this.#counts.add('called');
    return call;
  }

  /**
   * A progressive result came: they count from 0.
   *
   * @param {OpenCall} call
   * @param {unknown} number
   */
  progressed(call, number) {
    this.#counts.add('progressive results');
    if (call.ended !== undefined) this.#violations.add(`call ${call.id} got a result after it had ${call.ended}`);
    if (number !== call.progress)
      this.#violations.add(`call ${call.id} got result ${String(number)} as number ${call.progress}`);
    call.progress++;
  }

  /**
   * @param {OpenCall} call
   * @param {CallEnd} how
   */
  ended(call, how) {
    if (call.ended !== undefined) {
      this.#violations.add(`call ${call.id} ended twice: ${call.ended}, ${how}`);
      return;
    }
    call.ended = how;
    if (how === 'answered') {
      this.#counts.add('answered');
      if (this.#invoked.get(call.id) === undefined)
        this.#violations.add(`call ${call.id} was answered, and nobody was asked`);
    } else if (how === 'failed') this.#counts.add('failed, as told');
    else if (how === 'timed out') this.#counts.add('timed out');
    else if (how === 'canceled') this.#counts.add('canceled');
    else if (how === 'lost') this.#counts.add('lost with its connection, as told (calls)');
    else this.#counts.add('refused by a full queue (calls)');
  }

  /**
   * A handler was called.
   *
   * @param {string} id
   * @returns {() => void} to be called when it is over
   */
  invoked(id) {
    const times = (this.#invoked.get(id) ?? 0) + 1;
    this.#invoked.set(id, times);
    this.#counts.add('invoked');
    if (times > 1) this.#violations.add(`call ${id} was made once, and invoked ${times} times`);
    this.#running++;
    return () => {
      this.#running--;
    };
  }

  /** When all is quiet: nothing may be open. */
  check() {
    for (const { id, ended } of this.#calls.values())
      if (ended === undefined) this.#violations.add(`call ${id} never ended`);
    if (this.#running !== 0) this.#violations.add(`${this.#running} handlers still run`);
  }

  /** Forgets the round. */
  clear() {
    this.#calls.clear();
    this.#invoked.clear();
  }
}
