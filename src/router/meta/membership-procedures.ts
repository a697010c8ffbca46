import { WampError } from '../../protocol/errors.js';
import type { Dict, Id, Uri } from '../../protocol/message.js';
import { matchPolicy, type MatchPolicy } from '../../protocol/uri.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { Session } from '../session/session.js';
import { idArgument, invalidArgument, isDictionary, isString, optional, uriArgument } from './arguments.js';
import type { MetaCall, MetaProcedure } from './meta-call.js';

/** Subscriptions or registrations, as the meta procedures look at them. */
export interface Memberships<T extends { readonly id: Id; readonly match: MatchPolicy }> {
  /** `wamp.subscription` or `wamp.registration`. */
  readonly prefix: Uri;
  /** What the members are called: `subscriber` or `callee`. */
  readonly member: string;
  /** The error for an id that there is not. */
  readonly noSuch: Uri;
  readonly table: {
    all(): Iterable<T>;
    byId(id: Id): T | undefined;
    byPattern(match: MatchPolicy, uri: Uri, nkey?: string): T | undefined;
  };
  /** The answer to `match`. @param rkey the resource key of what is to be matched. */
  match(uri: Uri, rkey?: string): unknown;
  describe(entry: T): Dict;
  members(entry: T): readonly Session[];
  /** Takes a membership back. */
  revoke(session: Session, id: Id, reason: string | undefined): void;
}

/**
 * `list`, `lookup`, `match`, `get`, `list_…s`, `count_…s` of subscriptions or registrations, and `remove_…`, which is not
 * in the spec but Crossbar.io's. The second argument of `lookup` and `match` is a dictionary of options. Not in the spec:
 * with `nkey`, `lookup` finds the sharded subscription of that node; with `rkey`, `match` finds what an event with it reaches.
 *
 * @see WAMP spec, Registration Meta API; Subscription Meta API
 */
export function membershipProcedures<T extends { readonly id: Id; readonly match: MatchPolicy }>(
  memberships: Memberships<T>,
): [Uri, MetaProcedure][] {
  const { prefix, member, noSuch, table } = memberships;
  const find = (call: MetaCall): T => {
    const entry = table.byId(idArgument(call, 'id'));
    if (entry === undefined) throw new WampError(noSuch);
    return entry;
  };
  const list = (): Dict => {
    const ids: Record<MatchPolicy, Id[]> = { exact: [], prefix: [], wildcard: [] };
    for (const { id, match } of table.all()) ids[match].push(id);
    return ids;
  };
  const lookup = (call: MetaCall): Id | null => {
    const uri = uriArgument(call, 'uri');
    const options = optionsOf(call);
    const match = matchPolicy(options['match']);
    if (match === undefined) throw invalidArgument('match', 'exact, prefix or wildcard');
    return table.byPattern(match, uri, key(options, 'nkey'))?.id ?? null;
  };
  const match = (call: MetaCall): unknown => memberships.match(uriArgument(call, 'uri'), key(optionsOf(call), 'rkey'));
  const remove = (call: MetaCall): void => {
    const entry = find(call);
    const id = idArgument(call, 'session', 1);
    const reason = optional(call.args[2] ?? call.kwargs['reason'], 'reason', isString, 'a string');
    const session = memberships.members(entry).find((one) => one.id === id);
    if (session === undefined) throw new WampError(ErrorUri.NO_SUCH_SESSION);
    memberships.revoke(session, entry.id, reason);
    call.result();
  };
  return [
    [`${prefix}.list`, (call) => call.result([list()])],
    [`${prefix}.lookup`, (call) => call.result([lookup(call)])],
    [`${prefix}.match`, (call) => call.result([match(call)])],
    [`${prefix}.get`, (call) => call.result([memberships.describe(find(call))])],
    [`${prefix}.list_${member}s`, (call) => call.result([memberships.members(find(call)).map(({ id }) => id)])],
    [`${prefix}.count_${member}s`, (call) => call.result([memberships.members(find(call)).length])],
    [`${prefix}.remove_${member}`, remove],
  ];
}

const optionsOf = (call: MetaCall): Dict => optional(call.args[1], 'options', isDictionary, 'a dictionary') ?? {};
const key = (options: Dict, name: string): string | undefined => optional(options[name], name, isString, 'a string');
