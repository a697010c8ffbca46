import type { Uri } from '../../protocol/message.js';
import { matchesUri, type MatchPolicy } from '../../protocol/uri.js';

/** The URIs that somebody asks for, or that a rule speaks of. */
export interface UriPattern {
  readonly match: MatchPolicy;
  readonly uri: Uri;
}

/** Whether a pattern matches every URI that another can match. */
export function covers(outer: UriPattern, inner: UriPattern): boolean {
  if (inner.match === 'exact') return matchesUri(outer.uri, outer.match, inner.uri);
  // A prefix has no hole, so what it begins a wildcard with lies before that one's first hole.
  if (outer.match === 'prefix') return inner.uri.startsWith(outer.uri);
  // A prefix matches URIs of any number of components, which only another prefix does. As no component of a URI is
  // empty, a hole of the inner pattern fits only into a hole of the outer.
  return inner.match === 'wildcard' && matchesUri(outer.uri, outer.match, inner.uri);
}

/** Whether there is a URI that both patterns match. */
export function overlap(a: UriPattern, b: UriPattern): boolean {
  if (a.match === 'exact') return matchesUri(b.uri, b.match, a.uri);
  if (b.match === 'exact') return matchesUri(a.uri, a.match, b.uri);
  if (a.match === 'prefix') return b.match === 'prefix' ? meet(a.uri, b.uri) : canBegin(a.uri, b.uri);
  return b.match === 'prefix' ? canBegin(b.uri, a.uri) : areCompatible(a.uri.split('.'), b.uri.split('.'));
}

/**
 * Compares by the spec's order of best matching: exact, then the longest prefix, then the wildcard whose leftmost hole
 * comes latest. Positive when `a` is the more specific. Patterns that compare as equal are the same or do not overlap.
 *
 * @see WAMP spec, Pattern-based Registrations / Best Matching
 */
export function compareSpecificity(a: UriPattern, b: UriPattern): number {
  if (a.match !== b.match) return RANK[a.match] - RANK[b.match];
  if (a.match === 'prefix') return a.uri.length - b.uri.length;
  if (a.match === 'exact') return 0;
  const [one, other] = [literals(a.uri), literals(b.uri)];
  return Number(one > other) - Number(one < other);
}

const RANK: Readonly<Record<MatchPolicy, number>> = { exact: 2, prefix: 1, wildcard: 0 };

/** `1` for each literal component of a wildcard pattern, `0` for each hole. */
const literals = (wildcard: Uri): string =>
  wildcard
    .split('.')
    .map((component) => (component === '' ? '0' : '1'))
    .join('');

const meet = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a);

const areCompatible = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((component, at) => component === '' || b[at] === '' || b[at] === component);

/** Whether a URI that a wildcard pattern matches can begin with a prefix. */
function canBegin(prefix: Uri, wildcard: Uri): boolean {
  const components = prefix.split('.');
  const last = components.pop() ?? '';
  const pattern = wildcard.split('.');
  const next = pattern[components.length];
  if (next === undefined || !areCompatible(components, pattern.slice(0, components.length))) return false;
  return next === '' || next.startsWith(last);
}
