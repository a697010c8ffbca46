import type { RouterAuthenticator } from '../auth/router/authenticator.js';
import type { Uri } from '../protocol/message.js';
import type { MatchPolicy, UriRule } from '../protocol/uri.js';
import type { Authorize, RealmAuthorizer } from './authorizer.js';
import type { RouterLimits } from './limits.js';
import type { RealmInterfaces } from './reflection/interfaces.js';
import type { SlowConsumerOptions } from './slow-consumer.js';

/** A topic or pattern whose events are kept. */
export interface HistoryOptions {
  readonly topic: Uri;
  /** Default: `'exact'`. */
  readonly match?: MatchPolicy | undefined;
  /** How many events are kept. */
  readonly maxEvents: number;
  /**
   * How many bytes they may take, payload and lists. The oldest make room; an event that is larger alone is not kept.
   * Default: 16 MiB.
   */
  readonly maxBytes?: number | undefined;
}

/** How a realm is run. `{}` is a realm that admits everybody anonymously and allows everything. */
export interface RealmOptions {
  /**
   * How clients prove who they are; the first method a client offers that is listed here and can serve it is taken.
   * Default: only `anonymous`.
   */
  readonly authenticate?: readonly RouterAuthenticator[] | undefined;
  /**
   * What clients may do: a function, a table of rules (`authorizeBy`), or a procedure (`authorizeByProcedure`). Default:
   * everything, the meta procedures that kill sessions included; a realm without it is for clients that trust each other.
   */
  readonly authorize?: Authorize | RealmAuthorizer | undefined;
  /** Whether publishers and callers may ask to be disclosed, and callees to be told of their callers. Default: true. */
  readonly disclose?: boolean | undefined;
  /** Topics whose past events `wamp.subscription.get_events` tells. Default: none. */
  readonly history?: readonly HistoryOptions[] | undefined;
  /**
   * What the realm offers, for those who ask by reflection: descriptions of procedures, topics and errors, whether or not
   * anybody is there for them, `wamp.` ones included. Sessions define more while they last, but not these. At most 10,000 of
   * each. Default: none.
   *
   * @see WAMP spec, Interface Reflection
   */
  readonly interfaces?: RealmInterfaces | undefined;
}

/** What a router is made with. */
export interface RouterOptions {
  /**
   * The realms that can be joined, or a function that says how a realm is run, and undefined when there is none of that
   * name. A realm made by the function lasts as long as somebody is in it.
   */
  readonly realms: Readonly<Record<Uri, RealmOptions>> | ((realm: Uri) => RealmOptions | undefined);
  /** What clients may use up. Default: what is said at each of {@link RouterLimits}. */
  readonly limits?: Partial<RouterLimits> | undefined;
  /** What becomes of clients that read too slowly. Default: what is said at each of {@link SlowConsumerOptions}. */
  readonly slowConsumer?: SlowConsumerOptions | undefined;
  /** What a topic or procedure may hold. Default: `'loose'`. */
  readonly uriRule?: UriRule | undefined;
  /** What the router calls itself in WELCOME. Default: `'rxwamp-router-0.1.0'`. */
  readonly agent?: string | undefined;
}
