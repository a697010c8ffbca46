/** @import { Counts } from './counts.mjs' */
/** @import { Violations } from './violations.mjs' */

/**
 * A publication, as its publisher knows it. `handed`: sent without acknowledgement, in the publisher's nth connection.
 *
 * @typedef {object} Publication
 * @property {string} key who published it, and its number
 * @property {string} topic
 * @property {boolean} acknowledge
 * @property {boolean} forbidden whether the router must refuse it
 * @property {'undecided' | 'handed' | 'acknowledged' | 'refused' | 'dropped' | 'unknown'} outcome
 * @property {number | undefined} connection
 * @property {boolean} routed whether the router has routed it
 */

/** What publishers know of their connections. @typedef {{ readonly name: string, readonly lost: ReadonlySet<number> }} Publisher */

/** What was published in a round, and what became of it. */
export class Publications {
  #counts;
  #violations;
  /** @type {Map<string, Publication>} */
  #all = new Map();
  /** In the order they were handed over, by publisher and connection. @type {Map<string, Publication[]>} */
  #handed = new Map();
  /** The latest number routed, by the session it was routed from. @type {Map<unknown, number>} */
  #latest = new Map();

  /** @param {{ counts: Counts, violations: Violations }} ledger */
  constructor({ counts, violations }) {
    this.#counts = counts;
    this.#violations = violations;
  }

  /** How many are not decided yet. */
  get undecided() {
    let undecided = 0;
    for (const { outcome } of this.#all.values()) if (outcome === 'undecided') undecided++;
    return undecided;
  }

  /**
   * @param {Pick<Publication, 'key' | 'topic' | 'acknowledge' | 'forbidden'>} what
   * @returns {Publication}
   */
  published(what) {
    /** @type {Publication} */
    const publication = { ...what, outcome: 'undecided', connection: undefined, routed: false };
    this.#all.set(what.key, publication);
    this.#counts.add('published');
    return publication;
  }

  /**
   * @param {Publication} publication
   * @param {Exclude<Publication['outcome'], 'undecided'>} outcome
   * @param {{ readonly publisher: string, readonly connection: number }} by
   */
  decided(publication, outcome, { publisher, connection }) {
    const { key } = publication;
    if (publication.outcome !== 'undecided') {
      this.#violations.add(`publication ${key} is ${outcome} after it was ${publication.outcome}`);
      return;
    }
    publication.outcome = outcome;
    if (outcome === 'refused') {
      this.#counts.add('refused');
      if (!publication.forbidden) this.#violations.add(`publication ${key} is refused, and is allowed`);
    } else if (outcome === 'acknowledged') {
      this.#counts.add('acknowledged');
      if (publication.forbidden) this.#violations.add(`publication ${key} is acknowledged, and is forbidden`);
    } else if (outcome === 'dropped') this.#counts.add('dropped and counted');
    else if (outcome === 'unknown') this.#counts.add('acknowledgement lost, as told');
    else {
      this.#counts.add('handed to the connection');
      publication.connection = connection;
      const name = `${publisher} ${connection}`;
      const handed = this.#handed.get(name) ?? [];
      this.#handed.set(name, handed);
      handed.push(publication);
    }
  }

  /**
   * The router has routed it.
   *
   * @param {string} key
   * @param {number} number
   * @param {unknown} session the publisher's, as the router tells it
   */
  routed(key, number, session) {
    const publication = this.#all.get(key);
    if (publication === undefined) {
      this.#violations.add(`the router routed ${key}, which nobody published in this round`);
      return;
    }
    if (publication.routed) this.#violations.add(`the router routed ${key} twice`);
    if (publication.forbidden) this.#violations.add(`the router routed ${key}, which is forbidden`);
    publication.routed = true;
    const latest = this.#latest.get(session) ?? -1;
    if (number <= latest) this.#violations.add(`${key} was routed after number ${latest} of the same session`);
    this.#latest.set(session, number);
  }

  /**
   * When all is quiet: whether each has a fate that its publisher was told of.
   *
   * @param {readonly Publisher[]} publishers
   */
  check(publishers) {
    for (const { key, outcome, routed } of this.#all.values()) {
      if (outcome === 'undecided') this.#violations.add(`publication ${key} was never decided`);
      if (outcome === 'acknowledged' && !routed) this.#violations.add(`${key} is acknowledged, and was never routed`);
      if (outcome === 'dropped' && routed) this.#violations.add(`${key} is said to be dropped, and was routed`);
    }
    for (const { name, lost } of publishers) {
      for (const [by, handed] of this.#handed) {
        const [publisher, connection] = by.split(' ');
        if (publisher === name) this.#checkHanded(handed, lost.has(Number(connection)));
      }
    }
  }

  /** Forgets the round. */
  clear() {
    this.#all.clear();
    this.#handed.clear();
    this.#latest.clear();
  }

  /**
   * What was handed to one connection arrives from the first to the last, or to where the connection was lost.
   *
   * @param {readonly Publication[]} handed
   * @param {boolean} wasLost
   */
  #checkHanded(handed, wasLost) {
    /** @type {string | undefined} */
    let missing;
    for (const { key, routed } of handed) {
      if (!routed) {
        missing ??= key;
        this.#counts.add('lost with its connection, as told');
        if (!wasLost) this.#violations.add(`${key} was handed to a connection that stands, and was never routed`);
      } else if (missing !== undefined) {
        this.#violations.add(`${key} was routed, and ${missing}, handed to the same connection before it, was not`);
      }
    }
  }
}
