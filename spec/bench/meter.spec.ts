import { describe, expect, it } from '@jest/globals';
import { meter } from '../../bench/measure/meter.mjs';

/** Something that costs so many µs the n-th time, measured by a clock of its own. */
function worker(costOf: (n: number) => number) {
  let usedUs = 0;
  let done = 0;
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) usedUs += costOf(done++);
  };
  return { run, cpu: () => usedUs };
}

const BUDGET = { warmMs: 10, warmCount: 0, mostWarmMs: 1_000, measureMs: 10 };

describe('meter', () => {
  it('says what one costs', async () => {
    const { run, cpu } = worker(() => 2);
    const { cpu: cost, count } = await meter(run, BUDGET, { cpu });
    expect(cost).toBeCloseTo(2);
    expect(count).toBe(5_000);
  });

  it('measures when the cost falls no more', async () => {
    // The compiler comes twice, the second time late.
    const { run, cpu } = worker((n) => (n < 400 ? 10 : n < 3_500 ? 3 : 2));
    expect((await meter(run, BUDGET, { cpu })).cpu).toBeCloseTo(2);
  });

  it('does not wait for ever for that', async () => {
    const { run, cpu } = worker((n) => 1e6 / (n + 1));
    await meter(run, { ...BUDGET, mostWarmMs: 100 }, { cpu });
    expect(cpu()).toBeLessThan(20_000_000);
  });

  it('runs multiples of the step', async () => {
    const counts: number[] = [];
    const { run, cpu } = worker(() => 2);
    const counted = (count: number): void => {
      counts.push(count);
      run(count);
    };
    await meter(counted, BUDGET, { cpu, step: 7 });
    expect(counts.every((count) => count % 7 === 0 && count > 0)).toBe(true);
  });
});
