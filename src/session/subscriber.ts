import * as Code from '../protocol/codes.js';
import { RevokedError, type RxWampError } from '../protocol/errors.js';
import type { Dict, EventMessage, Id, Subscribed, Unsubscribed, Uri } from '../protocol/message.js';
import { toEvent, type WampEvent } from './event.js';
import { matchKey } from './match-key.js';
import { unheeded, type Requests } from './requests.js';

/**
 * Who holds a subscription. An object that is looked up by the subscription's id, and not an Observable: of a hundred thousand
 * topics each step from the socket to a subscriber is a look into memory that no cache holds.
 */
export interface EventReceiver {
  /** The topic, as it was asked for. */
  readonly uri: Uri;
  /** SUBSCRIBE.Options. */
  readonly options: Dict;
  event(event: WampEvent): void;
  /** The subscription is over: `RevokedError`, or why the session ended. */
  failed(error: RxWampError): void;
}

/** What becomes of a SUBSCRIBE. */
export interface Subscribing {
  /** SUBSCRIBED came: whoever gets the events, or undefined when nobody wants them any more. */
  receiver(subscription: Id): EventReceiver | undefined;
  /** The receiver is in its place; no event has come yet. */
  joined(subscription: Id): void;
  /** The broker refused (`WampError`), the SUBSCRIBE could not be sent, or the session ended before the answer. */
  failed(error: unknown): void;
}

/** A subscription that several asked for, or that nobody holds any more. */
class Fork implements EventReceiver {
  constructor(
    readonly uri: Uri,
    readonly options: Dict,
    /** Replaced, never changed, so that who leaves while an event is handed out disturbs nobody. */
    readonly receivers: readonly EventReceiver[],
  ) {}

  event(event: WampEvent): void {
    for (const receiver of this.receivers) receiver.event(event);
  }

  failed(error: RxWampError): void {
    for (const receiver of this.receivers) receiver.failed(error);
  }
}

/**
 * The subscriber of a session.
 *
 * A broker has one subscription for a topic and match policy, however often a session asks, and one UNSUBSCRIBE ends
 * it for all who asked. So receivers are held by the subscription id, and an UNSUBSCRIBE waits for every SUBSCRIBE
 * to the same topic that is still on its way.
 */
export class Subscriber {
  readonly #receivers = new Map<Id, EventReceiver>();
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
   * Sends SUBSCRIBE.
   *
   * @see WAMP spec, Publish and Subscribe / Subscribing and Unsubscribing
   */
  subscribe(uri: Uri, options: Dict, subscribing: Subscribing): void {
    const key = matchKey(uri, options);
    this.#joining.set(key, (this.#joining.get(key) ?? 0) + 1);
    const failed = (error: unknown): void => {
      this.#joined(key);
      subscribing.failed(error);
    };
    try {
      this.requests.open<Subscribed>((request) => [Code.SUBSCRIBE, request, options, uri], {
        code: Code.SUBSCRIBE,
        on: uri,
        settle: ([, , id]) => {
          const receiver = subscribing.receiver(id);
          this.#hold(id, receiver ?? new Fork(uri, options, []));
          this.#joined(key);
          if (receiver === undefined) this.#release(id);
          else subscribing.joined(id);
          return true;
        },
        fail: failed,
      });
    } catch (error) {
      failed(error);
    }
  }

  /** Takes a receiver from a subscription. UNSUBSCRIBE when it was the last. */
  unsubscribe(id: Id, receiver: EventReceiver): void {
    const held = this.#receivers.get(id);
    const rest = held instanceof Fork ? held.receivers.filter((one) => one !== receiver) : [];
    if (held !== receiver && !(held instanceof Fork)) return;
    this.#receivers.set(id, new Fork(receiver.uri, receiver.options, rest));
    this.#release(id);
  }

  /** Puts a receiver in the place of another. */
  replace(id: Id, former: EventReceiver, receiver: EventReceiver): void {
    const held = this.#receivers.get(id);
    if (held === former) this.#receivers.set(id, receiver);
    else if (held instanceof Fork) {
      const receivers = held.receivers.map((one) => (one === former ? receiver : one));
      this.#receivers.set(id, new Fork(held.uri, held.options, receivers));
    }
  }

  /** The topic of a subscription, as it was asked for. */
  topicOf(id: Id): Uri | undefined {
    return this.#receivers.get(id)?.uri;
  }

  /** Hot path: one look-up per EVENT, whatever the number of topics. One for a subscription that is gone is dropped. */
  event(message: EventMessage): void {
    const receiver = this.#receivers.get(message[1]);
    if (receiver === undefined) this.skipEvents(this.#isHeld);
    else receiver.event(toEvent(message, receiver.uri));
  }

  /** UNSUBSCRIBED: the answer to an UNSUBSCRIBE, or with request 0 the broker taking a subscription back. */
  unsubscribed([, request, details]: Unsubscribed): void {
    const id = details?.['subscription'];
    if (request !== 0 || typeof id !== 'number') return;
    const receiver = this.#receivers.get(id);
    if (receiver === undefined) return;
    this.#receivers.delete(id);
    const reason = details?.['reason'];
    const uri = typeof reason === 'string' ? reason : undefined;
    receiver.failed(new RevokedError(uri, { attempted: 'SUBSCRIBE', on: receiver.uri }));
  }

  /** The session ended. Everything is forgotten first, so that who leaves now does not write to a dead link. */
  end(error: (attempted: string, on: Uri) => RxWampError): void {
    const all = [...this.#receivers.values()];
    this.#receivers.clear();
    for (const receiver of all) receiver.failed(error('SUBSCRIBE', receiver.uri));
  }

  readonly #isHeld = (id: Id): boolean => this.#receivers.has(id);

  #hold(id: Id, receiver: EventReceiver): void {
    const held = this.#receivers.get(id);
    if (held === undefined) this.#receivers.set(id, receiver);
    else {
      const receivers = [...receiversOf(held), ...receiversOf(receiver)];
      this.#receivers.set(id, new Fork(held.uri, held.options, receivers));
    }
  }

  /** A SUBSCRIBE was answered: what nobody wants and no other is on its way for can go. */
  #joined(key: string): void {
    const left = (this.#joining.get(key) ?? 1) - 1;
    if (left > 0) {
      this.#joining.set(key, left);
      return;
    }
    this.#joining.delete(key);
    const abandoned = this.#abandoned.get(key);
    this.#abandoned.delete(key);
    for (const id of abandoned ?? []) this.#release(id);
  }

  #release(id: Id): void {
    const held = this.#receivers.get(id);
    if (held === undefined || receiversOf(held).length > 0) return;
    const key = matchKey(held.uri, held.options);
    if (this.#joining.has(key)) {
      const waiting = this.#abandoned.get(key);
      if (waiting === undefined) this.#abandoned.set(key, new Set([id]));
      else waiting.add(id);
      return;
    }
    this.#receivers.delete(id);
    // An ERROR means that the router had forgotten it already: either way it is gone.
    this.requests.open((request) => [Code.UNSUBSCRIBE, request, id], unheeded(Code.UNSUBSCRIBE, held.uri));
  }
}

const receiversOf = (receiver: EventReceiver): readonly EventReceiver[] =>
  receiver instanceof Fork ? receiver.receivers : [receiver];
