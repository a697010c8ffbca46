import { Subscription } from 'rxjs';
import type { Identity } from '../../auth/router/authenticator.js';
import * as Code from '../../protocol/codes.js';
import { isConnectionLostError, isOverflowError, isProtocolViolationError } from '../../protocol/errors.js';
import type { Authenticate, Goodbye, Hello, Uri, WampMessage } from '../../protocol/message.js';
import * as CloseUri from '../../protocol/close-uris.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { Link } from '../../transports/link.js';
import type { RouterContext } from '../context.js';
import type { Realms } from '../realms.js';
import type { Counters } from '../statistics.js';
import { Admission } from './admission.js';
import { authmethods } from './auth-request.js';
import { judge, type ConnectionState } from './connection-state.js';
import { detailsOf, letGo, takeIn, welcomeDetails, type Guest } from './guest.js';
import { Inbox } from './inbox.js';
import { Session } from './session.js';
import { violation } from './violation.js';

/** What a connection works with. */
export interface ConnectionOptions {
  readonly link: Link;
  readonly context: RouterContext;
  readonly realms: Realms;
  /** The connection is no more. */
  readonly gone: (connection: Connection) => void;
}

/**
 * One accepted link: the opening handshake, the session, and its end, whoever brings it about.
 *
 * @see WAMP spec, Sessions
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #inbox: Inbox;
  #state: ConnectionState = 'waiting';
  #guest: Guest | undefined;
  #admission: Admission | undefined;
  #session: Session | undefined;
  #identity: Identity | undefined;
  #timer = Subscription.EMPTY;

  constructor(options: ConnectionOptions) {
    const { link, context } = options;
    this.#options = options;
    this.#inbox = new Inbox({
      link,
      capacity: context.limits.maxWaitingMessages,
      maxBytes: context.limits.maxWaitingBytes,
      turn: (work) => this.#turn(work),
      deliver: (message) => this.#deliver(message),
      overflow: () => this.#abort(ErrorUri.NETWORK_FAILURE, 'too many messages wait for an authorization'),
    });
  }

  /** Begins to read. */
  open(): void {
    const { link } = this.#options;
    this.#expect('HELLO');
    link.subscribe({
      next: (message) =>
        this.#turn(() => {
          this.#counters.messagesIn++;
          this.#inbox.push(message);
        }),
      error: (error: unknown) =>
        this.#turn(() => (isConnectionLostError(error) ? this.#gone() : this.#violated(error))),
      complete: () => this.#turn(() => this.#gone()),
    });
  }

  /** Says GOODBYE, or ABORT before there is a session, and hangs up when the client has answered or its time is over. */
  dismiss(reason: Uri, message: string | undefined, quietly: boolean): void {
    this.#turn(() => {
      if (this.#state === 'joined') this.#dismiss(reason, message, quietly);
      else if (this.#state !== 'closing' && this.#state !== 'over') this.#abort(reason, message);
    });
  }

  /** Hangs up at once where nothing is to be said any more, which is then not waited for. */
  hurry(): void {
    this.#turn(() => {
      if (this.#state === 'over') this.#terminate();
    });
  }

  /** Those of the realm, as long as there is one. */
  get #counters(): Counters {
    return this.#guest?.realm.counters ?? this.#options.context.counters;
  }

  #turn(work: () => void): void {
    this.#options.context.turns.run(() => {
      try {
        work();
      } catch (error) {
        if (!isProtocolViolationError(error)) throw error;
        this.#violated(error);
      }
    });
  }

  #deliver(message: WampMessage): void {
    const verdict = judge(this.#state, message[0]);
    if (verdict === 'ignore') return;
    if (verdict === 'violation') throw violation(message, `not allowed now (${this.#state})`);
    switch (message[0]) {
      case Code.HELLO:
        this.#hello(message);
        break;
      case Code.AUTHENTICATE:
        this.#authenticate(message);
        break;
      case Code.GOODBYE:
        this.#goodbye(message);
        break;
      case Code.ABORT:
        this.#end(() => this.#options.link.complete());
        break;
      default:
        if (this.#session !== undefined) this.#guest?.realm.route(this.#session, message);
    }
  }

  #hello(message: Hello): void {
    const { link, context, realms } = this.#options;
    const guest = takeIn(message, link.info, realms, context);
    if ('reason' in guest) {
      this.#abort(guest.reason, guest.message);
      return;
    }
    this.#guest = guest;
    this.#admission = new Admission({
      authenticators: guest.realm.authenticators,
      authmethods: authmethods(message[2]),
      request: guest.request,
      turn: (work) => this.#turn(work),
      challenge: (method, extra) => {
        this.#state = 'challenged';
        this.#expect('AUTHENTICATE');
        if (!this.#tell([Code.CHALLENGE, method, extra])) this.#abort(ErrorUri.AUTHENTICATION_FAILED);
      },
      accept: (identity) => this.#welcome(guest, identity),
      deny: (reason, text) => this.#abort(reason, text),
      fault: context.fault,
    });
    this.#state = 'deciding';
    this.#expect('a decision');
    this.#admission.next();
  }

  #authenticate([, signature, extra]: Authenticate): void {
    this.#state = 'deciding';
    this.#expect('a decision');
    this.#admission?.answer(signature, extra);
  }

  #welcome(guest: Guest, identity: Identity): void {
    const { link, context, realms } = this.#options;
    const { limits, slowConsumer, backlogs, agent } = context;
    const { realm, request, features } = guest;
    if (realms.sessions >= limits.maxSessions) {
      this.#abort(ErrorUri.NETWORK_FAILURE, 'the router takes no more sessions');
      return;
    }
    if (!this.#tell([Code.WELCOME, request.session, welcomeDetails(guest, identity, agent)])) {
      this.#abort(ErrorUri.AUTHENTICATION_FAILED);
      return;
    }
    const session = new Session(detailsOf(guest, identity), features, link, {
      port: {
        hold: (answer, then) => this.#inbox.hold(answer, then),
        dismiss: (reason, message, quietly) => this.dismiss(reason, message, quietly),
        drop: () => this.#turn(() => this.#drop('too much waits for the client to read it')),
      },
      counters: realm.counters,
      backlog: backlogs.of(link, () =>
        this.#drop(`something has waited for ${slowConsumer.maxMs} ms for the client to read it`),
      ),
    });
    this.#timer.unsubscribe();
    this.#state = 'joined';
    this.#session = session;
    this.#identity = identity;
    realm.join({ session, request, identity });
  }

  #goodbye([, , reason]: Goodbye): void {
    const { link } = this.#options;
    const answers = this.#state === 'closing';
    this.#detach({ reason });
    if (!answers) this.#tell([Code.GOODBYE, {}, CloseUri.GOODBYE_AND_OUT]);
    this.#end(() => link.complete());
  }

  #dismiss(reason: Uri, message: string | undefined, quietly: boolean): void {
    const { context } = this.#options;
    this.#detach({ quietly });
    this.#tell([Code.GOODBYE, message === undefined ? {} : { message }, reason]);
    this.#state = 'closing';
    this.#timer = context.turns.after(context.limits.closeTimeoutMs, () => this.#terminate());
  }

  #abort(reason: Uri, message?: string): void {
    this.#tell([Code.ABORT, message === undefined ? {} : { message }, reason]);
    this.#end(() => this.#options.link.complete());
  }

  /** The client broke the protocol. */
  #violated(error: unknown): void {
    const { link } = this.#options;
    if (this.#state === 'over') return;
    this.#counters.violations++;
    if (this.#state !== 'closing') {
      const reason = isOverflowError(error) ? ErrorUri.PAYLOAD_SIZE_EXCEEDED : ErrorUri.PROTOCOL_VIOLATION;
      this.#tell([Code.ABORT, { message: error instanceof Error ? error.message : 'protocol violation' }, reason]);
    }
    this.#end(() => link.error(error));
  }

  /** The client does not read fast enough: it hears so if it reads on at last, before it is cut off. */
  #drop(message: string): void {
    if (this.#state !== 'joined') return;
    this.#counters.slowConsumersDropped++;
    this.#abort(ErrorUri.NETWORK_FAILURE, message);
  }

  #terminate(): void {
    this.#options.link.terminate();
    this.#gone();
  }

  /** Ends the session, and waits a while for the connection to end. */
  #end(hangUp: () => void): void {
    const { context } = this.#options;
    this.#detach();
    this.#state = 'over';
    hangUp();
    this.#timer = context.turns.after(context.limits.closeTimeoutMs, () => this.#terminate());
  }

  /** The connection is no more, whatever state it was in. */
  #gone(): void {
    this.#detach();
    this.#state = 'over';
    this.#options.gone(this);
  }

  /** Takes the client out of its realm, with all it has there. Nothing routed reaches it after this. */
  #detach({ reason, quietly = false }: { readonly reason?: Uri; readonly quietly?: boolean } = {}): void {
    const { context, realms } = this.#options;
    const [guest, session, identity] = [this.#guest, this.#session, this.#identity];
    this.#guest = this.#session = undefined;
    this.#timer.unsubscribe();
    this.#inbox.clear();
    this.#admission?.close();
    if (guest === undefined) return;
    if (session !== undefined && identity !== undefined) {
      session.end();
      guest.realm.leave({ session, request: guest.request, identity, reason, quietly });
    }
    letGo(guest, realms, context);
  }

  /** Aborts the opening handshake unless it goes on in time. */
  #expect(what: string): void {
    const { turns, limits } = this.#options.context;
    this.#timer.unsubscribe();
    this.#timer = turns.after(limits.handshakeTimeoutMs, () => {
      this.#abort(ErrorUri.TIMEOUT, `no ${what} within ${limits.handshakeTimeoutMs} ms`);
    });
  }

  /** Sends what is no part of a session. False when it cannot be encoded. */
  #tell(message: WampMessage): boolean {
    try {
      this.#options.link.next(message);
      this.#counters.messagesOut++;
      return true;
    } catch {
      return false;
    }
  }
}
