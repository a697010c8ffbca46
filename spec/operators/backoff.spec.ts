import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffDelayMs } from '../../src/operators/backoff.js';

describe('backoffDelayMs', () => {
  it('doubles up to the maximum', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 100, 5_000].map((attempt) => backoffDelayMs(attempt, { jitter: 'none' }));
    expect(delays).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
  });

  it('is anything from 0 to that with full jitter, which is the default', () => {
    expect(backoffDelayMs(3, { random: () => 0 })).toBe(0);
    expect(backoffDelayMs(3, { random: () => 0.25 })).toBe(500);
    expect(backoffDelayMs(3, { random: () => 0.999999 })).toBe(2_000);
  });

  it('takes every number from the policy', () => {
    const policy = { initialDelayMs: 10, factor: 3, maxDelayMs: 100, jitter: 'none' } as const;
    expect([1, 2, 3, 4].map((attempt) => backoffDelayMs(attempt, policy))).toEqual([10, 30, 90, 100]);
  });

  it('is 0 when it starts at 0', () => {
    expect(backoffDelayMs(2_000, { initialDelayMs: 0 })).toBe(0);
  });

  it('never is what a timer cannot wait', () => {
    expect(backoffDelayMs(5_000, { maxDelayMs: Infinity, jitter: 'none' })).toBe(2_147_483_647);
    const number = fc.double({ min: 0, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        number,
        number,
        fc.double({ min: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, initialDelayMs, maxDelayMs, factor, chance) => {
          const delay = backoffDelayMs(attempt, { initialDelayMs, maxDelayMs, factor, random: () => chance });
          expect(Number.isInteger(delay)).toBe(true);
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(Math.min(Math.ceil(maxDelayMs), 2 ** 31 - 1));
        },
      ),
    );
  });
});
