/** Most violations of which the text is kept; all are counted. */
const MAX_KEPT = 50;

/** What the ledger found to be wrong. */
export class Violations {
  /** @type {string[]} */
  #kept = [];
  #count = 0;
  /** What is said in front of each, e.g. the round. */
  where = '';

  /** @param {string} what */
  add(what) {
    this.#count++;
    if (this.#kept.length < MAX_KEPT) this.#kept.push(this.where === '' ? what : `${this.where}: ${what}`);
  }

  get count() {
    return this.#count;
  }

  get list() {
    return [...this.#kept];
  }
}
