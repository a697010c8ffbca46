/** What the ledger counts, in the order it is shown. */
const NAMES = /** @type {const} */ ([
  'published',
  'acknowledged',
  'handed to the connection',
  'refused',
  'dropped and counted',
  'acknowledgement lost, as told',
  'lost with its connection, as told',
  'due to subscribers',
  'delivered',
  'lost in a reported gap',
  'dropped by the router and counted',
  'gap notices',
  'called',
  'progressive results',
  'answered',
  'failed, as told',
  'timed out',
  'canceled',
  'lost with its connection, as told (calls)',
  'refused by a full queue (calls)',
  'invoked',
  'interrupted',
  'sessions lost',
]);

/** @typedef {typeof NAMES[number]} CountName */

/** Counters that start at 0. */
export class Counts {
  /** @type {Map<CountName, number>} */
  #numbers = new Map(NAMES.map((name) => [name, 0]));

  /**
   * @param {CountName} name
   * @param {number} [by]
   */
  add(name, by = 1) {
    this.#numbers.set(name, this.of(name) + by);
  }

  /** @param {CountName} name */
  of(name) {
    return this.#numbers.get(name) ?? 0;
  }

  /** @returns {Record<CountName, number>} */
  toJSON() {
    // Every name is in the map from the start.
    return /** @type {Record<CountName, number>} */ (Object.fromEntries(this.#numbers));
  }
}
