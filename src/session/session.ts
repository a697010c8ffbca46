import { Observable, type Subscription } from 'rxjs';
import * as CloseUri from '../protocol/close-uris.js';
import { codeName } from '../protocol/code.js';
import * as Code from '../protocol/codes.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { ConnectionLostError, ProtocolViolationError, type RxWampError } from '../protocol/errors.js';
import type { RouterRole } from '../protocol/features.js';
import type { Id, Uri, WampMessage } from '../protocol/message.js';
import type { Link } from '../transports/link.js';
import { after } from './after.js';
import { Callee } from './callee.js';
import { Caller } from './caller.js';
import { Publisher } from './publisher.js';
import { Requests, unheeded } from './requests.js';
import type { Passthru, SessionContext } from './passthru.js';
import type { CalleeSettings } from './running-invocation.js';
import type { SessionInfo } from './session-info.js';
import { Subscriber } from './subscriber.js';

/** How a session ended: `left` when we said GOODBYE, else the error it ended with. */
export type SessionEnd = { readonly how: 'left' } | { readonly how: 'lost'; readonly error: RxWampError };

/** How a session works. */
export interface SessionSettings extends CalleeSettings {
  /** Whether the `timeout` of an INVOCATION is what the spec says: milliseconds for the callee to keep. Default: it is. */
  readonly keepsTime?: ((info: SessionInfo) => boolean) | undefined;
  /** What packs payloads, if they are. */
  readonly passthru?: Passthru | undefined;
  /** Where an error goes that belongs to no request. */
  readonly fault?: ((error: unknown) => void) | undefined;
}

/**
 * One joined session over one link: hands every message to the role it is for. It knows nothing of what came before it
 * or comes after.
 *
 * @see WAMP spec, Sessions
 */
export class Session implements SessionContext {
  readonly publisher: Publisher;
  readonly subscriber: Subscriber;
  readonly caller: Caller;
  readonly callee: Callee;
  readonly #requests: Requests;
  #state: 'open' | 'leaving' | 'ended' = 'open';
  #leaving: Subscription | undefined;
  #paused = false;

  constructor(
    /** What the router said in WELCOME. */
    readonly info: SessionInfo,
    private readonly link: Link,
    private readonly settings: SessionSettings,
    /** Called once, when the session is over and every role has been told. */
    private readonly over: (end: SessionEnd) => void,
  ) {
    const { passthru } = settings;
    const send = (message: WampMessage): void => {
      if (this.#state === 'open') link.next(passthru === undefined ? message : this.#packed(message, passthru));
    };
    this.#requests = new Requests(send);
    this.publisher = new Publisher(this.#requests);
    this.subscriber = new Subscriber(this.#requests, (isHeld) => {
      link.skipEvents(isHeld);
    });
    this.caller = new Caller(this.#requests, send);
    this.callee = new Callee(this.#requests, send, { ...settings, keepsTime: settings.keepsTime?.(info) ?? true });
  }

  /** Whether it can be used: established, and neither left nor lost. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Whether reading has been stopped. */
  get isPaused(): boolean {
    return this.#paused;
  }

  /** Bytes sent that have not left this machine. */
  get bufferedBytes(): number {
    return this.link.bufferedBytes;
  }

  /** Whether {@link pause} stops reading. */
  get canPause(): boolean {
    return this.link.canPause;
  }

  /** Stops reading until {@link resume}. False where the platform cannot. */
  pause(): boolean {
    return (this.#paused = this.link.pause());
  }

  /** Reads on. */
  resume(): void {
    this.#paused = false;
    this.link.resume();
  }

  supports(role: RouterRole, feature: string): boolean {
    return this.info.supports(role, feature);
  }

  topicOf(subscription: Id): Uri | undefined {
    return this.subscriber.topicOf(subscription);
  }

  calledBy(request: Id): Uri | undefined {
    return this.#requests.on(request, Code.CALL);
  }

  registeredAs(registration: Id): Uri | undefined {
    return this.callee.registeredAs(registration);
  }

  invokedBy(request: Id): Uri | undefined {
    return this.callee.invokedBy(request);
  }

  /** Hands one message from the router to the role it is for. */
  receive(message: WampMessage): void {
    const { passthru } = this.settings;
    if (this.#state !== 'open') {
      if (message[0] === Code.GOODBYE || message[0] === Code.ABORT) this.#over({ how: 'left' });
    } else if (passthru === undefined) {
      this.#dispatch(message);
    } else {
      let readable: WampMessage;
      try {
        readable = passthru.incoming(message, this);
      } catch (error) {
        this.#unreadable(message, error);
        return;
      }
      this.#dispatch(readable);
    }
  }

  /** What is sent in the place of a message. An ERROR that cannot be packed goes without its payload: its caller waits for it. */
  #packed(message: WampMessage, passthru: Passthru): WampMessage {
    try {
      return passthru.outgoing(message, this);
    } catch (error) {
      if (message[0] !== Code.ERROR) throw error;
      this.settings.fault?.(error);
      const [code, type, request, , uri] = message;
      return [code, type, request, {}, uri];
    }
  }

  /** A payload that was packed and cannot be read. */
  #unreadable(message: WampMessage, error: unknown): void {
    switch (message[0]) {
      case Code.RESULT: {
        const [, request, details] = message;
        // Nobody reads on.
        if (details['progress'] === true && this.supports('dealer', 'call_canceling'))
          this.link.next([Code.CANCEL, request, { mode: 'killnowait' }]);
        this.#requests.reject(request, error);
        return;
      }
      case Code.ERROR:
        this.#requests.reject(message[2], error);
        return;
      case Code.INVOCATION:
        this.callee.refuse(message);
        break;
      default:
    }
    this.settings.fault?.(error);
  }

  #dispatch(message: WampMessage): void {
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
  leave(error: RxWampError, timeoutMs: number, reason: Uri = CloseUri.CLOSE_REALM): void {
    if (this.#state !== 'open') return;
    this.#state = 'leaving';
    this.#tell(() => error);
    this.link.next([Code.GOODBYE, {}, reason]);
    if (this.#paused) this.resume();
    // It may have been answered already, over a memory link.
    if (this.#isEnded()) return;
    this.#leaving = after(timeoutMs).subscribe(() => {
      this.#over({ how: 'left' });
    });
  }

  /** Asks the router something it must answer, whatever it allows: any answer to this CALL, an ERROR too, is a sign of life. */
  probe(answered: () => void): void {
    if (this.#state !== 'open') return;
    this.#requests.open((id) => [Code.CALL, id, {}, PROBE], unheeded(Code.CALL, PROBE, answered));
  }

  /**
   * Takes no new invocations, and waits for all that runs: invocations, calls, acknowledgements.
   *
   * @returns completes when all is done, the session is over, or `timeoutMs` has passed.
   */
  drain(timeoutMs: number): Observable<never> {
    return new Observable<never>((subscriber) => {
      const look = (): void => {
        if (this.#requests.size === 0 && this.callee.size === 0) subscriber.complete();
      };
      this.callee.drain();
      this.#requests.answered = this.callee.answered = look;
      subscriber.add(
        after(timeoutMs).subscribe(() => {
          subscriber.complete();
        }),
      );
      look();
      return () => {
        this.#requests.answered = this.callee.answered = undefined;
      };
    });
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
    this.#requests.answered?.();
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
