import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { isId, MAX_ID, nextId, randomId } from '../../src/protocol/id.js';

describe('isId', () => {
  it.each([1, 2, 2 ** 31, 2 ** 32, 4_429_313_566, 2 ** 53 - 1, 9_007_199_254_740_992])('%d is one', (value) => {
    expect(isId(value)).toBe(true);
  });

  it.each([0, -1, 0.5, 1.5, 2 ** 53 + 2, Infinity, NaN, '1', 1n, 2n ** 53n + 1n, null, undefined, true, [1], {}])(
    '%p is none',
    (value) => {
      expect(isId(value)).toBe(false);
    },
  );
});

describe('nextId', () => {
  it('counts to 2^53 and starts at 1 again', () => {
    expect(MAX_ID).toBe(9_007_199_254_740_992);
    expect([1, 2, 2 ** 53 - 1, 2 ** 53].map(nextId)).toEqual([2, 3, 2 ** 53, 1]);
  });
});

describe('randomId', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });
  const withWords = (high: number, low: number): number => {
    const spy = jest.spyOn(crypto, 'getRandomValues').mockImplementation((words) => {
      (words as unknown as Uint32Array).set([high, low]);
      return words;
    });
    const id = randomId();
    spy.mockRestore();
    return id;
  };

  it('covers 1 to 2^53, both included', () => {
    expect(withWords(0, 0)).toBe(1);
    expect(withWords(0, 1)).toBe(2);
    expect(withWords(1, 0)).toBe(2 ** 32 + 1);
    expect(withWords(2 ** 21 - 1, 2 ** 32 - 1)).toBe(2 ** 53);
    // What is left over of the high word is not used.
    expect(withWords(2 ** 32 - 1, 2 ** 32 - 1)).toBe(2 ** 53);
    expect(withWords(2 ** 21, 5)).toBe(6);
  });

  it('makes valid ids that differ', () => {
    const ids = Array.from({ length: 1000 }, randomId);
    expect(ids.every(isId)).toBe(true);
    expect(new Set(ids).size).toBe(1000);
    // Each has a chance of 2^-21 to be this small: that 3 of 1000 are is as good as impossible.
    expect(ids.filter((id) => id < 2 ** 32).length).toBeLessThan(3);
  });
});
