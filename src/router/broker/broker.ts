import * as Code from '../../protocol/codes.js';
import type { Id, List, Publish, Subscribe, Unsubscribe, Uri } from '../../protocol/message.js';
import { isReserved, isUri, matchPolicy } from '../../protocol/uri.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import { shardKey, shardKeyFault } from '../../protocol/shard-key.js';
import type { Authorizer } from '../authorizer.js';
import type { RouterContext } from '../context.js';
import { disclosure } from '../routing/disclosure.js';
import type { MembershipObserver } from '../routing/membership.js';
import { isPassthru } from '../routing/passthru.js';
import type { SessionDetails } from '../session/session-details.js';
import type { Session } from '../session/session.js';
import { violation } from '../session/violation.js';
import type { Counters } from '../statistics.js';
import { EventFrames } from './event-frames.js';
import {
  eventDetails,
  eventOf,
  mayReceive,
  publicationBy,
  publicationByRouter,
  type Attribution,
  type Publication,
  type PublishRequest,
} from './publication.js';
import { RetainedEvents } from './retained-events.js';
import type { Subscription } from './subscription.js';
import type { LeftSubscription, Subscriptions } from './subscriptions.js';

/** How many node keys share the events of one topic or pattern, at most: each is looked at for every event with a resource key. */
const MAX_SHARDS = 1_024;

/** What a broker works with. */
export interface BrokerParts {
  readonly authorizer: Authorizer;
  readonly subscriptions: Subscriptions;
  readonly counters: Counters;
  readonly observer: MembershipObserver<Subscription>;
  /** Whether publishers may ask to be disclosed. */
  readonly disclose: boolean;
}

/** The broker of a realm: SUBSCRIBE, UNSUBSCRIBE and PUBLISH. */
export class Broker {
  readonly #context: RouterContext;
  readonly #parts: BrokerParts;
  readonly #retained: RetainedEvents;

  constructor(context: RouterContext, parts: BrokerParts) {
    this.#context = context;
    this.#parts = parts;
    this.#retained = new RetainedEvents(context.limits);
  }

  subscribe(session: Session, message: Subscribe): void {
    const [, request, options, topic] = message;
    const { limits, uriRule } = this.#context;
    const { authorizer, subscriptions, observer } = this.#parts;
    const refuse = (error: Uri, text?: string): void => session.refuse(Code.SUBSCRIBE, request, error, text);
    const match = matchPolicy(options['match']);
    if (match === undefined) throw violation(message, 'match must be exact, prefix or wildcard');
    if (!isUri(topic, match, uriRule)) {
      refuse(ErrorUri.INVALID_URI);
      return;
    }
    const fault = shardKeyFault(options, 'nkey');
    if (fault !== undefined) {
      refuse(ErrorUri.INVALID_ARGUMENT, fault);
      return;
    }
    const nkey = shardKey(options, 'nkey');
    authorizer.check(session, 'subscribe', topic, options, (verdict) => {
      if (!verdict.allowed) {
        refuse(verdict.error);
        return;
      }
      const existing = subscriptions.byPattern(match, topic, nkey);
      const isIn = existing?.subscribers.has(session) === true;
      if (!isIn && subscriptions.count(session) >= limits.maxSubscriptionsPerSession) {
        refuse(ErrorUri.NOT_AUTHORIZED, `more than ${limits.maxSubscriptionsPerSession} subscriptions in one session`);
        return;
      }
      if (nkey !== undefined && existing === undefined && subscriptions.shardsOf(match, topic) >= MAX_SHARDS) {
        refuse(ErrorUri.NOT_AUTHORIZED, `more than ${MAX_SHARDS} node keys on one topic`);
        return;
      }
      const subscription = existing ?? subscriptions.create({ match, uri: topic, nkey });
      subscriptions.join(session, subscription);
      session.send([Code.SUBSCRIBED, request, subscription.id]);
      if (options['get_retained'] === true) this.#sendRetained(session, subscription);
      if (existing === undefined) observer.created(session.id, subscription);
      if (!isIn) observer.joined(session.id, subscription);
    });
  }

  unsubscribe(session: Session, [, request, id]: Unsubscribe): void {
    const left = this.#parts.subscriptions.leave(session, id);
    if (left === undefined) {
      session.refuse(Code.UNSUBSCRIBE, request, ErrorUri.NO_SUCH_SUBSCRIPTION);
      return;
    }
    session.send([Code.UNSUBSCRIBED, request]);
    this.#left(session, left);
  }

  /**
   * Takes a subscription back from a session, and tells it if it announced to understand that.
   *
   * @see WAMP spec, Subscription Revocation
   */
  revoke(session: Session, id: Id, reason: string | undefined): void {
    const left = this.#parts.subscriptions.leave(session, id);
    if (left === undefined) return;
    if (session.features.subscriber.revocation) {
      session.send([Code.UNSUBSCRIBED, 0, { subscription: id, ...(reason !== undefined && { reason }) }]);
    }
    this.#left(session, left);
  }

  publish(session: Session, message: Publish): void {
    const [, request, options, topic, args, kwargs] = message;
    const refuse = (error: Uri, text?: string): void => {
      if (options['acknowledge'] === true) session.refuse(Code.PUBLISH, request, error, text);
    };
    if (isPassthru(options) && !session.features.publisher.passthru) {
      throw violation(message, 'ppt_scheme without having announced payload_passthru_mode');
    }
    if (!isUri(topic, 'exact', this.#context.uriRule)) {
      refuse(ErrorUri.INVALID_URI);
      return;
    }
    if (isReserved(topic)) {
      refuse(ErrorUri.INVALID_URI, 'only the router publishes to wamp.*');
      return;
    }
    const fault = shardKeyFault(options, 'rkey');
    if (fault !== undefined) {
      refuse(ErrorUri.INVALID_ARGUMENT, fault);
      return;
    }
    this.#parts.authorizer.check(session, 'publish', topic, options, (verdict) => {
      if (!verdict.allowed) {
        refuse(verdict.error);
        return;
      }
      const disclosed = disclosure(options['disclose_me'] === true, verdict.disclose, this.#parts.disclose);
      if (disclosed === 'refused') {
        refuse(ErrorUri.DISCLOSE_ME_DISALLOWED);
        return;
      }
      const id = this.#context.ids.next();
      if (options['acknowledge'] === true) session.send([Code.PUBLISHED, request, id]);
      this.#dispatch(
        publicationBy(
          session.details,
          id,
          { topic, options, args, kwargs },
          { disclosed, trustlevel: verdict.trustlevel },
        ),
      );
    });
  }

  /** Publishes what a client left behind to be published in its name; it was allowed to when it did. */
  publishFor(publisher: SessionDetails, request: PublishRequest, attribution: Attribution): void {
    this.#dispatch(publicationBy(publisher, this.#context.ids.next(), request, attribution));
  }

  /** Publishes what the router itself has to say. */
  announce(topic: Uri, args: List): void {
    this.#dispatch(publicationByRouter(this.#context.ids.next(), topic, args));
  }

  /** A session ended: it is in no subscription any more. */
  leave(session: Session): void {
    for (const left of this.#parts.subscriptions.leaveAll(session)) this.#left(session, left);
  }

  #left(session: Session, { subscription, deleted }: LeftSubscription): void {
    const { observer } = this.#parts;
    observer.left(session.id, subscription);
    if (deleted) observer.deleted(session.id, subscription);
  }

  #dispatch(publication: Publication): void {
    if (publication.retain) this.#retained.retain(publication);
    const { topic, key } = publication;
    for (const { whole, shards } of this.#parts.subscriptions.topics(topic)) {
      const owner = key === undefined ? undefined : shards?.ownerOf(key);
      if (whole !== undefined) this.#hand(publication, whole, owner?.nkey);
      if (owner !== undefined) this.#hand(publication, owner);
      else if (shards !== undefined) for (const shard of shards.all()) this.#hand(publication, shard);
    }
  }

  /** Hands an event to one subscription. @param shard the node key of the one beside it that it goes to, if to one only. */
  #hand(publication: Publication, { id, match, subscribers, store }: Subscription, shard?: string): void {
    store?.add(publication, shard);
    const frames = new EventFrames(eventOf(id, publication, eventDetails(publication, match)));
    for (const session of subscribers) this.#deliver(publication, frames, session);
  }

  #sendRetained(session: Session, subscription: Subscription): void {
    const { id, match, uri } = subscription;
    const reaches = (publication: Publication): boolean =>
      mayReceive(publication, session.details) && this.#parts.subscriptions.isFor(subscription, publication.key);
    for (const publication of this.#retained.latest(match, uri, reaches)) {
      const details = { ...eventDetails(publication, match), retained: true };
      this.#deliver(publication, new EventFrames(eventOf(id, publication, details)), session);
    }
  }

  #deliver(publication: Publication, frames: EventFrames, session: Session): void {
    if (!mayReceive(publication, session.details)) return;
    if (publication.passthru && !session.features.subscriber.passthru) return;
    const fate = frames.sendTo(session);
    if (fate === 'skipped') this.#parts.counters.eventsSkipped++;
    else if (fate === 'dropped') this.#parts.counters.eventsDropped++;
  }
}
