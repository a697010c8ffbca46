/** @import { Counts } from './counts.mjs' */
/** @import { Violations } from './violations.mjs' */

/**
 * A subscriber's stream. `reports` grows whenever the subscriber is told that events may be missing.
 *
 * @typedef {object} Watch
 * @property {string} name
 * @property {() => number} reports
 * @property {readonly string[]} topics
 * @property {number | undefined} reportsAtStart if it was subscribed before the round's first event: what it had been told then
 */

/** Where a watch is in one topic: the next event due, and what had been reported when it saw the last. @typedef {{ next: number, reports: number }} Place */

/** In which order the router routed the events of a round, and what each subscriber saw of them. */
export class Deliveries {
  #counts;
  #violations;
  /** Keys in the order they were routed, by topic. @type {Map<string, string[]>} */
  #routed = new Map();
  /** @type {Map<string, number>} */
  #positions = new Map();
  /** @type {Map<Watch, Map<string, Place>>} */
  #places = new Map();
  /** What is missing, and nobody was told of: the router may have dropped and counted it. */
  #unexplained = 0;
  /** @type {string[]} */
  #holes = [];

  /** @param {{ counts: Counts, violations: Violations }} ledger */
  constructor({ counts, violations }) {
    this.#counts = counts;
    this.#violations = violations;
  }

  /**
   * The router has routed it to all who are subscribed.
   *
   * @param {string} topic
   * @param {string} key
   */
  routed(topic, key) {
    const order = this.#routed.get(topic) ?? [];
    this.#routed.set(topic, order);
    this.#positions.set(key, order.length);
    order.push(key);
  }

  /**
   * A subscriber saw an event.
   *
   * @param {Watch} watch
   * @param {string} topic
   * @param {string} key
   */
  delivered(watch, topic, key) {
    const position = this.#positions.get(key);
    if (position === undefined) {
      this.#violations.add(`${watch.name} saw ${key}, which was not routed in this round`);
      return;
    }
    const place = this.#placeOf(watch, topic) ?? { next: position, reports: watch.reports() };
    this.#counts.add('delivered');
    if (position < place.next) {
      this.#violations.add(
        `${watch.name} saw ${key} of ${topic} twice, or after a later one (${position} < ${place.next})`,
      );
      return;
    }
    this.#missed(watch, topic, place, position);
    this.#counts.add('due to subscribers', position - place.next + 1);
    place.next = position + 1;
    place.reports = watch.reports();
    this.#places.get(watch)?.set(topic, place);
  }

  /**
   * Who has not seen the last event of a topic.
   *
   * @param {readonly Watch[]} watches
   * @returns {string[]}
   */
  behind(watches) {
    return watches.flatMap((watch) =>
      watch.topics
        .filter((topic) => {
          const { length } = this.#routed.get(topic) ?? [];
          return (this.#placeOf(watch, topic)?.next ?? -1) < length;
        })
        .map((topic) => `${watch.name} for ${topic}`),
    );
  }

  /**
   * When all is quiet: each who is subscribed has seen all there was, but for what it was told of.
   *
   * @param {readonly Watch[]} watches
   * @param {number} droppedByRouter events that the router says it did not send in this round
   */
  check(watches, droppedByRouter) {
    for (const watch of watches) {
      for (const topic of watch.topics) {
        const { length } = this.#routed.get(topic) ?? [];
        const { next, reports } = this.#placeOf(watch, topic) ?? { next: length, reports: 0 };
        if (next < length && watch.reports() === reports)
          this.#violations.add(`${watch.name} did not see the last ${length - next} of ${topic}`);
      }
    }
    this.#counts.add('dropped by the router and counted', Math.min(this.#unexplained, droppedByRouter));
    if (this.#unexplained > droppedByRouter) {
      for (const hole of this.#holes) this.#violations.add(hole);
    }
  }

  /** Forgets the round; whoever is subscribed is from now on due all there is. @param {readonly Watch[]} watches */
  clear(watches) {
    this.#routed.clear();
    this.#positions.clear();
    this.#places.clear();
    this.#unexplained = 0;
    this.#holes = [];
    for (const watch of watches) watch.reportsAtStart = watch.reports();
  }

  /**
   * @param {Watch} watch
   * @param {string} topic
   * @returns {Place | undefined}
   */
  #placeOf(watch, topic) {
    /** @type {Map<string, Place>} */
    const places = this.#places.get(watch) ?? new Map();
    this.#places.set(watch, places);
    if (places.has(topic) || watch.reportsAtStart === undefined) return places.get(topic);
    return { next: 0, reports: watch.reportsAtStart };
  }

  /**
   * @param {Watch} watch
   * @param {string} topic
   * @param {Place} place
   * @param {number} position
   */
  #missed(watch, topic, place, position) {
    const missing = position - place.next;
    if (missing === 0) return;
    if (watch.reports() > place.reports) {
      this.#counts.add('lost in a reported gap', missing);
      return;
    }
    this.#unexplained += missing;
    const order = this.#routed.get(topic) ?? [];
    this.#holes.push(
      `${watch.name} did not see ${missing} of ${topic}, ${order[place.next]} to ${order[position - 1]}, and was not told`,
    );
  }
}
