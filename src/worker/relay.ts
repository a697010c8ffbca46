/*
 * Why a relay, and neither the embedded router nor a client. A realm of the embedded router would answer the tabs by
 * itself: its own authorization, its own meta API, its own session and subscription ids, with a bridge that has to undo
 * each of them. A WampClient in the worker would keep topics and registrations alive on its own, and so hide from the tabs
 * what their own clients promise to tell: the gap in a topic, the call that was lost; and its public API does not say when
 * a SUBSCRIBE was granted. So this relay works on messages: each request of a tab becomes one of the session's, under an id
 * of the session's, and the answer goes back as the router gave it. Payloads, options, details, errors, subscription and
 * registration ids are the router's own. When the session is lost, each tab is told, and its own client does what it does
 * on any lost connection. Only three things are decided here, because to the router all tabs are one: who shares a
 * subscription, whose turn it is of several tabs that offer the same, and that a tab does not hear itself.
 */
import { timer, type Subscription } from 'rxjs';
import * as Code from '../protocol/codes.js';
import type { Dict, Id, WampMessage } from '../protocol/message.js';
import type { ShareLimits } from './limits.js';
import { Member, violation, type MemberLink } from './member.js';
import { RelayedCalls } from './relayed-calls.js';
import { RelayedInvocations } from './relayed-invocations.js';
import { RelayedProcedures } from './relayed-procedures.js';
import { RelayedPublications } from './relayed-publications.js';
import { RelayedTopics } from './relayed-topics.js';
import type { Upstream } from './upstream.js';

/** How often it is looked whether the router has caught up. */
const CATCH_UP_MS = 20;

/** One session that many share. */
export class Relay {
  readonly #upstream: Upstream;
  readonly #limits: ShareLimits;
  readonly #members = new Set<Member>();
  readonly #topics: RelayedTopics;
  readonly #publications: RelayedPublications;
  readonly #calls: RelayedCalls;
  readonly #procedures: RelayedProcedures;
  readonly #invocations: RelayedInvocations;
  #catchingUp: Subscription | undefined;
  #over = false;

  constructor(upstream: Upstream, limits: ShareLimits, fault: (error: unknown) => void) {
    this.#upstream = upstream;
    this.#limits = limits;
    this.#publications = new RelayedPublications(upstream, limits, () => this.#topics);
    this.#topics = new RelayedTopics(upstream, limits, this.#publications, fault);
    this.#calls = new RelayedCalls(upstream, limits);
    this.#procedures = new RelayedProcedures(upstream, limits);
    this.#invocations = new RelayedInvocations(upstream, (id) => this.#procedures.callee(id));
  }

  /** The session's id and details, for WELCOME. */
  get session(): { readonly id: Id; readonly details: Dict } {
    return this.#upstream.info;
  }

  /** @param hello HELLO.Details of the one who joins. */
  join(link: MemberLink, hello: Dict): Member {
    const member = new Member(link, hello, this.#limits.maxBufferedBytesPerTab);
    this.#members.add(member);
    if (this.#catchingUp !== undefined) member.throttle(true);
    return member;
  }

  /** A member is gone, with all it had: nothing more goes to it. */
  leave(member: Member): void {
    if (!this.#members.delete(member)) return;
    member.left();
    if (this.#over) return;
    this.#topics.leave(member);
    this.#publications.leave(member);
    this.#procedures.leave(member);
    this.#calls.leave(member);
    this.#invocations.leave(member);
  }

  /**
   * Carries out what a member sent.
   *
   * @throws {ProtocolViolationError} when it must not have sent that.
   */
  route(member: Member, message: WampMessage): void {
    if (this.#over) return;
    switch (message[0]) {
      case Code.PUBLISH:
        inSequence(member, message);
        this.#publications.publish(member, message);
        break;
      case Code.SUBSCRIBE:
        inSequence(member, message);
        this.#topics.subscribe(member, message);
        break;
      case Code.UNSUBSCRIBE:
        inSequence(member, message);
        this.#topics.unsubscribe(member, message);
        break;
      case Code.REGISTER:
        inSequence(member, message);
        this.#procedures.register(member, message);
        break;
      case Code.UNREGISTER:
        inSequence(member, message);
        this.#procedures.unregister(member, message);
        break;
      case Code.CALL:
        if (member.advance(message[1])) this.#calls.call(member, message);
        else this.#calls.chunk(member, message);
        break;
      case Code.CANCEL:
        this.#calls.cancel(member, message);
        break;
      case Code.YIELD:
        this.#invocations.yield(member, message);
        break;
      case Code.ERROR:
        this.#invocations.error(member, message);
        break;
      default:
        throw violation(message, 'not a request of a client');
    }
    if (this.#upstream.bufferedBytes > this.#limits.maxBufferedBytes) this.#throttle();
  }

  /** Hands what the router sent to whom it is for. False when it has no place in a session. */
  receive(message: WampMessage): boolean {
    if (this.#over) return true;
    switch (message[0]) {
      case Code.EVENT:
        this.#topics.event(message);
        return true;
      case Code.RESULT:
        this.#upstream.answered(message[1], Code.CALL, message);
        return true;
      case Code.INVOCATION:
        this.#invocations.invocation(message);
        return true;
      case Code.INTERRUPT:
        this.#invocations.interrupt(message);
        return true;
      case Code.PUBLISHED:
        this.#upstream.answered(message[1], Code.PUBLISH, message);
        return true;
      case Code.SUBSCRIBED:
        this.#upstream.answered(message[1], Code.SUBSCRIBE, message);
        return true;
      case Code.REGISTERED:
        this.#upstream.answered(message[1], Code.REGISTER, message);
        return true;
      case Code.UNSUBSCRIBED:
        if (message[1] !== 0) this.#upstream.answered(message[1], Code.UNSUBSCRIBE, message);
        else this.#topics.revoked(idIn(message[2], 'subscription'), message[2] ?? {});
        return true;
      case Code.UNREGISTERED:
        if (message[1] !== 0) this.#upstream.answered(message[1], Code.UNREGISTER, message);
        else this.#procedures.revoked(idIn(message[2], 'registration'), message[2] ?? {});
        return true;
      case Code.ERROR:
        if (message[1] === Code.INVOCATION) return false;
        this.#upstream.failed(message);
        return true;
      default:
        return false;
    }
  }

  /** The session is over: nothing is sent in it any more. */
  end(): void {
    this.#over = true;
    this.#catchingUp?.unsubscribe();
    this.#catchingUp = undefined;
  }

  /** The router does not keep up: nothing more is read until it has. */
  #throttle(): void {
    if (this.#catchingUp !== undefined) return;
    for (const member of this.#members) member.throttle(true);
    this.#catchingUp = timer(CATCH_UP_MS, CATCH_UP_MS).subscribe(() => {
      if (this.#upstream.bufferedBytes > this.#limits.maxBufferedBytes / 2) return;
      this.#catchingUp?.unsubscribe();
      this.#catchingUp = undefined;
      // Each may send so much on being read that reading has to stop again.
      for (const member of this.#members) if (!this.#isThrottled()) member.throttle(false);
    });
  }

  #isThrottled(): boolean {
    return this.#catchingUp !== undefined;
  }
}

const idIn = (details: Dict | undefined, key: string): Id => {
  const id = details?.[key];
  return typeof id === 'number' ? id : 0;
};

function inSequence(member: Member, message: WampMessage & readonly [WampMessage[0], Id, ...unknown[]]): void {
  if (!member.advance(message[1])) throw violation(message, `request id ${String(message[1])} is out of sequence`);
}
