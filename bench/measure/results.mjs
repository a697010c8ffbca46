import { median, ratio, spread } from './stats.mjs';

/**
 * What a run found out; what `--json` writes.
 *
 * @typedef {import('../report/machine.mjs').Machine} Machine
 * @typedef {import('./dimension.mjs').Serializer} Serializer
 *
 * @typedef {object} Cell
 * @property {string} contestant
 * @property {Serializer} serializer
 * @property {string} column
 * @property {Record<string, number[]>} samples by metric, one a round
 * @property {string} [error] why there are none
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
 * @property {number} seconds it took
 * @property {readonly import('./dimension.mjs').View[]} views
 * @property {Cell[]} cells
 *
 * @typedef {object} Contender
 * @property {string} label
 * @property {string} version
 *
 * @typedef {object} Results
 * @property {{ machine: Machine, version: string, mode: import('./dimension.mjs').Mode }} about
 * @property {string} startedAt ISO
 * @property {number} seconds
 * @property {Record<string, Contender>} contenders by name
 * @property {Record<string, string>} missing why, by name
 * @property {DimensionResults[]} dimensions
 */

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
