import { distinctUntilChanged, map, type Observable } from 'rxjs';
import type { Id, Uri } from '../../protocol/message.js';
import type { MatchPolicy } from '../../protocol/uri.js';
import type { WampClient } from '../client.js';
import type { Contract } from '../contract.js';
import type { SessionDetails } from './details.js';
import type { ReflectionClient } from './reflection-client.js';
import { ReflectionMeta } from './reflection-meta.js';
import { RegistrationMeta } from './registration-meta.js';
import { SessionMeta } from './session-meta.js';
import { SubscriptionMeta } from './subscription-meta.js';

/**
 * What a router tells of a realm. Made by {@link meta}.
 *
 * The views `session.live$`, `presence`, `sessionsOf`, `subscribers` and `callees` are kept by events, and are right
 * from their first value on: they listen before they ask, and start over in every session. Each subscription works by
 * itself, so share what several look at.
 */
export class Meta {
  /** Procedures and events of sessions, and testaments. */
  readonly session: SessionMeta;
  /** Procedures and events of registrations. */
  readonly registration: RegistrationMeta;
  /** Procedures and events of subscriptions, and the event history. */
  readonly subscription: SubscriptionMeta;
  /** What procedures, topics and errors there are, what they are, and definitions of one's own. */
  readonly reflection: ReflectionMeta;

  /** @internal */
  constructor(client: ReflectionClient) {
    this.session = new SessionMeta(client);
    this.registration = new RegistrationMeta(client);
    this.subscription = new SubscriptionMeta(client);
    this.reflection = new ReflectionMeta(client);
  }

  /** Whether an authid has a session: as soon as that is known, and whenever it changes. Ends as `session.live$` does. */
  presence(authid: string): Observable<boolean> {
    return this.sessionsOf(authid).pipe(
      map(({ length }) => length > 0),
      distinctUntilChanged(),
    );
  }

  /** The sessions of an authid: as soon as they are known, and whenever they change. Ends as `session.live$` does. */
  sessionsOf(authid: string): Observable<readonly SessionDetails[]> {
    return this.session.live$.pipe(
      map((sessions) => [...sessions.values()].filter((session) => session.authid === authid)),
      distinctUntilChanged((before, now) => before.length === now.length && now.every((one, at) => one === before[at])),
    );
  }

  /**
   * The sessions subscribed to this very topic or pattern: as soon as they are known, at every change, and from the start
   * again in every session. Completes when the client is closed; errors as procedures and events do, and with
   * `OverflowError` beyond 100,000. Default match: `'exact'`.
   */
  subscribers(topic: Uri, match: MatchPolicy = 'exact'): Observable<ReadonlySet<Id>> {
    return this.subscription.subscribers(topic, match);
  }

  /** The sessions that registered this very procedure or pattern, in the same way as {@link subscribers}. */
  callees(procedure: Uri, match: MatchPolicy = 'exact'): Observable<ReadonlySet<Id>> {
    return this.registration.callees(procedure, match);
  }
}

/**
 * The meta API of a client's realm: who is there, what is subscribed and registered, and how that changes. What the router
 * answers is brought into one form, whichever router it is. Nothing is sent until something of it is subscribed to.
 *
 * @example
 * import { meta } from 'rxwamp/meta';
 * const realm = meta(wamp);
 * realm.session.live$.subscribe((sessions) => show([...sessions.values()]));
 * realm.presence('joe').subscribe((isHere) => light(isHere));
 * realm.session.kill(id, { message: 'too old' }).subscribe();
 * @see WAMP spec, Session Meta API; Registration Meta API; Subscription Meta API; Interface Reflection
 */
export const meta = <Api extends Contract>(wamp: WampClient<Api>): Meta =>
  // The router's own topics and procedures are there whether or not the contract of the realm names them.
  new Meta(wamp as unknown as ReflectionClient);
