import type { Id, Uri } from '../../protocol/message.js';
import type { MatchPolicy } from '../../protocol/uri.js';
import type { RandomIds } from '../random-ids.js';
import { PatternIndex } from '../routing/pattern-index.js';
import { SessionTable } from '../routing/session-table.js';
import type { Session } from '../session/session.js';
import type { EventStore, StoredEvent } from './event-store.js';
import { Shards } from './shards.js';
import type { SubscribedTopic } from './subscribed-topic.js';
import type { Subscription } from './subscription.js';

/** What a subscription is known by, beside its id. */
export interface SubscriptionKey {
  readonly match: MatchPolicy;
  readonly uri: Uri;
  /** Undefined for the one that gets every event. */
  readonly nkey?: string | undefined;
}

/** Who left a subscription, and whether it is gone with them. */
export interface LeftSubscription {
  readonly subscription: Subscription;
  readonly deleted: boolean;
}

/** The subscriptions of a realm, and who is in them. */
export class Subscriptions {
  readonly #ids: RandomIds;
  readonly #byId = new Map<Id, Subscription>();
  readonly #index = new PatternIndex<SubscribedTopic>();
  readonly #bySession = new SessionTable<Subscription>();

  constructor(ids: RandomIds) {
    this.#ids = ids;
  }

  /** How many there are. */
  get size(): number {
    return this.#byId.size;
  }

  /** All of them, in the order they were made. */
  all(): Iterable<Subscription> {
    return this.#byId.values();
  }

  byId(id: Id): Subscription | undefined {
    return this.#byId.get(id);
  }

  /** The one to exactly this topic or pattern, of this node if one is named. */
  byPattern(match: MatchPolicy, uri: Uri, nkey?: string): Subscription | undefined {
    const topic = this.#index.get(match, uri);
    return nkey === undefined ? topic?.whole : topic?.shards?.get(nkey);
  }

  /** How many nodes share the events of a topic or pattern. */
  shardsOf(match: MatchPolicy, uri: Uri): number {
    return this.#index.get(match, uri)?.shards?.size ?? 0;
  }

  /** All that match a topic, each with its shards. */
  topics(topic: Uri): SubscribedTopic[] {
    return this.#index.all(topic);
  }

  /** All that an event of a topic reaches, given the hash of its resource key if it has one. */
  matching(topic: Uri, key?: number): Subscription[] {
    return this.topics(topic).flatMap(({ whole, shards }) => {
      const shared = shards === undefined ? [] : key === undefined ? shards.all() : [shards.ownerOf(key)];
      return [whole, ...shared].filter((one) => one !== undefined);
    });
  }

  /** Whether an event is for a subscription, given the hash of its resource key: for a shard it may be another's. */
  isFor({ match, uri, nkey }: Subscription, key: number | undefined): boolean {
    if (nkey === undefined || key === undefined) return true;
    return this.#index.get(match, uri)?.shards?.owns(nkey, key) === true;
  }

  /**
   * The past events of a subscription; undefined when none are kept. Of a sharded one it is what the shard received, and
   * what there was no shard for when it was published and would be for this one now.
   */
  history(subscription: Subscription): readonly StoredEvent[] | undefined {
    const { match, uri, nkey, store } = subscription;
    if (nkey === undefined) return store?.events();
    const events = this.byPattern(match, uri)?.store?.events();
    return events?.filter(({ publication: { key }, shard }) =>
      key === undefined || shard === undefined ? this.isFor(subscription, key) : shard === nkey,
    );
  }

  /** How many a session is in. */
  count(session: Session): number {
    return this.#bySession.count(session);
  }

  create({ match, uri, nkey }: SubscriptionKey, store?: EventStore): Subscription {
    const id = this.#ids.nextNotIn(this.#byId);
    const subscription: Subscription = { id, uri, match, nkey, created: new Date(), subscribers: new Set(), store };
    const topic = this.#index.get(match, uri) ?? { whole: undefined, shards: undefined };
    this.#byId.set(id, subscription);
    this.#index.set(match, uri, topic);
    if (nkey === undefined) {
      topic.whole = subscription;
    } else {
      topic.shards ??= new Shards();
      topic.shards.set(nkey, subscription);
    }
    return subscription;
  }

  join(session: Session, subscription: Subscription): void {
    subscription.subscribers.add(session);
    this.#bySession.set(session, subscription.id, subscription);
  }

  /** Takes a session out of a subscription. Undefined when it was not in it, else whether the subscription is gone with it. */
  leave(session: Session, id: Id): LeftSubscription | undefined {
    const subscription = this.#bySession.get(session, id);
    if (subscription === undefined) return undefined;
    this.#bySession.delete(session, id);
    return { subscription, deleted: this.#remove(session, subscription) };
  }

  /** Takes a session out of all subscriptions. */
  leaveAll(session: Session): LeftSubscription[] {
    return this.#bySession
      .deleteAll(session)
      .map((subscription) => ({ subscription, deleted: this.#remove(session, subscription) }));
  }

  #remove(session: Session, subscription: Subscription): boolean {
    subscription.subscribers.delete(session);
    if (subscription.subscribers.size > 0 || subscription.store !== undefined) return false;
    const { id, match, uri, nkey } = subscription;
    this.#byId.delete(id);
    const topic = this.#index.get(match, uri);
    if (topic === undefined) return true;
    if (nkey === undefined) topic.whole = undefined;
    else topic.shards?.delete(nkey);
    if (topic.shards?.size === 0) topic.shards = undefined;
    if (topic.whole === undefined && topic.shards === undefined) this.#index.delete(match, uri);
    return true;
  }
}
