import { isId } from '../../protocol/id.js';
import { isDict } from '../../protocol/dict.js';
import type { Id, List, Uri } from '../../protocol/message.js';
import { matchPolicy, type MatchPolicy } from '../../protocol/uri.js';
import type { Created, IdsByMatch, Member, RegistrationDetails } from './details.js';

/** A count. */
export const count = (said: unknown): number | undefined =>
  typeof said === 'number' && Number.isInteger(said) && said >= 0 ? said : undefined;

/** A list of ids. */
export const ids = (said: unknown): readonly Id[] | undefined =>
  Array.isArray(said) && said.every(isId) ? said : undefined;

/** A text, if it is one. */
export const text = (said: unknown): string | undefined => (typeof said === 'string' ? said : undefined);

/** What there is, by match policy; a policy that is not named has none. */
export function idsByMatch(said: unknown): IdsByMatch | undefined {
  if (!isDict(said)) return undefined;
  const [exact, prefix, wildcard] = [said['exact'], said['prefix'], said['wildcard']].map((one) => ids(one ?? []));
  return exact && prefix && wildcard && { exact, prefix, wildcard };
}

/** A subscription or registration; `invoke` is of registrations only. */
export function details(said: unknown): RegistrationDetails | undefined {
  if (!isDict(said)) return undefined;
  const { id, uri } = said;
  // nexus says nothing of what is the default: an empty text.
  const match = matchPolicy(said['match'] === '' ? undefined : said['match']);
  if (!isId(id) || typeof uri !== 'string' || match === undefined) return undefined;
  const created = text(said['created']);
  return {
    ...said,
    id,
    uri,
    match,
    created,
    ...('nkey' in said && { nkey: text(said['nkey']) }),
    ...('invoke' in said && { invoke: text(said['invoke'] === '' ? 'single' : said['invoke']) }),
  };
}

/** The arguments of `on_create`. */
export function created([session, said]: List): Created<RegistrationDetails> | undefined {
  const described = details(said);
  return isId(session) && described !== undefined ? { session, details: described } : undefined;
}

/** The arguments of the other events of subscriptions and registrations: a session and the id of what it came to or left. */
export const change = <T>([session, id]: List, name: (ids: Member) => T): T | undefined =>
  isId(session) && isId(id) ? name({ session, id }) : undefined;

/** The arguments of `lookup`. */
export function lookupArgs(uri: Uri, match: MatchPolicy | undefined, nkey?: string): List {
  const options = { ...(match !== undefined && match !== 'exact' && { match }), ...(nkey !== undefined && { nkey }) };
  return Object.keys(options).length === 0 ? [uri] : [uri, options];
}
