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

const BUDGET = { warmMs: 10, warmCount: 0, mostWarmMs: 1_000, sliceMs: 5, slices: 2 };

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

  it('rests before each slice, and begins each with some that do not count', async () => {
    const { run, cpu } = worker(() => 2);
    const told: unknown[] = [];
    const rest = (): Promise<void> => Promise.resolve(void told.push('rest'));
    const record = (count: number, counts: boolean): void => {
      if (told.length > 0) told.push([count, counts]);
      run(count);
    };
    await meter(record, { ...BUDGET, rest }, { cpu });
    expect(told).toStrictEqual(['rest', [250, false], [2_500, true], 'rest', [250, false], [2_500, true]]);
  });

  it('says what all slices cost, also when they differ', async () => {
    let isSlow = false;
    const { run, cpu } = worker(() => (isSlow ? 6 : 2));
    const rest = (): Promise<void> => Promise.resolve(void (isSlow = !isSlow));
    expect((await meter(run, { ...BUDGET, rest }, { cpu })).cpu).toBeCloseTo(4);
  });
});
