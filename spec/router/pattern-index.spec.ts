import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesUri, type MatchPolicy } from '../../src/protocol/uri.js';
import { PatternIndex } from '../../src/router/routing/pattern-index.js';

type Pattern = readonly [match: MatchPolicy, uri: string];

const indexOf = (patterns: readonly Pattern[]): PatternIndex<string> => {
  const index = new PatternIndex<string>();
  for (const [match, uri] of patterns) index.set(match, uri, `${match} ${uri}`);
  return index;
};

/** §7.8 of the digest: a pattern as a string of 1 for a literal component and 0 for a wildcard; the greatest is the best. */
const bits = (pattern: string): string =>
  pattern.replace(/[^.]+|(?<=^|\.)(?=\.|$)/g, (part) => (part === '' ? '0' : '1'));

/** How many look-ups in Maps some work makes. */
function mapLookUps(work: () => void): number {
  const original = Reflect.get(Map.prototype, 'get') as (this: Map<unknown, unknown>, key: unknown) => unknown;
  let count = 0;
  Map.prototype.get = function (this: Map<unknown, unknown>, key: unknown) {
    count++;
    return original.call(this, key);
  };
  try {
    work();
  } finally {
    Map.prototype.get = original;
  }
  return count;
}

const component = fc.constantFrom('a', 'b', 'ab', 'c');
const uri = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
const wildcard = fc
  .array(fc.oneof(component, fc.constant('')), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('.'));
const pattern = fc.oneof(
  fc.tuple(fc.constant<MatchPolicy>('exact'), uri),
  fc.tuple(
    fc.constant<MatchPolicy>('prefix'),
    fc.oneof(
      uri,
      fc.constant(''),
      uri.map((text) => `${text}.`),
    ),
  ),
  fc.tuple(fc.constant<MatchPolicy>('wildcard'), wildcard),
);

describe('PatternIndex', () => {
  it('R-27: finds what the example of the spec finds', () => {
    // Its second registration is written without the dot there, and would then match a1.b2.c33, which the example denies.
    const index = indexOf([
      ['exact', 'a1.b2.c3.d4.e55'],
      ['prefix', 'a1.b2.c3.'],
      ['prefix', 'a1.b2.c3.d4'],
      ['wildcard', 'a1.b2..d4.e5'],
      ['wildcard', 'a1.b2.c33..e5'],
      ['wildcard', 'a1.b2..d4.e5..g7'],
      ['wildcard', 'a1.b2..d4..f6.g7'],
    ]);
    expect(index.best('a1.b2.c3.d4.e55')).toBe('exact a1.b2.c3.d4.e55');
    expect(index.best('a1.b2.c3.d98.e74')).toBe('prefix a1.b2.c3.');
    expect(index.best('a1.b2.c3.d4.e325')).toBe('prefix a1.b2.c3.d4');
    expect(index.best('a1.b2.c55.d4.e5')).toBe('wildcard a1.b2..d4.e5');
    expect(index.best('a1.b2.c33.d4.e5')).toBe('wildcard a1.b2.c33..e5');
    expect(index.best('a1.b2.c88.d4.e5.f6.g7')).toBe('wildcard a1.b2..d4.e5..g7');
    expect(index.best('a2.b2.c2.d2.e2')).toBeUndefined();
  });

  it('finds the same as a look at every pattern does, also after some were removed', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 30 }),
        fc.array(pattern, { maxLength: 30 }),
        fc.array(uri, { minLength: 1, maxLength: 10 }),
        (kept, removed, uris) => {
          const index = indexOf([...kept, ...removed]);
          for (const [match, text] of removed) index.delete(match, text);
          const left = kept.filter(([match, text]) => !removed.some(([m, t]) => m === match && t === text));
          for (const concrete of uris) {
            const matching = left.filter(([match, text]) => matchesUri(text, match, concrete));
            const want = [...new Set(matching.map((one) => one.join(' ')))];
            expect(index.all(concrete).sort()).toEqual(want.sort());
            const longest = matching
              .filter(([match]) => match === 'prefix')
              .sort((one, other) => other[1].length - one[1].length);
            const greatest = matching
              .filter(([match]) => match === 'wildcard')
              .sort((one, other) => (bits(one[1]) < bits(other[1]) ? 1 : -1));
            const best = matching.find(([match]) => match === 'exact') ?? longest[0] ?? greatest[0];
            expect(index.best(concrete)).toBe(best?.join(' '));
          }
          for (const [match, text] of [...kept, ...removed]) {
            expect(index.get(match, text)).toBe(
              left.some(([m, t]) => m === match && t === text) ? `${match} ${text}` : undefined,
            );
          }
        },
      ),
    );
  });

  it('a look-up does not cost more for ten thousands of patterns', () => {
    const cost = (patterns: number): number => {
      const index = indexOf(
        Array.from({ length: patterns }, (_, n): Pattern[] => [
          ['exact', `com.example.e${n}`],
          ['prefix', `com.example.p${n}.`],
          ['wildcard', `com..w${n}`],
          ['wildcard', `.example.x${n}`],
        ]).flat(),
      );
      return mapLookUps(() => {
        index.all('com.example.p7.x');
        index.best('com.example.x7');
      });
    };
    // Prefixes of p1. to p10000. differ in length, so a few look-ups more are made.
    expect(cost(10_000)).toBeLessThanOrEqual(cost(10) + 12);
  });

  it('R-54: nothing is left of patterns that were removed', () => {
    const patterns: Pattern[] = [
      ['wildcard', 'com..a'],
      ['wildcard', 'com.b.'],
      ['wildcard', '..a'],
      ['prefix', 'com.'],
      ['prefix', 'org.'],
      ['exact', 'com.b.a'],
    ];
    const index = indexOf(patterns);
    for (const [match, text] of patterns) index.delete(match, text);
    expect(mapLookUps(() => index.all('com.b.a'))).toBe(mapLookUps(() => new PatternIndex().all('com.b.a')));
  });

  it('a URI of thousands of components does no harm', () => {
    const deep = '.'.repeat(4_000);
    const index = indexOf([['wildcard', deep]]);
    expect(index.all('a.'.repeat(4_000) + 'a')).toEqual([`wildcard ${deep}`]);
    index.delete('wildcard', deep);
    expect(index.all('a.'.repeat(4_000) + 'a')).toEqual([]);
  });
});
