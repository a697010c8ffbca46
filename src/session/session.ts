import type { Subscription } from 'rxjs';
import { Code, codeName } from '../protocol/code.js';
import { ConnectionLostError, ProtocolViolationError, type RxWampError } from '../protocol/errors.js';
import type { Uri, WampMessage } from '../protocol/message.js';
import { CloseUri, ErrorUri } from '../protocol/uris.js';
import type { Link } from '../transports/link.js';
import { after } from './after.js';
import { Callee } from './callee.js';
import { Caller } from './caller.js';
import { Publisher } from './publisher.js';
import { Requests, unheeded } from './requests.js';
import type { CalleeSettings } from './running-invocation.js';
import type { SessionInfo } from './session-info.js';
import { Subscriber } from './subscriber.js';

/** How a session ended: `left` when we said GOODBYE, else the error it ended with. */
export type SessionEnd = { readonly how: 'left' } | { readonly how: 'lost'; readonly error: RxWampError };

/**
 * One joined session over one link: hands every message to the role it is for. It knows nothing of what came before it
 * or comes after.
 *
 * @see WAMP spec, Sessions
 */
export class Session {
  readonly publisher: Publisher;
  readonly subscriber: Subscriber;
  readonly caller: Caller;
  readonly callee: Callee;
  readonly #requests: Requests;
  #state: 'open' | 'leaving' | 'ended' = 'open';
  #leaving: Subscription | undefined;

  constructor(
    /** What the router said in WELCOME. */
    readonly info: SessionInfo,
    private readonly link: Link,
    settings: CalleeSettings,
    /** Called once, when the session is over and every role has been told. */
    private readonly over: (end: SessionEnd) => void,
  ) {
    const send = (message: WampMessage): void => {
      if (this.#state === 'open') link.next(message);
    };
    this.#requests = new Requests(send);
    this.publisher = new Publisher(this.#requests);
    this.subscriber = new Subscriber(this.#requests);
    this.caller = new Caller(this.#requests, send);
    this.callee = new Callee(this.#requests, send, {
      ...settings,
      // Crossbar.io, which does not announce it, forwards seconds.
      keepsTime: info.supports('dealer', 'call_timeout'),
    });
  }

  /** Whether it can be used: established, and neither left nor lost. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Hands one message from the router to the role it is for. */
  receive(message: WampMessage): void {
    if (this.#state !== 'open') {
      if (message[0] === Code.GOODBYE || message[0] === Code.ABORT) this.#over({ how: 'left' });
      return;
    }
    switch (message[0]) {
      case Code.EVENT:
        this.subscriber.event(message);
        return;
      case Code.RESULT:
        this.#requests.settle(message[1], Code.CALL, message);
        return;
      case Code.INVOCATION:
        this.callee.invocation(message);
        return;
      case Code.INTERRUPT:
        this.callee.interrupt(message);
        return;
      case Code.PUBLISHED:
        this.#requests.settle(message[1], Code.PUBLISH, message);
        return;
      case Code.SUBSCRIBED:
        this.#requests.settle(message[1], Code.SUBSCRIBE, message);
        return;
      case Code.REGISTERED:
        this.#requests.settle(message[1], Code.REGISTER, message);
        return;
      case Code.UNSUBSCRIBED:
        if (message[1] === 0) this.subscriber.unsubscribed(message);
        else this.#requests.settle(message[1], Code.UNSUBSCRIBE, message);
        return;
      case Code.UNREGISTERED:
        if (message[1] === 0) this.callee.unregistered(message);
        else this.#requests.settle(message[1], Code.UNREGISTER, message);
        return;
      case Code.ERROR:
        if (message[1] === Code.INVOCATION)
          this.#violated('an ERROR for an INVOCATION goes to the router, not from it');
        else this.#requests.fail(message);
        return;
      case Code.GOODBYE:
        this.link.next([Code.GOODBYE, {}, CloseUri.GOODBYE_AND_OUT]);
        this.lost(ended('the router said GOODBYE', message[2]));
        return;
      case Code.ABORT:
        this.lost(ended('the router said ABORT', message[2]));
        return;
      default:
        this.#violated(`${codeName(message[0])} has no place in an established session`);
    }
  }

  /**
   * Says GOODBYE. Every role is told at once, with `error`; what the router still sends is dropped. The session is over when
   * the router answers, and after `timeoutMs` if it does not.
   */
  leave(error: RxWampError, timeoutMs: number): void {
    if (this.#state !== 'open') return;
    this.#state = 'leaving';
    this.#tell(() => error);
    this.link.next([Code.GOODBYE, {}, CloseUri.CLOSE_REALM]);
    // It may have been answered already, over a memory link.
    if (this.#isEnded()) return;
    this.#leaving = after(timeoutMs).subscribe(() => {
      this.#over({ how: 'left' });
    });
  }

  /** Asks the router something it must answer, whatever it allows: any answer to this CALL, an ERROR too, is a sign of life. */
  probe(): void {
    if (this.#state !== 'open') return;
    this.#requests.open((id) => [Code.CALL, id, {}, PROBE], unheeded(Code.CALL, PROBE));
  }

  /** The link is gone, or has to go: the session is over with this error. */
  lost(error: RxWampError): void {
    if (this.#state === 'ended') return;
    const left = this.#state === 'leaving';
    this.#state = 'ended';
    this.#tell((attempted, on) => new ConnectionLostError(error.message, { attempted, on, cause: error }));
    this.#over(left ? { how: 'left' } : { how: 'lost', error });
  }

  /** The router broke the protocol: ABORT, and the session is over. */
  violated(error: RxWampError): void {
    if (this.#state === 'open') this.link.next([Code.ABORT, { message: error.message }, ErrorUri.PROTOCOL_VIOLATION]);
    this.link.error(error);
    this.lost(error);
  }

  #isEnded(): boolean {
    return this.#state === 'ended';
  }

  #violated(what: string): void {
    this.violated(new ProtocolViolationError(what, { attempted: 'receive' }));
  }

  #tell(error: (attempted: string, on: Uri) => RxWampError): void {
    this.subscriber.end(error);
    this.callee.end(error);
    this.#requests.end(error);
  }

  #over(end: SessionEnd): void {
    this.#state = 'ended';
    this.#leaving?.unsubscribe();
    this.link.complete();
    this.over(end);
  }
}

/** A procedure that nobody registers. */
const PROBE: Uri = 'rxwamp.heartbeat.probe';

const ended = (what: string, reason: Uri): ConnectionLostError =>
  new ConnectionLostError(`${what}: ${reason}`, { attempted: 'session', reason });
