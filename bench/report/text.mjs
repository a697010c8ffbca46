import { serializerNames } from '../wire/codecs.mjs';

/** @typedef {Pick<import('../measure/results.mjs').Results, 'contenders'>} Named a run, or one dimension of it */
/** @typedef {import('../measure/results.mjs').Cell} Cell */

/** A figure with three digits that count, and commas between thousands. @param {number} value */
export function figure(value) {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  if (size === 0) return '0';
  return value.toFixed(size >= 10 ? 1 : size >= 0.095 ? 2 : 3);
}

/** @param {number} value */
export const times = (value) => `${figure(value)}×`;

/**
 * @param {Named} results
 * @param {{ contestant: string, serializer: keyof typeof serializerNames }} entry
 * @param {{ withFormat?: boolean }} [options]
 */
export function entryName(results, { contestant, serializer }, { withFormat = true } = {}) {
  const label =
    results.contenders[contestant]?.label ?? results.contenders[`router ${contestant}`]?.label ?? contestant;
  return withFormat ? `${label}, ${serializerNames[serializer]}` : label;
}

/** What stands where no figure is. @param {Cell} cell */
export function absence({ skipped, error }) {
  if (skipped !== undefined) return `skipped: ${skipped}`;
  return error === undefined ? '·' : 'failed';
}

/** Why there is one round and not several, or nothing. @param {Cell} cell */
export const onceText = ({ onceSeconds }) =>
  onceSeconds === undefined ? '' : `(one round: takes ${Math.round(onceSeconds)} s)`;

/** `2026-11-21 16:24` @param {string} iso */
export const timeText = (iso) => iso.slice(0, 16).replace('T', ' ');

/** `12 min 3 s` @param {number} seconds */
export function durationText(seconds) {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
