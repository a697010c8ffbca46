import type { Id, Uri } from '../../protocol/message.js';
import type { MatchPolicy } from '../../protocol/uri.js';
import type { Session } from '../session/session.js';
import type { EventStore } from './event-store.js';

/**
 * A topic or pattern that somebody subscribed to, or whose events are kept. All its subscribers share one id. Our reading
 * of sharded subscriptions: each node key has a subscription of its own.
 *
 * @see WAMP spec, Subscribing and Unsubscribing; Sharded Subscription
 */
export interface Subscription {
  readonly id: Id;
  readonly uri: Uri;
  readonly match: MatchPolicy;
  /** The node whose share of the events it gets. Undefined when it gets all. */
  readonly nkey: string | undefined;
  readonly created: Date;
  readonly subscribers: Set<Session>;
  /** Its past events. A subscription that has a store stays when the last subscriber goes. */
  readonly store: EventStore | undefined;
}
