import type { Dict, Id, List, Uri } from '../../protocol/message.js';
import type { MatchPolicy } from '../../protocol/uri.js';

/**
 * A session as `wamp.session.get` and `on_join` describe it. What the spec names is typed; whatever else the router tells is
 * there under the router's own names.
 */
export interface SessionDetails {
  readonly session: Id;
  readonly authid?: string | undefined;
  readonly authrole?: string | undefined;
  readonly authmethod?: string | undefined;
  readonly authprovider?: string | undefined;
  readonly [key: string]: unknown;
}

/** A session that is gone. Some routers tell only its id. */
export interface SessionLeft {
  readonly session: Id;
  readonly authid: string | undefined;
  readonly authrole: string | undefined;
}

/** A subscription as `wamp.subscription.get` and `on_create` describe it. */
export interface SubscriptionDetails {
  readonly id: Id;
  /** When it was made, as ISO 8601. */
  readonly created?: string | undefined;
  readonly uri: Uri;
  readonly match: MatchPolicy;
  /** The node that has it, of a sharded one. Not in the spec: `rxwamp/router` tells it. */
  readonly nkey?: string | undefined;
  readonly [key: string]: unknown;
}

/** A registration as `wamp.registration.get` and `on_create` describe it. */
export interface RegistrationDetails extends SubscriptionDetails {
  /** How the dealer picks among callees: `single`, `roundrobin`, … */
  readonly invoke?: string | undefined;
}

/** The subscriptions or registrations of a realm, by how they compare their URI. */
export type IdsByMatch = Readonly<Record<MatchPolicy, readonly Id[]>>;

/** A subscription or registration came into being, by this session. */
export interface Created<D> {
  readonly session: Id;
  readonly details: D;
}

/** A session came to a subscription, or left it. */
export interface SubscriptionChange {
  readonly session: Id;
  readonly subscription: Id;
}

/** A session came to a registration, or left it. */
export interface RegistrationChange {
  readonly session: Id;
  readonly registration: Id;
}

/** A session, and the id of the subscription or registration it came to or left. */
export interface Member {
  readonly session: Id;
  readonly id: Id;
}

/** How many sessions were ended, and which, where the router says that. */
export interface Killed {
  readonly count: number;
  readonly sessions: readonly Id[] | undefined;
}

/** An event from the router's history. */
export interface StoredEvent {
  /** When it was published, as RFC 3339, where the router tells. */
  readonly timestamp: string | undefined;
  readonly subscription: Id;
  readonly publication: Id;
  /** The topic it was published to, where the router tells: always, of a pattern. */
  readonly topic: Uri | undefined;
  readonly details: Dict;
  readonly args: List;
  readonly kwargs: Dict;
}
