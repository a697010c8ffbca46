import { median, ratio, spread } from './stats.mjs';

/**
 * What a run found out; what `--json` writes.
 *
 * @typedef {import('../report/machine.mjs').Machine} Machine
 * @typedef {import('./build.mjs').Build} Build
 * @typedef {import('./dimension.mjs').Serializer} Serializer
 *
 * @typedef {object} Conditions what was measured, and where
 * @property {Machine} machine
 * @property {Build} library
 * @property {import('./dimension.mjs').Mode} mode
 * @property {number} load of the machine, in the minute before the run
 *
 * @typedef {object} Cell
 * @property {string} contestant
 * @property {Serializer} serializer
 * @property {string} column
 * @property {Record<string, number[]>} samples by metric, one a round
 * @property {string} [error] why there are none
 * @property {string} [skipped] why there are none, when that was decided before
 * @property {number} [onceSeconds] how long it took: too long to be measured in every round
 *
 * @typedef {object} DimensionResults
 * @property {string} id
 * @property {string} title
 * @property {string} about
 * @property {string[]} columns
 * @property {Record<string, string>} floorColumns by column: where its floor is
 * @property {{ contestant: string, serializer: Serializer }[]} entries
 * @property {string} floor
 * @property {number} rounds
 * @property {Record<string, number>} fewerRounds by column, where they are fewer
 * @property {string} measuredAt when it began, ISO
 * @property {number} seconds it took
 * @property {Conditions} conditions
 * @property {Record<string, Contender>} contenders by name
 * @property {Record<string, string>} missing why, by name
 * @property {readonly import('./dimension.mjs').View[]} views
 * @property {Cell[]} cells
 *
 * @typedef {object} Contender
 * @property {string} label
 * @property {string} version
 *
 * @typedef {object} Results of one run, or of several
 * @property {Conditions} conditions of the latest
 * @property {string} startedAt when the first dimension began, ISO
 * @property {number} seconds all of it took
 * @property {Record<string, Contender>} contenders by name
 * @property {Record<string, string>} missing why, by name: who was measured nowhere
 * @property {DimensionResults[]} dimensions
 */

/**
 * Puts together what was measured at one time or at several.
 *
 * @param {readonly DimensionResults[]} dimensions in the order in which they are shown
 * @returns {Results}
 * @throws {Error} when there are none
 */
export function resultsOf(dimensions) {
  const inTime = [...dimensions].sort((a, b) => a.measuredAt.localeCompare(b.measuredAt));
  const [first, last] = [inTime[0], inTime.at(-1)];
  if (first === undefined || last === undefined) throw new Error('nothing has been measured');
  /** @type {Record<string, Contender>} */
  const contenders = {};
  for (const { contenders: some } of inTime)
    for (const [name, { label, version }] of Object.entries(some)) {
      const versions = contenders[name]?.version.split(' / ') ?? [];
      contenders[name] = { label, version: [...new Set([...versions, version])].join(' / ') };
    }
  const inOrder = dimensions.flatMap(({ entries }) =>
    entries.flatMap(({ contestant }) => [contestant, `router ${contestant}`]),
  );
  const missing = Object.fromEntries(
    inTime
      .flatMap(({ missing: some }) => Object.entries(some))
      .filter(([name]) => contenders[name] === undefined && contenders[`router ${name}`] === undefined),
  );
  const seconds = dimensions.reduce((sum, dimension) => sum + dimension.seconds, 0);
  return {
    conditions: last.conditions,
    startedAt: first.measuredAt,
    seconds,
    contenders: Object.fromEntries(
      Object.entries(contenders).sort(([a], [b]) => inOrder.indexOf(a) - inOrder.indexOf(b)),
    ),
    missing,
    dimensions: [...dimensions],
  };
}

/** Whether figures of both may stand in one table: the same build and the same machine. @param {Conditions} a @param {Conditions} b */
export const isAlike = (a, b) =>
  a.library.fingerprint === b.library.fingerprint &&
  a.mode === b.mode &&
  MACHINE.every((key) => a.machine[key] === b.machine[key]);

const MACHINE = /** @type {const} */ (['cpu', 'cores', 'memoryGib', 'system', 'node']);

/** `3 rounds (1 → 10,000: 2)` @param {DimensionResults} dimension */
export function roundsText({ rounds, fewerRounds }) {
  const fewer = Object.entries(fewerRounds).map(([column, some]) => `${column}: ${some}`);
  return `${rounds} ${rounds === 1 ? 'round' : 'rounds'}${fewer.length === 0 ? '' : ` (${fewer.join('; ')})`}`;
}

/** @param {DimensionResults} dimension @param {string} contestant @param {Serializer} serializer @param {string} column */
export const cellOf = ({ cells }, contestant, serializer, column) =>
  cells.find((cell) => cell.contestant === contestant && cell.serializer === serializer && cell.column === column);

/**
 * @param {Cell | undefined} cell
 * @param {string} metric
 * @returns {number | undefined}
 */
export const valueOf = (cell, metric) => {
  const samples = cell?.samples[metric];
  return samples === undefined || samples.length === 0 ? undefined : median(samples);
};

/** @param {Cell} cell @param {string} metric */
export const spreadOf = (cell, metric) => {
  const samples = cell.samples[metric] ?? [];
  return samples.length < 2 ? undefined : spread(samples);
};

/**
 * How many times the floor it is: of the same format, measured in the same rounds.
 *
 * @param {DimensionResults} dimension
 * @param {Cell} cell
 * @param {string} metric
 */
export function ratioToFloor(dimension, cell, metric) {
  const column = dimension.floorColumns[cell.column] ?? cell.column;
  const floor = cellOf(dimension, dimension.floor, cell.serializer, column);
  return ratioTo(cell, floor, metric);
}

/** @param {Cell | undefined} cell @param {Cell | undefined} other @param {string} metric */
export function ratioTo(cell, other, metric) {
  const samples = cell?.samples[metric];
  const floors = other?.samples[metric];
  if (samples === undefined || floors === undefined || samples.length === 0 || floors.length === 0) return undefined;
  const value = ratio(samples, floors);
  return Number.isFinite(value) ? value : undefined;
}
