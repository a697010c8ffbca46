/** @param {readonly number[]} values */
export const sorted = (values) => [...values].sort((a, b) => a - b);

/**
 * @param {readonly number[]} values
 * @param {number} part 0 … 1
 */
export function quantile(values, part) {
  const ordered = sorted(values);
  const at = (ordered.length - 1) * part;
  const below = ordered[Math.floor(at)] ?? NaN;
  const above = ordered[Math.ceil(at)] ?? NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** @param {readonly number[]} values */
export const median = (values) => quantile(values, 0.5);

/** How far the values lie apart: half the distance between the quartiles, as part of the median. @param {readonly number[]} values */
export function spread(values) {
  const apart = (quantile(values, 0.75) - quantile(values, 0.25)) / 2;
  // Of what is always 0 there is no part.
  return apart === 0 ? 0 : apart / median(values);
}

/** @param {readonly number[]} values */
export const percentiles = (values) => ({
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
  p999: quantile(values, 0.999),
});

/**
 * Ratio of two series that were measured in turns: the median of the rounds' ratios, which what slowed a whole round down
 * does not touch.
 *
 * @param {readonly number[]} values
 * @param {readonly number[]} floors of the same rounds
 */
export function ratio(values, floors) {
  const rounds = values.map((value, round) => value / (floors[round] ?? NaN)).filter((one) => Number.isFinite(one));
  return median(rounds);
}
