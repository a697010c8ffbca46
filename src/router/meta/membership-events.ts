import type { Dict, List, Uri } from '../../protocol/message.js';
import { isReserved } from '../../protocol/uri.js';
import type { MembershipObserver } from '../routing/membership.js';

/** What meta events of subscriptions or registrations are made of. */
export interface MembershipEvents<T> {
  /** `wamp.subscription` or `wamp.registration`. */
  readonly prefix: Uri;
  /** What joining is called: `subscribe` or `register`. */
  readonly verb: string;
  readonly describe: (entry: T) => Dict;
  readonly publish: (topic: Uri, args: List) => void;
}

/**
 * Publishes `on_create`, `on_subscribe`, `on_unsubscribe`, `on_delete` or their like. Subscriptions to the router's own
 * topics are not reported, or every subscriber to reports would be told of every other.
 *
 * @see WAMP spec, Registration Meta API; Subscription Meta API
 */
export function membershipEvents<T extends { readonly id: number; readonly uri: Uri }>({
  prefix,
  verb,
  describe,
  publish,
}: MembershipEvents<T>): MembershipObserver<T> {
  const report = (event: string, entry: T, args: List): void => {
    if (!isReserved(entry.uri)) publish(`${prefix}.on_${event}`, args);
  };
  return {
    created: (session, entry) => report('create', entry, [session, describe(entry)]),
    joined: (session, entry) => report(verb, entry, [session, entry.id]),
    left: (session, entry) => report(`un${verb}`, entry, [session, entry.id]),
    deleted: (session, entry) => report('delete', entry, [session, entry.id]),
  };
}
