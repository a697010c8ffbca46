import { meter } from './meter.mjs';
import { percentiles } from './stats.mjs';
import { payloads } from '../wire/payloads.mjs';

/** How many latencies are kept. */
const SAMPLES = 200_000;

/**
 * Keeps so many requests in flight: each answer is followed by the next request at once.
 *
 * @param {number} inFlight
 * @param {(done: () => void) => void} ask
 * @param {import('./meter.mjs').Budget} budget
 * @param {{ cpu?: () => number | Promise<number> }} [options]
 */
export async function meterInFlight(inFlight, ask, budget, options = {}) {
  const latenciesUs = new Float64Array(SAMPLES);
  let kept = 0;
  /** @param {number} count @param {boolean} counts */
  const run = (count, counts) => {
    let unsent = count;
    let left = count;
    return new Promise((resolve) => {
      const one = () => {
        unsent--;
        const start = performance.now();
        ask(() => {
          if (counts && kept < SAMPLES) latenciesUs[kept++] = (performance.now() - start) * 1000;
          if (unsent > 0) one();
          if (--left === 0) resolve(undefined);
        });
      };
      for (let i = Math.min(inFlight, count); i > 0; i--) one();
    });
  };
  const figures = await meter(run, budget, options);
  return { ...figures, ...percentiles([...latenciesUs.subarray(0, kept)]) };
}

/** One call. @param {import('./contestant.mjs').Client} client */
export const callOnce = (client) => (/** @type {() => void} */ done) => {
  client.call('bench.echo', payloads['16 B'], done);
};
