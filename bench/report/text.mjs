import { serializerNames } from '../wire/codecs.mjs';

/** @typedef {import('../measure/results.mjs').Results} Results */

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
 * @param {Results} results
 * @param {{ contestant: string, serializer: keyof typeof serializerNames }} entry
 * @param {{ withFormat?: boolean }} [options]
 */
export function entryName(results, { contestant, serializer }, { withFormat = true } = {}) {
  const label =
    results.contenders[contestant]?.label ?? results.contenders[`router ${contestant}`]?.label ?? contestant;
  return withFormat ? `${label}, ${serializerNames[serializer]}` : label;
}
