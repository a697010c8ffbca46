import { BUGS } from '../bugs.mjs';

/**
 * What is known of every check: which feature, against which peer, in which serializer, and what came of it.
 *
 * @typedef {'client' | 'cluster' | 'router'} Side which part of ours stood the test
 *
 * @typedef {object} Check
 * @property {Side} side
 * @property {string} peer     as the table names it, e.g. `Crossbar.io`
 * @property {string} column   the serializer, or what else tells the runs with one peer apart
 * @property {string} group    e.g. `calls`
 * @property {string} feature  what is checked, in a few words
 *
 * @typedef {'works' | 'fails' | 'peer' | 'absent'} Outcome
 *   `peer`: it does not work because of a bug of the peer's that is known and described; `absent`: the peer has no such
 *   thing
 *
 * @typedef {Check & { outcome: Outcome, detail: string, bug?: string, ms: number }} Result
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {'router' | 'client'} kind
 * @property {string} [version]   undefined while it is not known
 * @property {string} [from]      where it comes from, e.g. `PyPI`
 * @property {string} [missing]   why it could not be installed or started
 */

/** Thrown by a check to say that the peer has no such thing, and why that is known. */
export class Absent extends Error {
  /** @override */
  name = 'Absent';
}

/** Collects results, and tells whoever looks on. */
export class Ledger {
  /** @type {Result[]} */
  results = [];
  /** @type {Map<string, Peer>} */
  peers = new Map();

  /**
   * @param {{ only?: RegExp | undefined, report: (result: Result) => void }} options
   *   `only`: checks whose title does not match are not made
   */
  constructor({ only, report }) {
    this.only = only;
    this.report = report;
  }

  /**
   * Whether a check is to be made.
   *
   * @param {Check} check
   */
  wants({ peer, column, group, feature }) {
    return this.only?.test(`${peer} ${column} ${group} ${feature}`) !== false;
  }

  /**
   * Makes a check, once, within a time.
   *
   * @param {Check} check
   * @param {() => Promise<unknown> | unknown} body fails by throwing
   * @param {{ withinMs?: number | undefined, bug?: string | undefined }} [options] `bug`: the peer's bug, by its id, that makes
   *   it fail; `withinMs`: default 40,000, which is for what never comes and not for a machine that is busy
   */
  async check(check, body, { withinMs = 40_000, bug } = {}) {
    if (!this.wants(check)) return;
    const start = performance.now();
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`nothing came of it within ${withinMs / 1_000} s`)), withinMs);
    });
    /** @type {unknown} */
    let error;
    try {
      await Promise.race([Promise.resolve().then(body), late]);
    } catch (thrown) {
      error = thrown ?? new Error('failed without saying why');
    } finally {
      clearTimeout(timer);
    }
    this.enter(check, error, { ms: performance.now() - start, bug });
  }

  /**
   * Enters what came of a check that was made elsewhere.
   *
   * @param {Check} check
   * @param {unknown} error undefined when it works
   * @param {{ ms?: number, bug?: string | undefined }} [options]
   */
  enter(check, error, { ms = 0, bug } = {}) {
    if (!this.wants(check)) return;
    const result = { ...check, ms, ...verdict(error, bug) };
    this.results.push(result);
    this.report(result);
  }

  /** @param {Peer} peer */
  peer(peer) {
    this.peers.set(peer.name, { ...this.peers.get(peer.name), ...peer });
  }

  /** Whether anything was checked against a peer, with at least one check that works. */
  ran(/** @type {string} */ peer) {
    return this.results.some((result) => result.peer === peer && result.outcome === 'works');
  }
}

/**
 * @param {unknown} error
 * @param {string | undefined} bug
 * @returns {Pick<Result, 'outcome' | 'detail' | 'bug'>}
 */
function verdict(error, bug) {
  if (error === undefined) {
    const expected = bug !== undefined && BUGS.find(({ id }) => id === bug)?.sometimes !== true;
    return { outcome: 'works', detail: expected ? `works although the bug “${bug}” is noted: strike it` : '' };
  }
  const detail = inWords(error);
  if (error instanceof Absent) return { outcome: 'absent', detail };
  return bug === undefined ? { outcome: 'fails', detail } : { outcome: 'peer', detail, bug };
}

/**
 * An error in one line, its causes behind it.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function inWords(error) {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : (JSON.stringify(error) ?? String(error));
  const own = `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}`.replaceAll(/\s+/g, ' ');
  return error.cause === undefined ? own : `${own} ← ${inWords(error.cause)}`;
}
