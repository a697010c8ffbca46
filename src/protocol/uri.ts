import type { Uri } from './message.js';

/** How a subscription or registration compares its URI with that of an event or a call. */
export type MatchPolicy = 'exact' | 'prefix' | 'wildcard';

/** What a URI may hold: `loose` is what every peer must accept, `strict` (`[0-9a-z_]`) what a router may insist on. */
export type UriRule = 'loose' | 'strict';

/** The longest URI that is accepted, in UTF-16 units. The spec sets no limit; without one a peer could grow our tables at will. */
export const MAX_URI_LENGTH = 4096;

/** What no component may hold, by rule. */
const FORBIDDEN: Readonly<Record<UriRule, RegExp>> = { loose: /[\s#]/, strict: /[^0-9a-z_.]/ };

/** The match policy named by an option, `exact` when it is absent; undefined when it is not one of the three. */
export function matchPolicy(option: unknown): MatchPolicy | undefined {
  if (option === undefined || option === null) return 'exact';
  return option === 'exact' || option === 'prefix' || option === 'wildcard' ? option : undefined;
}

/**
 * Whether a URI is well formed: without empty components for `exact`, with any component empty for `wildcard`, with
 * only the last empty for `prefix`.
 *
 * @see WAMP spec, URIs
 */
export function isUri(uri: string, match: MatchPolicy = 'exact', rule: UriRule = 'loose'): boolean {
  if (uri.length > MAX_URI_LENGTH || FORBIDDEN[rule].test(uri)) return false;
  if (match === 'wildcard') return true;
  const isHollow = uri.startsWith('.') || uri.includes('..');
  return !isHollow && (match === 'prefix' || (uri !== '' && !uri.endsWith('.')));
}

/** Whether a URI lies in the namespace `wamp`, which only routers may publish and register under. */
export const isReserved = (uri: Uri): boolean => uri === 'wamp' || uri.startsWith('wamp.');

/**
 * Whether a concrete URI is matched by a pattern. A prefix is a plain string prefix, not aligned to components.
 *
 * @see WAMP spec, Pattern-based Subscription
 */
export function matchesUri(pattern: Uri, match: MatchPolicy, uri: Uri): boolean {
  switch (match) {
    case 'exact':
      return pattern === uri;
    case 'prefix':
      return uri.startsWith(pattern);
    case 'wildcard': {
      const want = pattern.split('.');
      const have = uri.split('.');
      return want.length === have.length && want.every((part, at) => part === '' || part === have[at]);
    }
  }
}
