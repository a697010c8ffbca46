import { Observable, type Subscriber as RxSubscriber } from 'rxjs';
import * as Code from '../protocol/codes.js';
import { RevokedError, type RxWampError } from '../protocol/errors.js';
import type { Dict, EventMessage, Id, Subscribed, Unsubscribed, Uri } from '../protocol/message.js';
import { toEvent, type WampEvent } from './event.js';
import { matchKey } from './match-key.js';
import { unheeded, type Requests } from './requests.js';

/** One subscription of the broker's, with everyone here who asked for it. */
interface Subscription {
  readonly key: string;
  readonly topic: Uri;
  /** Replaced, never changed, so that who leaves while an event is handed out disturbs nobody. */
  observers: readonly RxSubscriber<WampEvent>[];
}

/**
 * The subscriber of a session.
 *
 * A broker has one subscription for a topic and match policy, however often a session asks, and one UNSUBSCRIBE ends
 * it for all who asked. So observers are counted by the subscription id, and an UNSUBSCRIBE waits for every SUBSCRIBE
 * to the same topic that is still on its way.
 */
export class Subscriber {
  readonly #subscriptions = new Map<Id, Subscription>();
  /** SUBSCRIBEs on their way, by topic and match policy. */
  readonly #joining = new Map<string, number>();
  /** Subscriptions that everybody left while another SUBSCRIBE to the same was on its way. */
  readonly #abandoned = new Map<string, Set<Id>>();

  constructor(
    private readonly requests: Requests,
    /** Asks for events of subscriptions that are not held to be left unread. */
    private readonly skipEvents: (isHeld: (subscription: Id) => boolean) => void,
  ) {}

  /**
   * Events of a topic. SUBSCRIBE on subscribe; UNSUBSCRIBE when the last observer of the broker's subscription leaves,
   * also when that is before SUBSCRIBED came.
   *
   * @param subscribed is called with the subscription id, before the first event.
   * @returns errors with `WampError` when the broker refuses, `RevokedError` when it takes the subscription back,
   * `ConnectionLostError` or `ClientClosedError` when the session ends; never completes.
   * @see WAMP spec, Publish and Subscribe / Subscribing and Unsubscribing
   */
  subscribe(topic: Uri, options: Dict = {}, subscribed?: (subscription: Id) => void): Observable<WampEvent> {
    return new Observable<WampEvent>((observer) => {
      const key = matchKey(topic, options);
      let joined: Id | undefined;
      this.#joining.set(key, (this.#joining.get(key) ?? 0) + 1);
      try {
        this.requests.open<Subscribed>((id) => [Code.SUBSCRIBE, id, options, topic], {
          code: Code.SUBSCRIBE,
          on: topic,
          settle: ([, , id]) => {
            joined = id;
            this.#add(id, key, topic, observer);
            this.#joined(key);
            if (observer.closed) this.#remove(id, observer);
            else subscribed?.(id);
            return true;
          },
          fail: (error) => {
            this.#joined(key);
            observer.error(error);
          },
        });
      } catch (error) {
        this.#joined(key);
        observer.error(error);
      }
      return () => {
        if (joined !== undefined) this.#remove(joined, observer);
      };
    });
  }

  /** The topic of a subscription, as it was asked for. */
  topicOf(id: Id): Uri | undefined {
    return this.#subscriptions.get(id)?.topic;
  }

  /** Hot path: one look-up per EVENT, whatever the number of topics. One for a subscription that is gone is dropped. */
  event(message: EventMessage): void {
    const subscription = this.#subscriptions.get(message[1]);
    if (subscription === undefined) {
      this.skipEvents(this.#isHeld);
      return;
    }
    const event = toEvent(message, subscription.topic);
    for (const observer of subscription.observers) observer.next(event);
  }

  /** UNSUBSCRIBED: the answer to an UNSUBSCRIBE, or with request 0 the broker taking a subscription back. */
  unsubscribed([, request, details]: Unsubscribed): void {
    const id = details?.['subscription'];
    if (request !== 0 || typeof id !== 'number') return;
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) return;
    this.#subscriptions.delete(id);
    const reason = details?.['reason'];
    const error = new RevokedError(typeof reason === 'string' ? reason : undefined, {
      attempted: 'SUBSCRIBE',
      on: subscription.topic,
    });
    for (const observer of subscription.observers) observer.error(error);
  }

  /** The session ended. Everything is forgotten first, so that who leaves now does not write to a dead link. */
  end(error: (attempted: string, on: Uri) => RxWampError): void {
    const all = [...this.#subscriptions.values()];
    this.#subscriptions.clear();
    for (const { topic, observers } of all) for (const observer of observers) observer.error(error('SUBSCRIBE', topic));
  }

  readonly #isHeld = (id: Id): boolean => this.#subscriptions.has(id);

  #add(id: Id, key: string, topic: Uri, observer: RxSubscriber<WampEvent>): void {
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) this.#subscriptions.set(id, { key, topic, observers: [observer] });
    else subscription.observers = [...subscription.observers, observer];
  }

  #remove(id: Id, observer: RxSubscriber<WampEvent>): void {
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) return;
    subscription.observers = subscription.observers.filter((one) => one !== observer);
    this.#release(id, subscription);
  }

  /** A SUBSCRIBE was answered: what nobody wants and no other is on its way for can go. */
  #joined(key: string): void {
    const left = (this.#joining.get(key) ?? 1) - 1;
    if (left > 0) {
      this.#joining.set(key, left);
      return;
    }
    this.#joining.delete(key);
    for (const id of this.#abandoned.get(key) ?? []) {
      const subscription = this.#subscriptions.get(id);
      if (subscription !== undefined) this.#release(id, subscription);
    }
    this.#abandoned.delete(key);
  }

  #release(id: Id, { key, topic, observers }: Subscription): void {
    if (observers.length > 0) return;
    if (this.#joining.has(key)) {
      const waiting = this.#abandoned.get(key);
      if (waiting === undefined) this.#abandoned.set(key, new Set([id]));
      else waiting.add(id);
      return;
    }
    this.#subscriptions.delete(id);
    // An ERROR means that the router had forgotten it already: either way it is gone.
    this.requests.open((request) => [Code.UNSUBSCRIBE, request, id], unheeded(Code.UNSUBSCRIBE, topic));
  }
}
