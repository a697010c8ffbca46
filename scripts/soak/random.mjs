import { createHash } from 'node:crypto';

/**
 * Numbers that look random and are the same for the same seed and label. Each label is a stream of its own, so that who draws
 * more from one changes nothing in another.
 */
export class Random {
  #state;

  /**
   * @param {number} seed
   * @param {string} label
   */
  constructor(seed, label) {
    // Xorshift stands still at 0.
    this.#state = createHash('sha256').update(`${seed}:${label}`).digest().readUInt32LE() || 1;
  }

  /**
   * @param {number} from
   * @param {number} to
   * @returns {number} an integer, both bounds included
   */
  integer(from, to) {
    return from + (this.#next() % (to - from + 1));
  }

  /**
   * @template T
   * @param {readonly [T, ...T[]]} choices
   * @returns {T}
   */
  pick(choices) {
    return choices[this.integer(0, choices.length - 1)] ?? choices[0];
  }

  /**
   * @param {number} probability from 0 to 1
   * @returns {boolean}
   */
  chance(probability) {
    return this.#next() < probability * 0x1_0000_0000;
  }

  /**
   * @param {number} length
   * @returns {Buffer}
   */
  bytes(length) {
    return Buffer.from(Array.from({ length }, () => this.#next() & 0xff));
  }

  /** Xorshift (Marsaglia, 2003): 32 bits, never 0. */
  #next() {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (this.#state = x >>> 0);
  }
}
