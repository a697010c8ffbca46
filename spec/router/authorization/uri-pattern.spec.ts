import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isUri, matchesUri, type MatchPolicy } from '../../../src/protocol/uri.js';
import { compareSpecificity, covers, overlap, type UriPattern } from '../../../src/router/authorization/uri-pattern.js';
import { authorizeBy, type AuthorizationRule } from '../../../src/router/index.js';

const text = (pattern: string): UriPattern => {
  const [match, uri = ''] = pattern.split(' ');
  // The tables below hold nothing else.
  return { match: match as MatchPolicy, uri };
};

/** Few names, of which one begins with another, so that patterns meet often. */
const component = fc.constantFrom('a', 'b', 'ab');
const joined = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
const concrete = joined(component);
const pattern: fc.Arbitrary<UriPattern> = fc.oneof(
  concrete.map((uri) => ({ match: 'exact' as const, uri })),
  fc
    .tuple(concrete, fc.nat({ max: 11 }))
    .map(([uri, length]) => ({ match: 'prefix' as const, uri: uri.slice(0, length) })),
  joined(fc.oneof(component, fc.constant(''))).map((uri) => ({ match: 'wildcard' as const, uri })),
);
/** A URI that a pattern matches. */
const matching = ({ match, uri }: UriPattern): fc.Arbitrary<string> => {
  if (match === 'exact') return fc.constant(uri);
  if (match === 'prefix') {
    return fc
      .tuple(fc.constantFrom('', 'a', 'b', '.a'), fc.array(component, { maxLength: 3 }))
      .map(([head, tail]) => [`${uri}${head}`, ...tail].join('.'))
      .filter((found) => isUri(found));
  }
  return fc
    .tuple(...uri.split('.').map((part) => (part === '' ? component : fc.constant(part))))
    .map((parts) => parts.join('.'));
};
const withMatching = <T>(
  other: fc.Arbitrary<T>,
): fc.Arbitrary<{ asked: UriPattern; other: T; uris: readonly string[] }> =>
  fc.tuple(pattern, other).chain(([asked, one]) =>
    fc.record({
      asked: fc.constant(asked),
      other: fc.constant(one),
      uris: fc.array(matching(asked), { minLength: 20, maxLength: 20 }),
    }),
  );

describe('covers', () => {
  it.each([
    ['exact a.b', 'exact a.b'],
    ['exact a.b', 'wildcard a.b'],
    ['prefix a.', 'exact a.b'],
    ['prefix a.', 'prefix a.'],
    ['prefix a.', 'prefix a.b'],
    ['prefix ', 'prefix '],
    ['prefix ', 'wildcard ..'],
    ['prefix a.', 'wildcard a.'],
    ['prefix a.b', 'wildcard a.b..d'],
    ['prefix a.b.', 'wildcard a.b..d'],
    ['wildcard a..c', 'exact a.b.c'],
    ['wildcard a..c', 'wildcard a..c'],
    ['wildcard ..', 'wildcard a..c'],
    ['wildcard a.', 'wildcard a.b'],
  ])('%s holds all of %s', (outer, inner) => {
    expect(covers(text(outer), text(inner))).toBe(true);
  });

  it.each([
    ['exact a', 'prefix a', 'a.b'],
    ['exact a.b', 'wildcard a.', 'a.c'],
    ['prefix a.', 'prefix a', 'ab'],
    ['prefix a.b', 'prefix a.', 'a.c'],
    ['prefix a.b', 'wildcard a.', 'a.c'],
    ['prefix a.b.c', 'wildcard a.b..d', 'a.b.x.d'],
    ['prefix a', 'wildcard .b', 'b.b'],
    ['wildcard a.', 'prefix a.', 'a.b.c'],
    ['wildcard ..', 'prefix ', 'a'],
    ['wildcard a..c', 'wildcard a..', 'a.b.d'],
    ['wildcard a.', 'wildcard a..', 'a.b.c'],
    ['wildcard a.b', 'wildcard .b', 'c.b'],
  ])('%s does not hold all of %s, e.g. not %s', (outer, inner, uri) => {
    const [wide, narrow] = [text(outer), text(inner)];
    // The example is one.
    expect(matchesUri(narrow.uri, narrow.match, uri) && !matchesUri(wide.uri, wide.match, uri)).toBe(true);
    expect(covers(wide, narrow)).toBe(false);
  });

  it('R-45: is never too generous, whatever the patterns', () => {
    fc.assert(
      fc.property(withMatching(pattern), ({ asked, other, uris }) => {
        const isCovered = covers(other, asked);
        for (const uri of uris) if (isCovered) expect(matchesUri(other.uri, other.match, uri)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('overlap', () => {
  it.each([
    ['prefix a.b', 'wildcard ..c', true],
    ['prefix a.b.c', 'wildcard .b', false],
    ['prefix a.b', 'wildcard a.c', false],
    ['prefix a.b', 'wildcard a.bc', true],
    ['wildcard a.', 'wildcard .b', true],
    ['wildcard a.', 'wildcard b.', false],
    ['prefix ab', 'prefix a.', false],
  ])('of %s and %s: %s', (a, b, expected) => {
    expect(overlap(text(a), text(b))).toBe(expected);
    expect(overlap(text(b), text(a))).toBe(expected);
  });

  it('misses no URI that both match', () => {
    fc.assert(
      fc.property(withMatching(pattern), ({ asked, other, uris }) => {
        if (uris.some((uri) => matchesUri(other.uri, other.match, uri))) expect(overlap(other, asked)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('compareSpecificity', () => {
  it('R-27: is the order of best matching', () => {
    const ordered = [
      'exact a',
      'prefix a.b.c',
      'prefix a.b',
      'prefix ',
      'wildcard a.b.c.',
      'wildcard a.b..d',
      'wildcard a...d',
      'wildcard .b.c.d',
    ].map(text);
    const shuffled = [...ordered].reverse();
    expect(shuffled.sort((a, b) => compareSpecificity(b, a))).toEqual(ordered);
  });
});

describe('a table of rules', () => {
  const rule = fc
    .tuple(pattern, fc.boolean())
    .map(([{ match, uri }, allow]): AuthorizationRule => ({ match, uri, allow, actions: '*' }));
  const rules = fc.array(rule, { minLength: 1, maxLength: 5 });
  const session = {
    session: 1,
    realm: 'r',
    authid: 'joe',
    authrole: 'user',
    authmethod: 'ticket',
    authprovider: 'static',
  };

  it('R-45: allows no pattern that matches a URI it does not allow', () => {
    let allowed = 0;
    fc.assert(
      fc.property(withMatching(rules), ({ asked: { match, uri }, other, uris }) => {
        const authorize = authorizeBy(other);
        if (authorize(session, 'subscribe', uri, { match }) !== true) return;
        allowed++;
        for (const one of uris) expect(authorize(session, 'subscribe', one, {})).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    // The property is not an empty one.
    expect(allowed).toBeGreaterThan(100);
  });

  it('R-45: decides about a URI by the most specific row, a denial first', () => {
    fc.assert(
      fc.property(rules, concrete, (table, uri) => {
        const matched = table.filter(({ match, uri: of }) => matchesUri(of, match ?? 'exact', uri));
        const rank = ({ match, uri: of }: AuthorizationRule): string => {
          if (match === 'exact') return '3';
          if (match === 'prefix') return `2${String.fromCharCode(of.length)}`;
          return `1${of.replace(/[^.]+|(?<=^|\.)(?=\.|$)/g, (part) => (part === '' ? '0' : '1'))}`;
        };
        const best = matched.map(rank).sort().at(-1);
        const deciding = matched.filter((row) => rank(row) === best);
        const expected = deciding.length > 0 && deciding.every(({ allow }) => allow);
        expect(authorizeBy(table)(session, 'call', uri, {})).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });
});
