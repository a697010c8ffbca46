import { Observable, type Subscriber } from 'rxjs';
import * as Code from '../protocol/codes.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { RevokedError, WampError, type RxWampError } from '../protocol/errors.js';
import type {
  Dict,
  Id,
  Interrupt,
  InvocationMessage,
  Registered,
  Unregistered,
  Uri,
  WampMessage,
} from '../protocol/message.js';
import { remember } from '../protocol/remember.js';
import type { Handler } from './invocation.js';
import { matchKey } from './match-key.js';
import { unheeded, type Requests } from './requests.js';
import { RunningInvocation, type AnswerSettings } from './running-invocation.js';

interface Registration {
  readonly procedure: Uri;
  readonly handler: Handler;
  readonly observer: Subscriber<Id>;
}

/** How many invocations that ended while their caller still streamed in are remembered, to know its late chunks. */
const MAX_REMEMBERED = 1_000;

/** The callee of a session. */
export class Callee {
  readonly #registrations = new Map<Id, Registration>();
  readonly #running = new Map<Id, RunningInvocation>();
  readonly #endedEarly = new Set<Id>();
  /** Called after each invocation that ended. */
  answered: (() => void) | undefined;
  /**
   * REGISTERs on their way that nobody wants any more, by procedure and match policy, with what waits for their
   * UNREGISTER: a REGISTER that overtook it would be refused.
   */
  readonly #abandoned = new Map<string, (() => void)[]>();

  constructor(
    private readonly requests: Requests,
    private readonly send: (message: WampMessage) => void,
    private readonly settings: AnswerSettings,
  ) {}

  /**
   * Offers a procedure. REGISTER on subscribe, UNREGISTER on unsubscribe, also when that is before REGISTERED came.
   * Invocations that run when it ends go on to their end.
   *
   * @returns emits the registration id once; errors with `WampError` when the dealer refuses, `RevokedError` when it takes
   * the registration back, `ConnectionLostError` or `ClientClosedError` when the session ends; never completes.
   * @see WAMP spec, Remote Procedure Calls / Registering
   */
  register(procedure: Uri, options: Dict, handler: Handler): Observable<Id> {
    return new Observable<Id>((observer) => {
      const key = matchKey(procedure, options);
      let registration: Id | undefined;
      let asked = false;
      const answered = (): void => {
        asked = false;
        if (observer.closed) this.#release(key);
      };
      const ask = (): void => {
        if (observer.closed) return;
        asked = true;
        try {
          this.requests.open<Registered>((request) => [Code.REGISTER, request, options, procedure], {
            code: Code.REGISTER,
            on: procedure,
            settle: ([, , id]) => {
              if (this.#registrations.has(id)) {
                observer.error(alreadyRegistered(procedure));
              } else {
                registration = id;
                this.#registrations.set(id, { procedure, handler, observer });
                if (observer.closed) this.#unregister(id, observer);
                else observer.next(id);
              }
              answered();
              return true;
            },
            fail: (error) => {
              answered();
              observer.error(error);
            },
          });
        } catch (error) {
          asked = false;
          observer.error(error);
        }
      };
      const waiting = this.#abandoned.get(key);
      if (waiting === undefined) ask();
      else waiting.push(ask);
      return () => {
        if (registration !== undefined) this.#unregister(registration, observer);
        else if (asked && !this.#abandoned.has(key)) this.#abandoned.set(key, []);
      };
    });
  }

  /** How many invocations run. */
  get size(): number {
    return this.#running.size;
  }

  /** The procedure of a registration, as it was asked for. */
  registeredAs(id: Id): Uri | undefined {
    return this.#registrations.get(id)?.procedure;
  }

  /** The procedure of an invocation that runs. */
  invokedBy(id: Id): Uri | undefined {
    return this.#running.get(id)?.procedure;
  }

  /** An INVOCATION, or one more chunk of one, whose payload cannot be read: its caller is told so, and no more. */
  refuse([, id, , details]: InvocationMessage): void {
    const error = new WampError(ErrorUri.INVALID_ARGUMENT, { args: ['the payload cannot be read'] });
    const running = this.#running.get(id);
    if (running !== undefined) running.giveUp(error);
    else if (!this.#endedEarly.has(id)) {
      if (details['progress'] === true) remember(this.#endedEarly, id, MAX_REMEMBERED);
      this.send([Code.ERROR, Code.INVOCATION, id, {}, error.uri, error.args]);
    }
  }

  /** Takes no new invocations: every procedure is unregistered. Those that run go on to their end. */
  drain(): void {
    for (const [id, { observer }] of this.#registrations) this.#unregister(id, observer);
  }

  /** INVOCATION: a new one, or one more chunk of one that is streamed in. */
  invocation(message: InvocationMessage): void {
    const [, id, registered, details] = message;
    const running = this.#running.get(id);
    if (running !== undefined) {
      running.chunk(message);
      return;
    }
    if (this.#endedEarly.has(id)) {
      if (details['progress'] !== true) this.#endedEarly.delete(id);
      return;
    }
    const registration = this.#registrations.get(registered);
    if (registration === undefined) {
      // It crossed our UNREGISTER; its caller still needs an answer, and one only.
      if (details['progress'] === true) remember(this.#endedEarly, id, MAX_REMEMBERED);
      this.send([Code.ERROR, Code.INVOCATION, id, {}, ErrorUri.NO_SUCH_PROCEDURE]);
      return;
    }
    if (this.#running.size >= this.settings.maxInvocations) {
      if (details['progress'] === true) remember(this.#endedEarly, id, MAX_REMEMBERED);
      this.send([Code.ERROR, Code.INVOCATION, id, {}, ErrorUri.UNAVAILABLE, ['too many invocations run already']]);
      return;
    }
    const invocation: RunningInvocation = new RunningInvocation(
      message,
      registration.procedure,
      this.settings,
      this.send,
      () => {
        this.#running.delete(id);
        if (invocation.inputOpen) remember(this.#endedEarly, id, MAX_REMEMBERED);
        this.answered?.();
      },
    );
    this.#running.set(id, invocation);
    invocation.run(registration.handler);
  }

  /** INTERRUPT. One for an invocation that has been answered is late and dropped. */
  interrupt([, id, options]: Interrupt): void {
    this.#running.get(id)?.interrupt(options['mode']);
  }

  /** UNREGISTERED: the answer to an UNREGISTER, or with request 0 the dealer taking a registration back. */
  unregistered([, request, details]: Unregistered): void {
    const id = details?.['registration'];
    if (request !== 0 || typeof id !== 'number') return;
    const registration = this.#registrations.get(id);
    if (registration === undefined) return;
    this.#registrations.delete(id);
    const reason = details?.['reason'];
    registration.observer.error(
      new RevokedError(typeof reason === 'string' ? reason : undefined, {
        attempted: 'REGISTER',
        on: registration.procedure,
      }),
    );
  }

  /** The session ended: handlers are stopped, and nothing is written to the dead link. */
  end(error: (attempted: string, on: Uri) => RxWampError): void {
    const registrations = [...this.#registrations.values()];
    this.#registrations.clear();
    for (const invocation of [...this.#running.values()]) invocation.stop();
    for (const { procedure, observer } of registrations) observer.error(error('REGISTER', procedure));
  }

  #unregister(id: Id, observer: Subscriber<Id>): void {
    const registration = this.#registrations.get(id);
    if (registration?.observer !== observer) return;
    this.#registrations.delete(id);
    // An ERROR means that the router had forgotten it already: either way it is gone.
    this.requests.open((request) => [Code.UNREGISTER, request, id], unheeded(Code.UNREGISTER, registration.procedure));
  }

  /** An abandoned REGISTER was answered: what waited for that can go. */
  #release(key: string): void {
    const waiting = this.#abandoned.get(key) ?? [];
    this.#abandoned.delete(key);
    for (const ask of waiting) ask();
  }
}

const alreadyRegistered = (procedure: Uri): WampError =>
  new WampError(
    ErrorUri.PROCEDURE_ALREADY_EXISTS,
    { args: ['this session has registered it already'] },
    { attempted: 'REGISTER', on: procedure },
  );
