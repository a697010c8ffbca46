import * as Code from '../protocol/codes.js';
import type { Id, Uri, WampMessage } from '../protocol/message.js';
import { matchPolicy, type MatchPolicy } from '../protocol/uri.js';

/** The procedure of the meta API that tells past events. */
export const GET_EVENTS: Uri = 'wamp.subscription.get_events';

/** How many calls of {@link GET_EVENTS} are remembered; the answer to one before stays packed. */
const MAX_REMEMBERED = 1_000;

/**
 * What one session has asked for, so far as it matters to who reads: which subscriptions and registrations are patterns, so
 * that the router cannot pass one URI off as another where there is but one; and of which subscription past events were asked for.
 */
export class Memory {
  readonly #asked = new Map<Id, MatchPolicy>();
  readonly #subscriptions = new Map<Id, MatchPolicy>();
  readonly #registrations = new Map<Id, MatchPolicy>();
  readonly #histories = new Map<Id, Id>();

  /** How a subscription compares its topic. */
  ofSubscription(id: Id): MatchPolicy {
    return this.#subscriptions.get(id) ?? 'exact';
  }

  /** How a registration compares its procedure. */
  ofRegistration(id: Id): MatchPolicy {
    return this.#registrations.get(id) ?? 'exact';
  }

  /** Whose past events a call of {@link GET_EVENTS} asked for. */
  historyOf(request: Id): Id | undefined {
    return this.#histories.get(request);
  }

  sent(message: WampMessage): void {
    switch (message[0]) {
      case Code.SUBSCRIBE:
      case Code.REGISTER: {
        const match = matchPolicy(message[2]['match']) ?? 'exact';
        if (match === 'exact') this.#asked.delete(message[1]);
        else this.#asked.set(message[1], match);
        return;
      }
      case Code.UNSUBSCRIBE:
        this.#subscriptions.delete(message[2]);
        return;
      case Code.UNREGISTER:
        this.#registrations.delete(message[2]);
        return;
      case Code.CALL:
        if (message[3] === GET_EVENTS) this.#remember(message[1], message[4]?.[0]);
        return;
      case Code.CANCEL:
        this.#histories.delete(message[1]);
        return;
      default:
    }
  }

  received(message: WampMessage): void {
    switch (message[0]) {
      case Code.SUBSCRIBED:
        this.#keep(this.#subscriptions, message[1], message[2]);
        return;
      case Code.REGISTERED:
        this.#keep(this.#registrations, message[1], message[2]);
        return;
      case Code.UNSUBSCRIBED:
        this.#revoke(this.#subscriptions, message[2]?.['subscription']);
        return;
      case Code.UNREGISTERED:
        this.#revoke(this.#registrations, message[2]?.['registration']);
        return;
      case Code.ERROR:
        this.#asked.delete(message[2]);
        this.#histories.delete(message[2]);
        return;
      case Code.RESULT:
        this.#histories.delete(message[1]);
        return;
      default:
    }
  }

  #keep(policies: Map<Id, MatchPolicy>, request: Id, id: Id): void {
    const match = this.#asked.get(request);
    this.#asked.delete(request);
    if (match === undefined) policies.delete(id);
    else policies.set(id, match);
  }

  #revoke(policies: Map<Id, MatchPolicy>, id: unknown): void {
    if (typeof id === 'number') policies.delete(id);
  }

  #remember(request: Id, subscription: unknown): void {
    if (typeof subscription !== 'number') return;
    this.#histories.set(request, subscription);
    if (this.#histories.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#histories.keys();
    if (oldest !== undefined) this.#histories.delete(oldest);
  }
}
