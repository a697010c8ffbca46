import { applies } from './dimension.mjs';
import { Child } from './child.mjs';

/**
 * Measures one dimension after the other. Within one, every contestant has its turn before anybody has the next: what slows the
 * machine down for a while then slows down all of them.
 *
 * @typedef {import('./dimension.mjs').Dimension} Dimension
 * @typedef {import('./dimension.mjs').Job} Job
 * @typedef {import('./results.mjs').Results} Results
 * @typedef {import('./results.mjs').DimensionResults} DimensionResults
 *
 * @typedef {import('./job-process.mjs').Outcome} Outcome
 * @typedef {{ contestant: string, serializer: import('./dimension.mjs').Serializer, columns: import('./dimension.mjs').Column[] }} Turn
 * @typedef {Turn & { round: number }} Planned round: from 0
 *
 * @typedef {object} Plan
 * @property {readonly Dimension[]} dimensions
 * @property {import('./dimension.mjs').Mode} mode
 * @property {(name: string) => boolean} wants whether a contestant is measured
 * @property {number | undefined} rounds
 * @property {number | undefined} minutes it should not take longer: rounds beyond the second are left out when it would
 * @property {import('./results.mjs').Conditions} conditions
 * @property {string} library folder of the build
 * @property {import('../report/progress.mjs').Progress} progress
 * @property {(dimension: DimensionResults) => void} onDimension when all of it has been measured
 */

const BUDGETS = {
  full: { warmMs: 200, warmCount: 120_000, mostWarmMs: 1500, measureMs: 200 },
  quick: { warmMs: 80, warmCount: 20_000, mostWarmMs: 400, measureMs: 100 },
};
const TIMEOUT_MS = { full: 60_000, quick: 30_000 };
/** A peer that takes longer for one figure is measured once, and the table says so. */
const PATIENCE_SECONDS = 10;

/** However late it is. */
export const FEWEST_ROUNDS = 2;

/** @param {Plan} plan @returns {Promise<DimensionResults[]>} */
export async function measureAll({ dimensions, progress, onDimension, minutes = Infinity, ...plan }) {
  const start = performance.now();
  const isLate = () => performance.now() - start > minutes * 60_000 * progress.share;
  /** Who cannot be measured here, and why. @type {Record<string, string>} */
  const missing = {};
  const measurements = dimensions.map((dimension) => new Measurement(dimension, plan, missing));
  progress.total = measurements.reduce((sum, { jobs }) => sum + jobs.length, 0);
  const peer = await Child.start('peer/blaster.mjs', [], { library: plan.library });
  /** @type {DimensionResults[]} */
  const all = [];
  try {
    for (const measurement of measurements) {
      const found = await measurement.run(peer, progress, isLate);
      all.push(found);
      progress.clear();
      onDimension(found);
    }
  } finally {
    progress.clear();
    await peer.stop();
  }
  return all;
}

/** One dimension being measured. */
class Measurement {
  #dimension;
  #plan;
  #missing;
  /** @type {DimensionResults} */
  #found;
  /** Turn by turn. @type {Planned[]} */
  jobs = [];

  /**
   * @param {Dimension} dimension
   * @param {Pick<Plan, 'mode' | 'wants' | 'rounds' | 'conditions' | 'library'>} plan
   * @param {Record<string, string>} missing known so far; grows
   */
  constructor(dimension, plan, missing) {
    this.#dimension = dimension;
    this.#plan = plan;
    this.#missing = missing;
    const { mode, wants } = plan;
    const { id, title, about, views, side, floorColumn = ({ label }) => label } = dimension;
    const rounds = plan.rounds ?? dimension.rounds(mode);
    const columns = dimension.columns(mode);
    const entries = dimension.entries(mode).filter(({ contestant }) => wants(contestant));
    this.#found = {
      id,
      title,
      about,
      columns: columns.map(({ label }) => label),
      floorColumns: Object.fromEntries(columns.map((column) => [column.label, floorColumn(column)])),
      entries,
      floor: dimension.floor ?? (side === 'client' ? 'floor' : 'floor-corked'),
      rounds,
      fewerRounds: Object.fromEntries(
        columns.flatMap(({ label, rounds: own = rounds }) => (own < rounds ? [[label, own]] : [])),
      ),
      measuredAt: '',
      seconds: 0,
      conditions: plan.conditions,
      contenders: {},
      missing: {},
      views,
      cells: [],
    };
    for (const column of columns)
      for (const entry of entries) {
        const why = column.skip?.[entry.contestant];
        if (why !== undefined && applies(entry, column))
          this.#cell(entry.contestant, entry.serializer, column.label).skipped = why;
      }
    for (let round = 0; round < rounds; round++) {
      const present = columns.filter((column) => round < (column.rounds ?? Infinity));
      for (const some of dimension.together === true ? [present] : present.map((column) => [column])) {
        // Who came first comes last in the next round.
        for (const entry of round % 2 === 0 ? entries : [...entries].reverse()) {
          const applying = some.filter(
            (column) => applies(entry, column) && column.skip?.[entry.contestant] === undefined,
          );
          if (applying.length > 0) this.jobs.push({ ...entry, columns: applying, round });
        }
      }
    }
  }

  /**
   * @param {Child} peer
   * @param {import('../report/progress.mjs').Progress} progress
   * @param {() => boolean} isLate
   */
  async run(peer, progress, isLate) {
    const start = performance.now();
    this.#found.measuredAt = new Date().toISOString();
    let round = 0;
    for (const [at, turn] of this.jobs.entries()) {
      const { contestant, serializer } = turn;
      if (turn.round > round && turn.round >= FEWEST_ROUNDS && isLate()) {
        progress.leaveOut(this.jobs.length - at);
        this.#found.rounds = turn.round;
        break;
      }
      round = turn.round;
      const columns = turn.columns.filter(({ label }) => {
        const { error, onceSeconds } = this.#cell(contestant, serializer, label);
        return error === undefined && onceSeconds === undefined;
      });
      progress.step(
        `${this.#found.title} · ${columns.map(({ label }) => label).join(', ')} · ${contestant}, ${serializer}`,
      );
      if (this.#missing[contestant] === undefined && columns.length > 0) {
        await this.#turn({ contestant, serializer, columns }, peer.info);
        peer.check();
      }
      const why = this.#missing[contestant];
      if (why !== undefined) this.#found.missing[contestant] = why;
    }
    this.#found.fewerRounds = Object.fromEntries(
      Object.entries(this.#found.fewerRounds).filter(([, rounds]) => rounds < this.#found.rounds),
    );
    this.#found.seconds = (performance.now() - start) / 1000;
    this.#found.cells = this.#found.cells.filter(({ contestant }) => this.#missing[contestant] === undefined);
    return this.#found;
  }

  /** @param {Turn} turn @param {Record<string, any>} peer */
  async #turn(turn, peer) {
    const { contestant, serializer, columns } = turn;
    const start = performance.now();
    const outcome = await this.#one(turn, peer);
    const turnSeconds = (performance.now() - start) / 1000;
    if ('missing' in outcome) this.#missing[contestant] = outcome.missing;
    for (const { label } of columns) {
      const cell = this.#cell(contestant, serializer, label);
      const found = 'columns' in outcome ? outcome.columns[label] : undefined;
      // Alone in its process, a figure has taken what that process and its router took.
      const seconds = columns.length === 1 ? turnSeconds : (found?.seconds ?? 0);
      if (!OURS.test(contestant) && seconds > PATIENCE_SECONDS && this.#found.rounds > 1) cell.onceSeconds = seconds;
      if (found === undefined || 'error' in found)
        cell.error = found?.error ?? ('error' in outcome ? outcome.error : 'not measured');
      else if (!Object.values(found.result).every(Number.isFinite)) cell.error = 'what it measured is no number';
      else
        for (const [metric, value] of Object.entries(found.result)) (cell.samples[metric] ??= []).push(rounded(value));
    }
  }

  /**
   * @param {string} contestant
   * @param {import('./dimension.mjs').Serializer} serializer
   * @param {string} label
   */
  #cell(contestant, serializer, label) {
    const { cells } = this.#found;
    const known = cells.find(
      (cell) => cell.contestant === contestant && cell.serializer === serializer && cell.column === label,
    );
    if (known !== undefined) return known;
    /** @type {import('./results.mjs').Cell} */
    const cell = { contestant, serializer, column: label, samples: {} };
    cells.push(cell);
    return cell;
  }

  /**
   * @param {Turn} turn
   * @param {Record<string, any>} peer
   * @returns {Promise<Outcome>}
   */
  async #one(turn, peer) {
    const { id, side } = this.#dimension;
    const { contestant } = turn;
    const { mode, library } = this.#plan;
    /** @param {Record<string, any>} to @returns {Promise<Outcome>} */
    const against = async ({ port, control }) => {
      /** @type {Job} */
      const job = { dimension: id, side, ...turn, mode, budget: BUDGETS[mode], port, control };
      const timeoutMs = TIMEOUT_MS[mode] * (turn.columns.length > 1 ? 2 : 1);
      const outcome = await Child.result('measure/job-process.mjs', [JSON.stringify(job)], { timeoutMs, library });
      const { label, version } = outcome;
      if (label !== undefined) this.#found.contenders[contestant] ??= { label, version };
      return /** @type {Outcome} */ (outcome);
    };
    if (side !== 'router') return against(peer);
    let router;
    try {
      router = await Child.start('measure/router-process.mjs', [contestant], {
        timeoutMs: TIMEOUT_MS[mode],
        library,
      });
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
    try {
      if ('missing' in router.info) return { missing: router.info['missing'] };
      if ('error' in router.info) return { error: router.info['error'] };
      const { label, version } = router.info;
      this.#found.contenders[`router ${contestant}`] ??= { label, version };
      return await against(router.info);
    } finally {
      await router.stop();
    }
  }
}

/** Measured in every round, however long it takes. */
const OURS = /^(floor|rxwamp$)/;

/** More digits say nothing. @param {number} value */
const rounded = (value) => Number(value.toPrecision(5));
