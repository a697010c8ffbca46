import { Baton } from './baton.mjs';
import { applies } from './dimension.mjs';
import { Child } from './child.mjs';

/**
 * Measures one dimension after the other. Within one, every contestant has its turn before anybody has the next, and most have theirs
 * slice by slice: what slows the machine down for a while then slows down all of them.
 *
 * @typedef {import('./dimension.mjs').Dimension} Dimension
 * @typedef {import('./dimension.mjs').Job} Job
 * @typedef {import('./results.mjs').Results} Results
 * @typedef {import('./results.mjs').DimensionResults} DimensionResults
 *
 * @typedef {import('./job-process.mjs').Outcome} Outcome
 * @typedef {{ contestant: string, serializer: import('./dimension.mjs').Serializer, columns: import('./dimension.mjs').PhasedColumn[] }} Turn
 * @typedef {{ round: number, turns: Turn[] }} Heat who is there at once; round: from 0
 *
 * @typedef {{ peer: Record<string, any>, timeoutMs: number, next: import('./child.mjs').ChildOptions['next'] }} Way how it is measured: against whom, until when, and what gives it its turns
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
  full: { warmMs: 200, warmCount: 120_000, mostWarmMs: 1500, sliceMs: 50, slices: 8 },
  quick: { warmMs: 80, warmCount: 20_000, mostWarmMs: 400, sliceMs: 25, slices: 4 },
};
/** The floors and ours are measured for longer: the ratios between them are what the targets are about. */
const OUR_SLICES = { full: 24, quick: 8 };
const TIMEOUT_MS = { full: 60_000, quick: 30_000 };
/** What each of the others in the same heat may take for a figure, beside. */
const TURN_MS = 5_000;
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
  progress.total = measurements.reduce((sum, { heats }) => sum + turnsOf(heats), 0);
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
  /** @type {Heat[]} */
  heats = [];

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
    const columns = dimension.columns(mode).map((column, phase) => ({ ...column, phase }));
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
        const turns = (round % 2 === 0 ? entries : [...entries].reverse()).flatMap((entry) => {
          const applying = some.filter(
            (column) => applies(entry, column) && column.skip?.[entry.contestant] === undefined,
          );
          return applying.length > 0 ? [{ ...entry, columns: applying }] : [];
        });
        const inTurns = dimension.inTurns === true && !some.some(({ apart }) => apart === true);
        // Who is compared comes one after the other.
        turns.sort((a, b) => a.serializer.localeCompare(b.serializer));
        for (const heat of inTurns ? [turns] : turns.map((turn) => [turn])) this.heats.push({ round, turns: heat });
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
    for (const [at, heat] of this.heats.entries()) {
      if (heat.round > round && heat.round >= FEWEST_ROUNDS && isLate()) {
        progress.leaveOut(turnsOf(this.heats.slice(at)));
        this.#found.rounds = heat.round;
        break;
      }
      round = heat.round;
      await this.#heat(heat, peer, progress);
      peer.check();
    }
    this.#found.fewerRounds = Object.fromEntries(
      Object.entries(this.#found.fewerRounds).filter(([, rounds]) => rounds < this.#found.rounds),
    );
    this.#found.seconds = (performance.now() - start) / 1000;
    this.#found.cells = this.#found.cells.filter(({ contestant }) => this.#missing[contestant] === undefined);
    return this.#found;
  }

  /** @param {Heat} heat @param {Child} peer @param {import('../report/progress.mjs').Progress} progress */
  async #heat({ turns }, peer, progress) {
    const baton = new Baton();
    const figures = turns.reduce((sum, { columns }) => sum + columns.length, 0);
    const running = turns.map(({ contestant, serializer, columns: all }) => {
      const columns = all.filter(({ label }) => {
        const { error, onceSeconds } = this.#cell(contestant, serializer, label);
        return error === undefined && onceSeconds === undefined;
      });
      const labels = columns.map(({ label }) => label).join(', ');
      progress.step(`${this.#found.title} · ${labels} · ${contestant}, ${serializer}`);
      if (this.#missing[contestant] !== undefined || columns.length === 0) return undefined;
      const runner = turns.length > 1 ? baton.join() : undefined;
      const next = runner && ((/** @type {number} */ phase) => baton.next(runner, phase));
      const timeoutMs = TIMEOUT_MS[this.#plan.mode] * (columns.length > 1 ? 2 : 1) + (figures - all.length) * TURN_MS;
      return async () => {
        try {
          await this.#turn({ contestant, serializer, columns }, { peer: peer.info, timeoutMs, next });
        } finally {
          // The others would wait for ever.
          if (runner !== undefined) baton.leave(runner);
        }
      };
    });
    await Promise.all(running.map((run) => run?.()));
    for (const { contestant } of turns) {
      const why = this.#missing[contestant];
      if (why !== undefined) this.#found.missing[contestant] = why;
    }
  }

  /** @param {Turn} turn @param {Way} way */
  async #turn(turn, way) {
    const { contestant, serializer, columns } = turn;
    const start = performance.now();
    const outcome = await this.#one(turn, way);
    const turnSeconds = (performance.now() - start) / 1000;
    if ('missing' in outcome) this.#missing[contestant] = outcome.missing;
    for (const { label } of columns) {
      const cell = this.#cell(contestant, serializer, label);
      const found = 'columns' in outcome ? outcome.columns[label] : undefined;
      // Alone in its process, a figure has taken what that process and its router took.
      const seconds = columns.length === 1 && way.next === undefined ? turnSeconds : (found?.seconds ?? 0);
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
   * @param {Way} way
   * @returns {Promise<Outcome>}
   */
  async #one(turn, { peer, timeoutMs, next }) {
    const { id, side } = this.#dimension;
    const { contestant } = turn;
    const { mode, library } = this.#plan;
    /** @param {Record<string, any>} to @returns {Promise<Outcome>} */
    const against = async ({ port, control }) => {
      /** @type {Job} */
      const job = {
        dimension: id,
        side,
        ...turn,
        inTurns: next !== undefined,
        mode,
        budget: OURS.test(contestant) ? { ...BUDGETS[mode], slices: OUR_SLICES[mode] } : BUDGETS[mode],
        port,
        control,
      };
      const args = [JSON.stringify(job)];
      const outcome = await Child.result('measure/job-process.mjs', args, { timeoutMs, library, next });
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

/** @param {readonly Heat[]} heats */
const turnsOf = (heats) => heats.reduce((sum, { turns }) => sum + turns.length, 0);

/** More digits say nothing. @param {number} value */
const rounded = (value) => Number(value.toPrecision(5));
