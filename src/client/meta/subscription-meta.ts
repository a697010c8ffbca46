import { map, type Observable } from 'rxjs';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { Id, Uri } from '../../protocol/message.js';
import type { MatchPolicy } from '../../protocol/uri.js';
import { ask, hear, type MetaClient } from './ask.js';
import type { Created, IdsByMatch, StoredEvent, SubscriptionChange, SubscriptionDetails } from './details.js';
import { liveMembers } from './live-members.js';
import { idOrNone, idsOrNone, noSuchSubscription, orEmpty, orMisspelt, storedEvents } from '../quirks.js';
import { change, count, created, details, ids, idsByMatch, lookupArgs } from './readers.js';

/** Which events of the history are asked for; all that are given must hold. Times are RFC 3339. */
export interface HistoryFilters {
  /** At most so many. Default: the router's. */
  readonly limit?: number;
  /** Whether the newest come first. Default: false. */
  readonly reverse?: boolean;
  readonly from_time?: string;
  readonly after_time?: string;
  readonly until_time?: string;
  readonly before_time?: string;
  /** Of a pattern: only this topic. */
  readonly topic?: Uri;
  /** That publication and later ones. */
  readonly from_publication?: Id;
  /** Later ones than that publication. */
  readonly after_publication?: Id;
  /** That publication and earlier ones. */
  readonly until_publication?: Id;
  /** Earlier ones than that publication. */
  readonly before_publication?: Id;
}

/**
 * The subscriptions of a realm. Errors are those of the session meta API, and `WampError`
 * `wamp.error.no_such_subscription` where an id is asked for. Routers report none to topics under `wamp.`, and nexus tells
 * no session of its own.
 *
 * @see WAMP spec, Subscription Meta API; Event History
 */
export class SubscriptionMeta {
  readonly #client: MetaClient;
  /** Subscriptions that come into being; `onSubscribe$` follows. */
  readonly onCreate$: Observable<Created<SubscriptionDetails>>;
  /** Subscribers that come to a subscription. */
  readonly onSubscribe$: Observable<SubscriptionChange>;
  /** Subscribers that leave a subscription. */
  readonly onUnsubscribe$: Observable<SubscriptionChange>;
  /** Subscriptions that are no more; `session` was the last subscriber. */
  readonly onDelete$: Observable<SubscriptionChange>;

  /** @internal */
  constructor(client: MetaClient) {
    this.#client = client;
    const changes = (topic: Uri): Observable<SubscriptionChange> =>
      hear(client, topic, (args) => change(args, ({ session, id }) => ({ session, subscription: id })));
    this.onCreate$ = hear(client, 'wamp.subscription.on_create', created);
    this.onSubscribe$ = changes('wamp.subscription.on_subscribe');
    this.onUnsubscribe$ = changes('wamp.subscription.on_unsubscribe');
    this.onDelete$ = changes('wamp.subscription.on_delete');
  }

  /** All subscriptions, by match policy. Crossbar.io tells no wildcard ones. */
  list(): Observable<IdsByMatch> {
    return ask(this.#client, 'wamp.subscription.list', [], idsByMatch);
  }

  /**
   * The subscription to this very topic or pattern; null when there is none. Default match: `'exact'`.
   *
   * @param nkey finds the sharded one of this node. Not in the spec: other routers than `rxwamp/router` ignore it.
   */
  lookup(topic: Uri, match?: MatchPolicy, nkey?: string): Observable<Id | null> {
    return ask(this.#client, 'wamp.subscription.lookup', lookupArgs(topic, match, nkey), idOrNone);
  }

  /**
   * All subscriptions that an event of this topic would reach.
   *
   * @param rkey its resource key: of sharded ones only those it chooses. Not in the spec: other routers than `rxwamp/router` ignore it.
   */
  match(topic: Uri, rkey?: string): Observable<readonly Id[]> {
    return ask(this.#client, 'wamp.subscription.match', rkey === undefined ? [topic] : [topic, { rkey }], idsOrNone);
  }

  /** What a subscription is. */
  get(subscription: Id): Observable<SubscriptionDetails> {
    return ask(this.#client, 'wamp.subscription.get', [subscription], details);
  }

  /** The sessions that have a subscription. */
  listSubscribers(subscription: Id): Observable<readonly Id[]> {
    const get$ = this.get(subscription);
    return ask(this.#client, 'wamp.subscription.list_subscribers', [subscription], ids).pipe(orEmpty(get$));
  }

  /** How many sessions have a subscription. */
  countSubscribers(subscription: Id): Observable<number> {
    const ask$ = (procedure: Uri): Observable<number> => ask(this.#client, procedure, [subscription], count);
    return ask$('wamp.subscription.count_subscribers').pipe(
      orMisspelt(ask$('wamp.subscription.count_suscribers')),
      noSuchSubscription(),
    );
  }

  /**
   * Past events of a subscription, the oldest first unless `reverse` says otherwise. Needs the router's `event_history`,
   * and a subscription, which `lookup` finds; errors also with `WampError` where none is kept.
   *
   * @example
   * const { subscription } = meta(wamp);
   * subscription.lookup('com.example.tick').pipe(
   *   filter((id) => id !== null),
   *   switchMap((id) => subscription.getEvents(id, { limit: 10 })),
   * );
   */
  getEvents(subscription: Id, filters: HistoryFilters = {}): Observable<readonly StoredEvent[]> {
    const kwargs = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
    return ask(this.#client, 'wamp.subscription.get_events', { args: [subscription], kwargs }, (_, args) =>
      storedEvents(args, subscription, filters.reverse === true),
    );
  }

  /** @internal */
  subscribers(topic: Uri, match: MatchPolicy): Observable<ReadonlySet<Id>> {
    const member = map(({ session, subscription }: SubscriptionChange) => ({ session, id: subscription }));
    return liveMembers(this.#client, topic, match, {
      created$: this.onCreate$,
      joined$: this.onSubscribe$.pipe(member),
      left$: this.onUnsubscribe$.pipe(member),
      deleted$: this.onDelete$.pipe(member),
      lookup$: this.lookup(topic, match),
      members: (id) => this.listSubscribers(id),
      noSuch: ErrorUri.NO_SUCH_SUBSCRIPTION,
    });
  }
}
