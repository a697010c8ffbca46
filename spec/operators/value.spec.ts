import { describe, it } from '@jest/globals';
import { payload } from '../../src/protocol/payload.js';
import { value } from '../../src/operators/index.js';
import { marbles } from './marbles.js';

describe('value', () => {
  it('is the first argument, undefined when there is none', () => {
    marbles().run(({ cold, expectObservable }) => {
      const results = { a: payload([5, 'more'], { key: 1 }), b: payload([]), c: { args: [null] } };
      const expected = { a: 5, b: undefined, c: null };
      expectObservable(cold('-a-b-c-|', results).pipe(value())).toBe('-a-b-c-|', expected);
    });
  });
});
