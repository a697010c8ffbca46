import { describe, expect, it } from '@jest/globals';
import { map, NEVER, of, timer, type Observable } from 'rxjs';
import { conflate } from '../../src/operators/index.js';
import { OverflowError } from '../../src/protocol/errors.js';
import { marbles } from './marbles.js';

/** Values are a letter, the key, and a number: `a1`. */
const values = Object.fromEntries(['a1', 'a2', 'a3', 'b1', 'b2', 'c1'].map((value, at) => ['pqrxyz'[at] ?? '', value]));
const key = (value: string): string => value.charAt(0);
const work = (value: string): Observable<string> => timer(4).pipe(map(() => value));

describe('conflate', () => {
  it('keeps the newest of each key while work is under way, in the order of the keys', () => {
    marbles().run(({ hot, expectObservable, flush }) => {
      const dropped: string[] = [];
      // a1 at once; meanwhile b1, a2, b2: b keeps its place before a.
      const source = hot('pxqy---|', values);
      const result = source.pipe(conflate(key, work, { onDrop: (value, total) => dropped.push(`${total}:${value}`) }));
      expectObservable(result).toBe('----p---y---(q|)', values);
      flush();
      expect(dropped).toEqual(['1:b1']);
    });
  });

  it('does not hold back a value whose key is worked on', () => {
    marbles().run(({ hot, expectObservable }) => {
      expectObservable(hot('pqr|', values).pipe(conflate(key, work))).toBe('----p---(r|)', values);
    });
  });

  it('bounds the keys that wait', () => {
    const errors: unknown[] = [];
    of('a1', 'b1', 'b2', 'c1')
      .pipe(conflate(key, () => NEVER, { capacity: 1 }))
      .subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([new OverflowError('1 values wait already', { attempted: 'conflate', limit: 1 })]);
  });

  it.each([
    ['drop-oldest', 'c1', ['1:b1', '2:b2']],
    ['drop-newest', 'b2', ['1:b1', '2:c1']],
  ] as const)('%s: drops a key that is one too many', (overflow, last, log) => {
    marbles().run(({ hot, expectObservable, flush }) => {
      const dropped: string[] = [];
      const onDrop = (value: string, total: number): unknown => dropped.push(`${total}:${value}`);
      const result = hot('(pxyz)|', values).pipe(conflate(key, work, { capacity: 1, overflow, onDrop }));
      expectObservable(result).toBe('----A---(B|)', { A: 'a1', B: last });
      flush();
      expect(dropped).toEqual(log);
    });
  });

  it('compares keys as a Map does, undefined and NaN among them', () => {
    marbles().run(({ hot, expectObservable, flush }) => {
      const dropped: unknown[] = [];
      const source = hot<number | undefined>('(abcde)|', { a: 0, b: NaN, c: undefined, d: NaN, e: undefined });
      const result = source.pipe(
        conflate(
          (value) => value,
          (value) => timer(1).pipe(map(() => value)),
          { onDrop: (value) => dropped.push(value) },
        ),
      );
      expectObservable(result).toBe('-abc---|', { a: 0, b: NaN, c: undefined });
      flush();
      expect(dropped).toStrictEqual([NaN, undefined]);
    });
  });

  it('errors with what key throws', () => {
    const errors: unknown[] = [];
    of('a1')
      .pipe(
        conflate(() => {
          throw new Error('bug');
        }, work),
      )
      .subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([new Error('bug')]);
  });

  it('refuses a capacity that is none', () => {
    expect(() => conflate(key, work, { capacity: 0.5 })).toThrow('conflate: capacity must be an integer ≥ 0, not 0.5');
  });
});
