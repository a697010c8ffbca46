import { Observable, Subscription, type Subscriber } from 'rxjs';
import { backoffDelayMs } from '../operators/backoff.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { isRxWampError, isWampError, UsageError, WampError, type RxWampError } from '../protocol/errors.js';
import type { Dict, Id, Uri } from '../protocol/message.js';
import { Payload } from '../protocol/payload.js';
import { after } from '../session/after.js';
import type { Handler } from '../session/invocation.js';
import type { Session } from '../session/session.js';
import { checkFeatures, checkRequest } from './checks.js';
import type { Connection } from './connection.js';
import type { Durable } from './durable.js';
import type { RetryOptions } from './options.js';
import { check, type ProcedureSchemas } from './schema.js';

/** Options of `register`. What has underscores or is of one word travels as REGISTER.Options. */
export interface RegisterOptions {
  /** How the URI is compared. Default: `'exact'`. Needs the router's `pattern_based_registration`. */
  readonly match?: 'exact' | 'prefix' | 'wildcard';
  /** Who of several callees is called. Default: `'single'`, i.e. there is one. Needs `shared_registration`. */
  readonly invoke?: 'single' | 'roundrobin' | 'random' | 'first' | 'last';
  /** Whether every caller is disclosed to this procedure. */
  readonly disclose_caller?: boolean;
  /** Whether a caller's timeout comes here instead of being kept by the router. */
  readonly forward_timeout?: boolean;
  /** Invocations this callee takes at a time (Crossbar.io). */
  readonly concurrency?: number;
  /**
   * What to do when the procedure is taken (`procedure_already_exists`). `'fail'`: an error. `'retry'`: again, with the
   * client's backoff. `'force_reregister'`: takes it over, where the router has that (Crossbar.io, rxwamp). Default: an error the
   * first time; after a reconnect `'retry'`, as it is most likely our own dead session that the router still holds.
   */
  readonly onConflict?: 'fail' | 'retry' | 'force_reregister';
  /** Custom options of the router's, sent as they are. */
  readonly [custom: `_${string}` | `x_${string}`]: unknown;
}

/** A procedure that callers can reach now. Emitted anew after every reconnect. */
export interface Registration {
  readonly id: Id;
  readonly procedure: Uri;
}

/** What registrations share. */
export interface RegistrationContext {
  readonly connection: Connection;
  readonly retry: Required<RetryOptions> | false;
}

/**
 * Offers a procedure for as long as somebody is subscribed.
 *
 * @see the `register` method of the client, which documents it
 */
export function registration(
  { connection, retry }: RegistrationContext,
  procedure: Uri,
  handler: Handler,
  options: RegisterOptions,
  schemas: ProcedureSchemas | undefined,
): Observable<Registration> {
  const { onConflict, ...wire } = options;
  const checked = schemas === undefined ? handler : checkedHandler(handler, schemas);
  return new Observable<Registration>((observer) => {
    if (connection.isClosed) {
      observer.error(connection.closed('REGISTER', procedure));
      return undefined;
    }
    try {
      checkRequest('REGISTER', procedure, wire);
      checkConflictPolicy(procedure, onConflict);
    } catch (error) {
      observer.error(error);
      return undefined;
    }
    const durable = new DurableRegistration(observer, procedure, checked, wire, onConflict, retry);
    observer.add(() => {
      connection.drop(durable);
      durable.leave();
    });
    connection.keep(durable);
    return undefined;
  });
}

class DurableRegistration implements Durable {
  #work: Subscription | undefined;
  /** The registration in the session that the client is moving from. */
  #former: Subscription | undefined;
  #retrying: Subscription | undefined;
  #session: Session | undefined;
  #held = false;
  #conflicts = 0;

  constructor(
    private readonly observer: Subscriber<Registration>,
    private readonly procedure: Uri,
    private readonly handler: Handler,
    private readonly wire: Dict,
    private readonly onConflict: RegisterOptions['onConflict'],
    private readonly retry: Required<RetryOptions> | false,
  ) {}

  attach(session: Session, settled: () => void): void {
    this.#conflicts = 0;
    this.#retrying?.unsubscribe();
    if (this.#session?.isOpen === true) this.#former = this.#work;
    this.#session = session;
    this.#register(session, settled, this.wire);
  }

  moved(): void {
    this.#former?.unsubscribe();
    this.#former = undefined;
  }

  end(error: RxWampError | undefined): void {
    if (error === undefined) this.observer.complete();
    else this.observer.error(error);
  }

  leave(): void {
    this.#retrying?.unsubscribe();
    this.#former?.unsubscribe();
    this.#work?.unsubscribe();
  }

  #register(session: Session, settled: () => void, options: Dict): void {
    const work = new Subscription();
    this.#work = work;
    try {
      checkFeatures(session.info, 'REGISTER', this.procedure, options);
    } catch (error) {
      this.observer.error(error);
      settled();
      return;
    }
    work.add(
      session.callee.register(this.procedure, options, this.handler).subscribe({
        next: (id) => {
          this.#held = true;
          this.observer.next({ id, procedure: this.procedure });
          settled();
        },
        error: (error: unknown) => {
          if (!this.#failed(session, error, options, settled)) settled();
        },
      }),
    );
  }

  /** @returns whether `settled` is called later. */
  #failed(session: Session, error: unknown, options: Dict, settled: () => void): boolean {
    const name = isRxWampError(error) ? error.name : undefined;
    // The next session comes to `attach`, and the end of the client to `end`.
    if (name === 'ConnectionLostError' || name === 'ClientClosedError') return false;
    const taken = isWampError(error) && error.uri === ErrorUri.PROCEDURE_ALREADY_EXISTS;
    // It may be we who have it, in the session that the client is moving from.
    const isOurs = taken && this.#former !== undefined;
    if (isOurs) this.moved();
    const policy = this.onConflict ?? (this.#held ? 'retry' : 'fail');
    if (taken && policy === 'force_reregister' && options['force_reregister'] !== true) {
      this.#register(session, () => undefined, { ...options, force_reregister: true });
    } else if (isOurs || (taken && policy === 'retry' && this.retry !== false)) {
      const retry: RetryOptions = this.retry === false ? {} : this.retry;
      if (++this.#conflicts > (retry.maxAttempts ?? Infinity)) {
        this.observer.error(error);
        return false;
      }
      const then = isOurs ? settled : (): void => undefined;
      this.#retrying = after(backoffDelayMs(this.#conflicts, retry)).subscribe(() => {
        this.#register(session, then, options);
      });
    } else {
      this.observer.error(error);
    }
    return isOurs;
  }
}

function checkConflictPolicy(on: Uri, policy: unknown): void {
  if (policy === undefined || policy === 'fail' || policy === 'retry' || policy === 'force_reregister') return;
  const what = 'the option onConflict must be fail or retry or force_reregister';
  throw new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'REGISTER', on });
}

/** The handler behind the contract's validators: what does not fit never reaches it, nor what is streamed in later. */
const checkedHandler =
  (handler: Handler, { args, kwargs }: ProcedureSchemas): Handler =>
  (invocation) =>
    handler(
      invocation.converted((given) => {
        try {
          return new Payload(
            check(args, given.args, 'INVOCATION args', invocation.procedure),
            check(kwargs, given.kwargs, 'INVOCATION kwargs', invocation.procedure),
          );
        } catch (error) {
          const what = error instanceof Error ? error.message : 'invalid';
          throw new WampError(ErrorUri.INVALID_ARGUMENT, { args: [what] });
        }
      }),
    );
