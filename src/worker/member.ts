import { isOverflowError, ProtocolViolationError } from '../protocol/errors.js';
import { codeName } from '../protocol/code.js';
import { announces, type ClientRole } from '../protocol/features.js';
import { nextId } from '../protocol/id.js';
import type { Dict, Id, RequestCode, Uri, WampMessage } from '../protocol/message.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { remember } from '../protocol/remember.js';
import { refusal } from '../protocol/refusal.js';
import type { Frame, Serializer } from '../serializers/serializer.js';
import type { Link } from '../transports/link.js';

/** How many publications of its own a member remembers, to know their events when they come back. */
const MAX_OWN_PUBLICATIONS = 1_000;

/** What a member is reached by. */
export type MemberLink = Pick<
  Link,
  'next' | 'sendFrame' | 'bufferedBytes' | 'serializer' | 'pause' | 'resume' | 'terminate'
>;

/** A call of a member's, as the session knows it. */
export interface MemberCall {
  readonly id: Id;
  readonly procedure: Uri;
  /** Whether more may be streamed in. */
  inputOpen: boolean;
}

/** One who shares the session: a tab, or the client that holds the connection. */
export class Member {
  /** Its calls without a final answer, by its own request id. */
  readonly calls = new Map<Id, MemberCall>();
  /** Its running invocations: the id it knows → the session's. */
  readonly invocations = new Map<Id, Id>();
  readonly subscriptions = new Set<Id>();
  readonly registrations = new Set<Id>();
  /** How many of its SUBSCRIBEs are on their way. */
  subscribing = 0;
  /** How many of its REGISTERs are on their way. */
  registering = 0;
  /** How many answers it waits for, calls and acknowledged publications. */
  pending = 0;
  readonly #own = new Set<Id>();
  readonly #link: MemberLink;
  readonly #hello: Dict;
  readonly #maxBufferedBytes: number;
  #lastRequest = 0;
  #lastInvocation = 0;
  #left = false;

  /** @param hello HELLO.Details. */
  constructor(link: MemberLink, hello: Dict, maxBufferedBytes: number) {
    this.#link = link;
    this.#hello = hello;
    this.#maxBufferedBytes = maxBufferedBytes;
  }

  /** Whether it is a member no more. */
  get isGone(): boolean {
    return this.#left;
  }

  get serializer(): Serializer {
    return this.#link.serializer;
  }

  /** Whether it announced a feature in HELLO. */
  understands(role: ClientRole, feature: string): boolean {
    return announces(this.#hello, role, feature);
  }

  /** Stops or resumes reading what it sends. */
  throttle(on: boolean): void {
    if (on) this.#link.pause();
    else this.#link.resume();
  }

  /** Takes the next request id in sequence. False, and nothing is changed, when it is another. */
  advance(request: Id): boolean {
    if (request !== nextId(this.#lastRequest)) return false;
    this.#lastRequest = request;
    return true;
  }

  /** Whether a request id has been used. */
  hasUsed(request: Id): boolean {
    return request <= this.#lastRequest;
  }

  /** Whether it was ever given an invocation of this id. */
  wasInvoked(invocation: Id): boolean {
    return invocation <= this.#lastInvocation;
  }

  /**
   * Sends a message; ignored once it has left.
   *
   * @returns the error URI when it cannot be carried. Nothing was sent then.
   */
  send(message: WampMessage): Uri | undefined {
    if (!this.#keepsUp()) return undefined;
    try {
      this.#link.next(message);
      return undefined;
    } catch (error) {
      return isOverflowError(error) ? ErrorUri.PAYLOAD_SIZE_EXCEEDED : ErrorUri.INVALID_PAYLOAD;
    }
  }

  /** Sends what was encoded once for all who have the same serializer. */
  sendFrame(frame: Frame): void {
    if (this.#keepsUp()) this.#link.sendFrame(frame);
  }

  /** Answers a request with ERROR. */
  refuse(requestType: RequestCode, request: Id, error: Uri, text?: string): void {
    this.send(refusal(requestType, request, error, text));
  }

  /** Sends an INVOCATION under the next id in sequence. Returns that id, or the error URI when it cannot be carried. */
  invoke(message: (invocation: Id) => WampMessage): Id | Uri {
    const invocation = nextId(this.#lastInvocation);
    const error = this.send(message(invocation));
    if (error !== undefined) return error;
    this.#lastInvocation = invocation;
    return invocation;
  }

  /** Notes a publication of its own that it does not want to hear. */
  published(publication: Id): void {
    remember(this.#own, publication, MAX_OWN_PUBLICATIONS);
  }

  /** Whether it published this, and does not want to hear it. */
  isOwn(publication: Id): boolean {
    return this.#own.has(publication);
  }

  /** It does not keep up, or has to go for another reason: cut off. Whoever reads the link hears of it. */
  drop(): void {
    this.#link.terminate();
  }

  /** From now on nothing is sent. */
  left(): void {
    this.#left = true;
  }

  #keepsUp(): boolean {
    if (this.#left) return false;
    if (this.#link.bufferedBytes <= this.#maxBufferedBytes) return true;
    this.#left = true;
    this.drop();
    return false;
  }
}

/** The error for what a member must not have sent. */
export const violation = ([code]: WampMessage, what: string): ProtocolViolationError =>
  new ProtocolViolationError(`${codeName(code)}: ${what}`, { attempted: 'receive' });
