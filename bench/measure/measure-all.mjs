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
 *
 * @typedef {object} Plan
 * @property {readonly Dimension[]} dimensions
 * @property {import('./dimension.mjs').Mode} mode
 * @property {(name: string) => boolean} wants whether a contestant is measured
 * @property {number | undefined} rounds
 * @property {Results['about']} about
 * @property {import('../report/progress.mjs').Progress} progress
 * @property {(results: Results) => void} onStart
 * @property {(dimension: DimensionResults, results: Results) => void} onDimension
 */

const BUDGETS = {
  full: { warmMs: 120, warmCount: 40_000, mostWarmMs: 700, measureMs: 200 },
  quick: { warmMs: 80, warmCount: 20_000, mostWarmMs: 300, measureMs: 100 },
};
const TIMEOUT_MS = { full: 180_000, quick: 60_000 };

/** @param {Plan} plan @returns {Promise<Results>} */
export async function measureAll({ dimensions, mode, wants, rounds, about, progress, onStart, onDimension }) {
  const start = performance.now();
  /** @type {Results} */
  const results = {
    about,
    startedAt: new Date().toISOString(),
    seconds: 0,
    contenders: {},
    missing: {},
    dimensions: [],
  };
  const measurements = dimensions.map((dimension) => new Measurement(dimension, mode, wants, rounds, results));
  progress.total = measurements.reduce((sum, { jobs }) => sum + jobs.length, 0);
  onStart(results);
  const peer = await Child.start('peer/blaster.mjs', []);
  try {
    for (const measurement of measurements) {
      onDimension(await measurement.run(peer, progress), results);
      results.seconds = (performance.now() - start) / 1000;
    }
  } finally {
    progress.clear();
    await peer.stop();
  }
  return results;
}

/** One dimension being measured. */
class Measurement {
  #dimension;
  #mode;
  #results;
  /** @type {DimensionResults} */
  #found;
  /** Turn by turn. @type {Turn[]} */
  jobs = [];

  /**
   * @param {Dimension} dimension
   * @param {import('./dimension.mjs').Mode} mode
   * @param {(name: string) => boolean} wants
   * @param {number | undefined} wanted rounds
   * @param {Results} results
   */
  constructor(dimension, mode, wants, wanted, results) {
    this.#dimension = dimension;
    this.#mode = mode;
    this.#results = results;
    const { id, title, about, views, side, floorColumn = ({ label }) => label } = dimension;
    const rounds = wanted ?? dimension.rounds(mode);
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
      seconds: 0,
      views,
      cells: [],
    };
    for (let round = 0; round < rounds; round++) {
      const present = columns.filter((column) => round < (column.rounds ?? Infinity));
      for (const some of dimension.together === true ? [present] : present.map((column) => [column])) {
        // Who came first comes last in the next round.
        for (const entry of round % 2 === 0 ? entries : [...entries].reverse()) {
          const applying = some.filter((column) => applies(entry, column));
          if (applying.length > 0) this.jobs.push({ ...entry, columns: applying });
        }
      }
    }
  }

  /** @param {Child} peer @param {import('../report/progress.mjs').Progress} progress */
  async run(peer, progress) {
    const start = performance.now();
    this.#results.dimensions.push(this.#found);
    for (const turn of this.jobs) {
      const { contestant, serializer } = turn;
      const cells = turn.columns.map(({ label }) => this.#cell(contestant, serializer, label));
      const columns = turn.columns.filter((_, at) => cells[at]?.error === undefined);
      progress.step(
        `${this.#found.title} · ${columns.map(({ label }) => label).join(', ')} · ${contestant}, ${serializer}`,
      );
      if (this.#results.missing[contestant] !== undefined || columns.length === 0) continue;
      const outcome = await this.#one({ contestant, serializer, columns }, peer.info);
      peer.check();
      if ('missing' in outcome) this.#results.missing[contestant] = outcome.missing;
      for (const { label } of columns) {
        const cell = this.#cell(contestant, serializer, label);
        const found = 'columns' in outcome ? outcome.columns[label] : undefined;
        if (found !== undefined && 'result' in found)
          for (const [metric, value] of Object.entries(found.result))
            (cell.samples[metric] ??= []).push(rounded(value));
        else cell.error = found?.error ?? ('error' in outcome ? outcome.error : 'not measured');
      }
    }
    this.#found.seconds = (performance.now() - start) / 1000;
    this.#found.cells = this.#found.cells.filter(({ contestant }) => this.#results.missing[contestant] === undefined);
    return this.#found;
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
    const mode = this.#mode;
    /** @param {Record<string, any>} to @returns {Promise<Outcome>} */
    const against = async ({ port, control }) => {
      /** @type {Job} */
      const job = { dimension: id, side, ...turn, mode, budget: BUDGETS[mode], port, control };
      const timeoutMs = TIMEOUT_MS[mode] * (turn.columns.length > 1 ? 2 : 1);
      const outcome = await Child.result('measure/job-process.mjs', [JSON.stringify(job)], timeoutMs);
      const { label, version } = outcome;
      if (label !== undefined) this.#results.contenders[contestant] ??= { label, version };
      return /** @type {Outcome} */ (outcome);
    };
    if (side === 'client') return against(peer);
    let router;
    try {
      router = await Child.start('measure/router-process.mjs', [contestant], TIMEOUT_MS[mode]);
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
    try {
      if ('missing' in router.info) return { missing: router.info['missing'] };
      if ('error' in router.info) return { error: router.info['error'] };
      const { label, version } = router.info;
      this.#results.contenders[`router ${contestant}`] ??= { label, version };
      return await against(router.info);
    } finally {
      await router.stop();
    }
  }
}

/** More digits say nothing. @param {number} value */
const rounded = (value) => Number(value.toPrecision(5));
