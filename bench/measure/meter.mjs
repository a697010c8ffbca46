/**
 * @typedef {object} Budget how long one measurement may take
 * @property {number} warmMs at least, before it counts
 * @property {number} warmCount so many messages have been handled before it counts, and what one costs falls no more, unless that takes too
 * long: short functions are compiled late, and many that call one another later
 * @property {number} mostWarmMs too long
 * @property {number} sliceMs how long it is measured at a time
 * @property {number} slices how often
 * @property {() => Promise<void>} [rest] between two slices: whatever is compared with this has its turn
 *
 * @typedef {{ cpu: number, rate: number, busy: number, count: number }} Metered cpu: µs each; rate: per second; busy: part of the time in which the process had work
 */

const ownCpu = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/**
 * Runs something so often that what is measured computes for as long as the budget says, slice by slice, after a warm-up in which the compiler
 * has done its work, and says what one cost.
 *
 * @param {(count: number, counts: boolean) => unknown} run does it so many times, and is over when all of them are done; counts: whether it is measured
 * @param {Budget} budget
 * @param {{ cpu?: () => number | Promise<number>, step?: number }} [options] cpu: µs used so far by what is measured, by default this process;
 * step: counts are multiples of it
 * @returns {Promise<Metered>}
 */
export async function meter(run, budget, { cpu = ownCpu, step = 1 } = {}) {
  const { warmMs, warmCount, mostWarmMs, sliceMs, slices, rest = async () => undefined } = budget;
  /** @param {number} count */
  const timed = async (count, counts = false) => {
    const cpuBefore = await cpu();
    const start = performance.now();
    await run(count, counts);
    const wallUs = (performance.now() - start) * 1000;
    return { wallUs, cpuUs: (await cpu()) - cpuBefore };
  };
  /** @param {number} count */
  const whole = (count) => Math.max(step, Math.round(count / step) * step);

  let cpuMs = 0;
  let wallMs = 0;
  let count = whole(10);
  let least = Infinity;
  let steady = 0;
  for (;;) {
    const { wallUs, cpuUs } = await timed(count);
    cpuMs += cpuUs / 1000;
    wallMs += wallUs / 1000;
    handled += count;
    // Who waits for others has to come to an end as well.
    const costMs = Math.max(cpuUs, wallUs / MOST_IDLE) / 1000 / count;
    steady = costMs > least * FALLS ? steady + 1 : 0;
    least = Math.min(least, costMs);
    const isWarm = cpuMs >= warmMs && handled >= warmCount && steady >= STEADY;
    if (isWarm || cpuMs >= mostWarmMs || wallMs >= MOST_IDLE * mostWarmMs) {
      count = whole(sliceMs / costMs);
      break;
    }
    count = whole(Math.min(count * 3, warmMs / 2 / costMs));
  }
  collect();
  let all = 0;
  const sum = { wallUs: 0, cpuUs: 0 };
  for (let slice = 0; slice < slices; slice++) {
    await rest();
    // What others have put out of the processor's caches comes back.
    await run(whole(count / LEAD), false);
    const { wallUs, cpuUs } = await timed(count, true);
    sum.wallUs += wallUs;
    sum.cpuUs += cpuUs;
    all += count;
  }
  return { cpu: sum.cpuUs / all, rate: (all / sum.wallUs) * 1e6, busy: sum.cpuUs / sum.wallUs, count: all };
}

/** A slice begins with this part of it, which does not count. */
const LEAD = 10;

/** By this process, whatever it was: what is measured later runs the same code. */
let handled = 0;

/** What one costs has fallen when it is below this part of the least so far. */
const FALLS = 0.95;
/** So often in a row it must not have fallen: the compiler comes back to what it has compiled before. */
const STEADY = 3;

/** How many times as long as the budget something may take that computes little. */
const MOST_IDLE = 4;

/** Twice: what the first collection finalizes goes with the second. */
export function collect() {
  globalThis.gc?.();
  globalThis.gc?.();
}

/** Heap in use, once everything that can go is gone. */
export async function settledHeap() {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collect();
  }
  return process.memoryUsage().heapUsed;
}
