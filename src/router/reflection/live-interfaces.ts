import type { Dict, Uri } from '../../protocol/message.js';
import type { InterfaceKind } from '../../protocol/reflection.js';
import { isReserved } from '../../protocol/uri.js';
import type { Subscription } from '../broker/subscription.js';
import type { Subscriptions } from '../broker/subscriptions.js';
import type { Registrations } from '../dealer/registrations.js';
import type { InterfaceKey } from './definitions.js';

/** Procedures that are registered and topics that are subscribed to now, by exactly their URI: nobody need have defined them. */
export class LiveInterfaces {
  readonly #registrations: Registrations;
  readonly #subscriptions: Subscriptions;

  constructor(registrations: Registrations, subscriptions: Subscriptions) {
    this.#registrations = registrations;
    this.#subscriptions = subscriptions;
  }

  /** All of a kind; a URI may come more than once. */
  *uris(kind: InterfaceKind): Iterable<Uri> {
    if (kind === 'procedure') {
      for (const { match, uri } of this.#registrations.all()) if (match === 'exact') yield uri;
    } else if (kind === 'topic') {
      for (const subscription of this.#subscriptions.all()) if (isLive(subscription)) yield subscription.uri;
    }
  }

  /** What there is to say of one of them; undefined when it is none. */
  describe({ kind, uri }: InterfaceKey): Dict | undefined {
    if (kind === 'procedure') {
      const registration = this.#registrations.byPattern('exact', uri);
      if (registration === undefined) return undefined;
      const { match, invoke, created } = registration;
      return { kind, uri, match, invoke, created: created.toISOString() };
    }
    if (kind === 'error') return undefined;
    const subscription = this.#subscriptions.matching(uri).find(isLive);
    return subscription && { kind, uri, match: subscription.match, created: subscription.created.toISOString() };
  }
}

/** Subscriptions to the router's own topics are not told, as in the meta API. */
const isLive = ({ match, uri, subscribers }: Subscription): boolean =>
  match === 'exact' && subscribers.size > 0 && !isReserved(uri);
