import { MAX_ID } from '../protocol/id.js';
import type { Id } from '../protocol/message.js';

const WORDS = 512;

/**
 * Ids in global scope, uniformly random over 1..2^53. The secure generator is asked for many at a time, because asking
 * costs more than routing the event they are for.
 *
 * @see WAMP spec, IDs / Global Scope
 */
export class RandomIds {
  readonly #words = new Uint32Array(WORDS);
  #used = WORDS;

  next(): Id {
    if (this.#used === WORDS) {
      crypto.getRandomValues(this.#words);
      this.#used = 0;
    }
    const high = this.#words[this.#used++] ?? 0;
    const low = this.#words[this.#used++] ?? 0;
    return ((high * 2 ** 32 + low) % MAX_ID) + 1;
  }

  /** One that `taken` does not hold. */
  nextNotIn(taken: { has(id: Id): boolean }): Id {
    let id = this.next();
    while (taken.has(id)) id = this.next();
    return id;
  }
}
