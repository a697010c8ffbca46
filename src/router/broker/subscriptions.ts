import type { Id, Uri } from '../../protocol/message.js';
import type { MatchPolicy } from '../../protocol/uri.js';
import type { RandomIds } from '../random-ids.js';
import { PatternIndex } from '../routing/pattern-index.js';
import { SessionTable } from '../routing/session-table.js';
import type { Session } from '../session/session.js';
import type { EventStore } from './event-store.js';
import type { Subscription } from './subscription.js';

/** The subscriptions of a realm, and who is in them. */
export class Subscriptions {
  readonly #ids: RandomIds;
  readonly #byId = new Map<Id, Subscription>();
  readonly #index = new PatternIndex<Subscription>();
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

  byPattern(match: MatchPolicy, uri: Uri): Subscription | undefined {
    return this.#index.get(match, uri);
  }

  /** All that a topic matches. */
  matching(topic: Uri): Subscription[] {
    return this.#index.all(topic);
  }

  /** How many a session is in. */
  count(session: Session): number {
    return this.#bySession.count(session);
  }

  create(match: MatchPolicy, uri: Uri, store?: EventStore): Subscription {
    const id = this.#ids.nextNotIn(this.#byId);
    const subscription: Subscription = { id, uri, match, created: new Date(), subscribers: new Set(), store };
    this.#byId.set(id, subscription);
    this.#index.set(match, uri, subscription);
    return subscription;
  }

  join(session: Session, subscription: Subscription): void {
    subscription.subscribers.add(session);
    this.#bySession.set(session, subscription.id, subscription);
  }

  /** Takes a session out of a subscription. Undefined when it was not in it, else whether the subscription is gone with it. */
  leave(session: Session, id: Id): { readonly subscription: Subscription; readonly deleted: boolean } | undefined {
    const subscription = this.#bySession.get(session, id);
    if (subscription === undefined) return undefined;
    this.#bySession.delete(session, id);
    return { subscription, deleted: this.#remove(session, subscription) };
  }

  /** Takes a session out of all subscriptions. */
  leaveAll(session: Session): { readonly subscription: Subscription; readonly deleted: boolean }[] {
    return this.#bySession
      .deleteAll(session)
      .map((subscription) => ({ subscription, deleted: this.#remove(session, subscription) }));
  }

  #remove(session: Session, subscription: Subscription): boolean {
    subscription.subscribers.delete(session);
    if (subscription.subscribers.size > 0 || subscription.store !== undefined) return false;
    this.#byId.delete(subscription.id);
    this.#index.delete(subscription.match, subscription.uri);
    return true;
  }
}
