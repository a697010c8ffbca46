import { getHeapCodeStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * By how much the heap may grow from one round to the next, as a trend. A round has some 30 lost connections and some
 * 10,000 messages, so that 4 KiB left behind by each connection, or 13 bytes by each message, are found; what the engine keeps of its
 * own (type feedback) grows by 30 to 50 KiB in the first minutes.
 */
export const MAX_GROWTH_BYTES = 128 * 1024;
/** Fewer samples than this after the warm-up say nothing. */
const MIN_SAMPLES = 5;
const COLLECTIONS = 3;

/** @typedef {{ readonly samples: readonly number[], readonly growth: number | undefined, readonly limit: number, readonly ok: boolean }} HeapVerdict */

/** @type {() => void} */
let collect;

/**
 * The heap in use after everything that can be collected was, without code: that is compiled and optimized for minutes.
 *
 * @returns {Promise<number>} in bytes
 */
export async function heapInUse() {
  collect ??= collector();
  let least = Infinity;
  for (let i = 0; i < COLLECTIONS; i++) {
    // What is freed by one collection may free something else in a later turn (finalizers, weak references).
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    const { code_and_metadata_size: code, bytecode_and_metadata_size: bytecode } = getHeapCodeStatistics();
    least = Math.min(least, process.memoryUsage().heapUsed - code - bytecode);
  }
  return least;
}

/**
 * The slope of the least squares line through samples.
 *
 * @param {readonly number[]} samples
 * @returns {number} growth from one sample to the next
 */
export function slope(samples) {
  const n = samples.length;
  const meanX = (n - 1) / 2;
  const meanY = samples.reduce((sum, y) => sum + y, 0) / n;
  let xy = 0;
  let xx = 0;
  for (const [x, y] of samples.entries()) {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
  }
  return xx === 0 ? 0 : xy / xx;
}

/**
 * Whether the heap grows. The first third of the samples is warm-up: caches fill, code is compiled.
 *
 * @param {readonly number[]} all one per round
 * @param {number} [limit]
 * @returns {HeapVerdict} `growth` is undefined when there are too few to tell
 */
export function heapVerdict(all, limit = MAX_GROWTH_BYTES) {
  const samples = all.slice(Math.max(2, Math.ceil(all.length / 3)));
  if (samples.length < MIN_SAMPLES) return { samples: all, growth: undefined, limit, ok: true };
  const growth = slope(samples);
  return { samples: all, growth, limit, ok: growth <= limit };
}

/** `gc` of `--expose-gc`, also where the process was started without it. @returns {() => void} */
function collector() {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}
