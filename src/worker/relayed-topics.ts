import * as Code from '../protocol/codes.js';
import type { Dict, EventMessage, Id, Subscribe, Unsubscribe, Uri } from '../protocol/message.js';
import { matchesUri, matchPolicy, type MatchPolicy } from '../protocol/uri.js';
import * as ErrorUri from '../protocol/error-uris.js';
import type { Frame, Serializer } from '../serializers/serializer.js';
import { matchKey } from '../session/match-key.js';
import { askFor } from './ask-for.js';
import { isPassthru, refusal } from './check.js';
import type { ShareLimits } from './limits.js';
import type { Member } from './member.js';
import { PASSTHRU } from './relayed-features.js';
import { unheeded, type Upstream } from './upstream.js';

/** A subscription of the session, with the members who share it. */
interface Subscription {
  readonly id: Id;
  readonly key: string;
  readonly members: Set<Member>;
  /** Whether it came of a SUBSCRIBE without custom options, which may mean something else to the router. */
  isOrdinary: boolean;
  /** Whose SUBSCRIBE the retained events answer that come now. */
  retainedFor: Member | undefined;
}

/** A topic or pattern that somebody is subscribed to, or about to be. */
interface Topic {
  readonly uri: Uri;
  readonly match: MatchPolicy;
  /** SUBSCRIBEs on their way, by member. */
  readonly joining: Map<Member, number>;
  readonly subscriptions: Set<Subscription>;
}

/** What stands between a topic's event and a member that may have published it. */
export interface EventFilter {
  /** Whether a member gets this event now; if not, it is its own, or the filter keeps it. */
  passes(member: Member, event: EventMessage, topic: Uri): boolean;
}

/**
 * Who is subscribed to what. The router has one subscription per topic for the session, however often it is asked for,
 * and one UNSUBSCRIBE ends it for all: so members are counted, and an UNSUBSCRIBE waits for every SUBSCRIBE to the same
 * topic that is still on its way.
 */
export class RelayedTopics {
  readonly #upstream: Upstream;
  readonly #limits: ShareLimits;
  readonly #filter: EventFilter;
  readonly #fault: (error: unknown) => void;
  readonly #byId = new Map<Id, Subscription>();
  readonly #byKey = new Map<string, Topic>();
  /** Those of `#byKey` that are patterns: all that has to be looked through for a publication. */
  readonly #patterns = new Set<Topic>();

  constructor(upstream: Upstream, limits: ShareLimits, filter: EventFilter, fault: (error: unknown) => void) {
    this.#upstream = upstream;
    this.#limits = limits;
    this.#filter = filter;
    this.#fault = fault;
  }

  subscribe(member: Member, [, request, options, uri]: Subscribe): void {
    const refused = refusal(this.#upstream, 'SUBSCRIBE', uri, options);
    if (refused !== undefined) {
      member.refuse(Code.SUBSCRIBE, request, refused.uri, refused.message);
      return;
    }
    const { maxSubscriptionsPerTab } = this.#limits;
    if (member.subscriptions.size + member.subscribing >= maxSubscriptionsPerTab) {
      const text = `more than ${String(maxSubscriptionsPerTab)} subscriptions in one tab`;
      member.refuse(Code.SUBSCRIBE, request, ErrorUri.NOT_AUTHORIZED, text);
      return;
    }
    const topic = this.#topic(uri, options);
    const present = isPlain(options) ? [...topic.subscriptions].find(({ isOrdinary }) => isOrdinary) : undefined;
    if (present !== undefined) {
      this.#join(member, present);
      member.send([Code.SUBSCRIBED, request, present.id]);
      return;
    }
    this.#ask(member, request, options, topic, uri);
  }

  unsubscribe(member: Member, [, request, id]: Unsubscribe): void {
    const subscription = this.#byId.get(id);
    if (subscription === undefined || !member.subscriptions.delete(id)) {
      member.refuse(Code.UNSUBSCRIBE, request, ErrorUri.NO_SUCH_SUBSCRIPTION);
      return;
    }
    member.send([Code.UNSUBSCRIBED, request]);
    this.#part(member, subscription);
  }

  /** EVENT: one look-up, one encoding for all members of the same format. */
  event(message: EventMessage): void {
    const subscription = this.#byId.get(message[1]);
    if (subscription === undefined) return;
    const { members, key } = subscription;
    const named = message[3]['topic'];
    const topic = typeof named === 'string' ? named : (this.#byKey.get(key)?.uri ?? '');
    const only = message[3]['retained'] === true ? subscription.retainedFor : undefined;
    const packed = isPassthru(message[3]);
    const frames = new Map<Serializer, Frame | undefined>();
    for (const member of [...members]) {
      if (only !== undefined && only !== member) continue;
      // Who did not announce to know packed payloads gets none, as from any router.
      if (packed && !member.understands('subscriber', PASSTHRU)) continue;
      if (this.#filter.passes(member, message, topic)) this.#deliver(member, message, frames);
    }
  }

  /** Delivers an event to one who is, or is no more, subscribed. */
  deliver(member: Member, message: EventMessage): void {
    if (member.subscriptions.has(message[1])) this.#deliver(member, message, new Map());
  }

  /** The broker took a subscription back. */
  revoked(id: Id, details: Dict): void {
    const subscription = this.#byId.get(id);
    if (subscription === undefined) return;
    this.#forget(subscription);
    for (const member of subscription.members) {
      member.subscriptions.delete(id);
      if (member.understands('subscriber', 'subscription_revocation')) member.send([Code.UNSUBSCRIBED, 0, details]);
    }
  }

  /** Whether events of a topic come here for this member. */
  reaches(member: Member, topic: Uri): boolean {
    return this.#some(topic, (one) => one === member);
  }

  /** Whether events of a topic come here for others than this member. */
  reachesOthers(member: Member, topic: Uri): boolean {
    return this.#some(topic, (one) => one !== member);
  }

  leave(member: Member): void {
    for (const id of member.subscriptions) {
      const subscription = this.#byId.get(id);
      if (subscription !== undefined) this.#part(member, subscription);
    }
    member.subscriptions.clear();
  }

  #ask(member: Member, request: Id, options: Dict, topic: Topic, uri: Uri): void {
    const { joining } = topic;
    const key = matchKey(uri, options);
    member.subscribing++;
    joining.set(member, (joining.get(member) ?? 0) + 1);
    const answered = (): void => {
      member.subscribing--;
      const left = (joining.get(member) ?? 1) - 1;
      if (left > 0) joining.set(member, left);
      else joining.delete(member);
      for (const subscription of [...topic.subscriptions]) this.#release(subscription, topic);
      this.#tidy(key, topic);
    };
    askFor(member, this.#upstream, {
      code: Code.SUBSCRIBE,
      request,
      message: (id) => [Code.SUBSCRIBE, id, options, uri],
      granted: (id) => {
        const subscription = this.#subscription(id, key, topic);
        subscription.isOrdinary ||= isOrdinary(options);
        if (member.isGone) return;
        this.#join(member, subscription);
        member.send([Code.SUBSCRIBED, request, id]);
        if (options['get_retained'] === true) subscription.retainedFor = member;
      },
      answered,
    });
  }

  #topic(uri: Uri, options: Dict): Topic {
    const key = matchKey(uri, options);
    const present = this.#byKey.get(key);
    if (present !== undefined) return present;
    const match = matchPolicy(options['match']) ?? 'exact';
    const topic: Topic = { uri, match, joining: new Map(), subscriptions: new Set() };
    this.#byKey.set(key, topic);
    if (match !== 'exact') this.#patterns.add(topic);
    return topic;
  }

  #subscription(id: Id, key: string, topic: Topic): Subscription {
    const present = this.#byId.get(id);
    if (present !== undefined) return present;
    const subscription: Subscription = { id, key, members: new Set(), isOrdinary: false, retainedFor: undefined };
    this.#byId.set(id, subscription);
    topic.subscriptions.add(subscription);
    return subscription;
  }

  #join(member: Member, { id, members }: Subscription): void {
    members.add(member);
    member.subscriptions.add(id);
  }

  #part(member: Member, subscription: Subscription): void {
    const { key, members } = subscription;
    members.delete(member);
    if (subscription.retainedFor === member) subscription.retainedFor = undefined;
    const topic = this.#byKey.get(key);
    if (topic !== undefined) this.#release(subscription, topic);
  }

  /** Gives a subscription back that nobody wants and nobody is about to want. */
  #release(subscription: Subscription, { joining }: Topic): void {
    if (subscription.members.size > 0 || joining.size > 0) return;
    this.#forget(subscription);
    // An ERROR means that the router had forgotten it already: either way it is gone.
    this.#upstream.request((id) => [Code.UNSUBSCRIBE, id, subscription.id], unheeded(Code.UNSUBSCRIBE));
  }

  #forget(subscription: Subscription): void {
    const { id, key } = subscription;
    this.#byId.delete(id);
    const topic = this.#byKey.get(key);
    if (topic === undefined) return;
    topic.subscriptions.delete(subscription);
    this.#tidy(key, topic);
  }

  #tidy(key: string, topic: Topic): void {
    if (topic.subscriptions.size > 0 || topic.joining.size > 0) return;
    this.#byKey.delete(key);
    this.#patterns.delete(topic);
  }

  #deliver(member: Member, message: EventMessage, frames: Map<Serializer, Frame | undefined>): void {
    const { serializer } = member;
    let frame = frames.get(serializer);
    if (!frames.has(serializer)) {
      try {
        frame = serializer.encode(message);
      } catch (error) {
        this.#fault(error);
      }
      frames.set(serializer, frame);
    }
    if (frame !== undefined) member.sendFrame(frame);
  }

  #some(uri: Uri, wanted: (member: Member) => boolean): boolean {
    const has = ({ joining, subscriptions }: Topic): boolean =>
      [...joining.keys()].some(wanted) || [...subscriptions].some(({ members }) => [...members].some(wanted));
    const exact = this.#byKey.get(matchKey(uri, {}));
    if (exact !== undefined && has(exact)) return true;
    for (const topic of this.#patterns) if (matchesUri(topic.uri, topic.match, uri) && has(topic)) return true;
    return false;
  }
}

/** Whether a SUBSCRIBE asks for nothing but the topic, so that one that has been granted answers it as well. */
const isPlain = (options: Dict): boolean => Object.keys(options).every((key) => key === 'match');
const isOrdinary = (options: Dict): boolean =>
  Object.keys(options).every((key) => key === 'match' || key === 'get_retained');
