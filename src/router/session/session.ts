import type { Observable } from 'rxjs';
import { isOverflowError } from '../../protocol/errors.js';
import { nextId } from '../../protocol/id.js';
import type { Id, RequestCode, Uri, WampMessage } from '../../protocol/message.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import { refusal } from '../../protocol/refusal.js';
import type { Frame } from '../../serializers/serializer.js';
import type { Link } from '../../transports/link.js';
import type { Counters } from '../statistics.js';
import type { Backlog } from './backlog.js';
import type { PeerFeatures } from './peer-features.js';
import { RequestSequence } from './request-sequence.js';
import type { SessionDetails } from './session-details.js';

/** What a session asks of the connection it runs over. */
export interface SessionPort {
  /** Delivers nothing more of this client until the answer is there and dealt with. */
  hold<T>(answer: Observable<T>, then: (value: T) => void): void;
  /** Says GOODBYE and ends the session; quietly: without testaments and a report of its leaving. */
  dismiss(reason: Uri, message: string | undefined, quietly: boolean): void;
  /** Ends the session and its connection: the client does not read fast enough. */
  drop(): void;
}

/** What a session works with. */
export interface SessionParts {
  readonly port: SessionPort;
  /** Those of its realm. */
  readonly counters: Counters;
  readonly backlog: Backlog;
}

/** What a session sends by. */
export type SessionLink = Pick<Link, 'next' | 'sendFrame' | 'serializer'>;

/** One client joined to a realm, as its broker and dealer see it. */
export class Session {
  readonly requests = new RequestSequence();
  readonly #link: SessionLink;
  readonly #port: SessionPort;
  readonly #counters: Counters;
  readonly #backlog: Backlog;
  #lastInvocation = 0;
  #ended = false;

  constructor(
    readonly details: SessionDetails,
    readonly features: PeerFeatures,
    link: SessionLink,
    { port, counters, backlog }: SessionParts,
  ) {
    this.#link = link;
    this.#port = port;
    this.#counters = counters;
    this.#backlog = backlog;
  }

  get id(): Id {
    return this.details.session;
  }

  /** The serializer of its link: sessions whose serializers have the same name take the same frames. */
  get serializer(): Link['serializer'] {
    return this.#link.serializer;
  }

  /**
   * Sends a message; ignored once the session has ended.
   *
   * @returns the error URI when it cannot be carried to this client. Nothing was sent then.
   */
  send(message: WampMessage): Uri | undefined {
    if (!this.#canSend()) return undefined;
    try {
      this.#link.next(message);
      this.#sent();
      return undefined;
    } catch (error) {
      return isOverflowError(error) ? ErrorUri.PAYLOAD_SIZE_EXCEEDED : ErrorUri.INVALID_PAYLOAD;
    }
  }

  /** Whether an event may be sent: not to a session that has ended, or that reads too slowly. */
  takesEvents(): boolean {
    return this.#canSend() && this.#backlog.keepsUp;
  }

  /** Sends an event that was encoded for all, right after {@link takesEvents}. False when it is too large for this client. */
  sendEvent(frame: Frame): boolean {
    try {
      this.#link.sendFrame(frame);
      this.#sent();
      return true;
    } catch {
      return false;
    }
  }

  /** Answers a request with ERROR. */
  refuse(requestType: RequestCode, request: Id, error: Uri, text?: string): void {
    this.send(refusal(requestType, request, error, text));
  }

  /**
   * Sends an INVOCATION under the next id in sequence. An id is used up only when the message was sent.
   *
   * @returns that id, or the error URI when the message cannot be carried to this client.
   */
  invoke(message: (invocation: Id) => WampMessage): Id | Uri {
    const invocation = nextId(this.#lastInvocation);
    const error = this.send(message(invocation));
    if (error !== undefined) return error;
    this.#lastInvocation = invocation;
    return invocation;
  }

  /** Whether this id was ever used in an INVOCATION to this client. */
  wasInvoked(invocation: Id): boolean {
    return invocation <= this.#lastInvocation;
  }

  /** Delivers nothing more of this client until the answer is there and dealt with. */
  hold<T>(answer: Observable<T>, then: (value: T) => void): void {
    this.#port.hold(answer, then);
  }

  /** Says GOODBYE to the client and ends the session; quietly: without testaments and a report of its leaving. */
  dismiss(reason: Uri, message: string | undefined, quietly: boolean): void {
    this.#port.dismiss(reason, message, quietly);
  }

  /** From now on nothing is sent. */
  end(): void {
    this.#ended = true;
    this.#backlog.close();
  }

  #sent(): void {
    this.#counters.messagesOut++;
    this.#backlog.sent();
  }

  #canSend(): boolean {
    if (this.#ended) return false;
    if (this.#backlog.hasRoom) return true;
    this.#ended = true;
    this.#port.drop();
    return false;
  }
}
