import { defer, EMPTY, ReplaySubject, Subscription, type Observable } from 'rxjs';
import { reconnect, type ReconnectState } from '../operators/reconnect.js';
import {
  ClientClosedError,
  isRxWampError,
  OverflowError,
  ConnectionLostError,
  type RxWampError,
} from '../protocol/errors.js';
import type { Uri } from '../protocol/message.js';
import { after } from '../session/after.js';
import { AGENT } from '../session/agent.js';
import type { Session } from '../session/session.js';
import type { Transport } from '../transports/transport.js';
import { openSession } from './dial.js';
import { isFatal } from './fatal.js';
import type { NetworkSignals } from './network.js';
import type { Settings } from './options.js';
import type { ConnectionState } from './state.js';

/** What outlives a session and has to be made again in the next: a topic, a registration. */
export interface Durable {
  /** A session is there. `settled` is called when the router has answered. */
  attach(session: Session, settled: () => void): void;
  /** The session it was attached to last takes the place of the one before, from which everything has come. */
  moved(): void;
  /** There will be no session any more: by `close()` without an error, else for this one. */
  end(error: RxWampError | undefined): void;
}

/** What goes out as soon as there is a session. */
export interface Outlet {
  up(session: Session): void;
  /** There will be no session any more. */
  down(): void;
}

/** Who waits for the next session. */
export interface Waiter {
  readonly attempted: string;
  readonly on: Uri;
  up(session: Session): void;
  down(error: RxWampError): void;
}

/**
 * The connection of a client: one session after the other, and what outlives them. When a session is joined, everything
 * durable is made again in it first, then what waited goes out, and only then is it announced on `state$`.
 */
export class Connection {
  readonly #state$ = new ReplaySubject<ConnectionState>(1);
  readonly #durables = new Set<Durable>();
  readonly #outlets = new Set<Outlet>();
  readonly #waiters = new Set<Waiter>();
  /** What has to be settled before the session is announced: what the router has not answered for, and the session itself. */
  readonly #unsettled = new Set<Durable | Session>();
  #state: ConnectionState = { status: 'idle' };
  #attempt = 1;
  #session: Session | undefined;
  #restoring: Subscription | undefined;
  #run: Subscription | undefined;
  #closing = false;

  constructor(
    private readonly settings: Settings,
    private readonly transports: () => Transport,
    private readonly network: NetworkSignals,
  ) {
    this.#state$.next(this.#state);
  }

  /** The state now. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** The state now and each one after; completes after `closed`. */
  get state$(): Observable<ConnectionState> {
    return this.#state$.asObservable();
  }

  /** The session, while there is one. */
  get session(): Session | undefined {
    return this.#session?.isOpen === true ? this.#session : undefined;
  }

  /** Whether the client is closed, or about to be. */
  get isClosed(): boolean {
    return this.#closing;
  }

  /** The error of who asks for something when the client is closed. */
  closed(attempted: string, on?: Uri): ClientClosedError {
    const cause = this.#state.status === 'closed' ? this.#state.cause : undefined;
    return new ClientClosedError(
      cause === undefined ? 'the client was closed' : `the client was closed: ${cause.message}`,
      { attempted, on, cause },
    );
  }

  /** Connects, if that has not begun yet. */
  open(): void {
    if (this.#run !== undefined || this.#closing) return;
    const { retry, auth } = this.settings;
    this.#run = new Subscription();
    this.#run.add(
      // Whoever hears that it is connecting may close it.
      defer(() => (this.#closing ? EMPTY : openSession(defer(this.transports), this.#joinOptions())))
        .pipe(
          reconnect<Session>({
            ...(retry === false ? { maxAttempts: 0 } : retry),
            isFatal: (error, previous) => isFatal(error, previous, auth),
            wake$: this.network.online$,
          }),
        )
        .subscribe({
          next: (step) => {
            this.#step(step);
          },
          error: (error: unknown) => {
            this.#end(asKnown(error));
          },
          complete: () => {
            this.#end(undefined);
          },
        }),
    );
  }

  /** Says GOODBYE if there is a session, stops whatever else goes on, and is final. */
  close(): void {
    if (this.#closing || this.#state.status === 'closed') return;
    this.#closing = true;
    const { session } = this;
    if (session === undefined) {
      this.#run?.unsubscribe();
      this.#end(undefined);
      return;
    }
    this.#restoring?.unsubscribe();
    session.leave(
      new ClientClosedError('the client was closed', { attempted: 'session' }),
      this.settings.closeTimeoutMs,
    );
  }

  /** Keeps something in every session from now on, connecting if need be. */
  keep(durable: Durable): void {
    // One that is kept already has been attached, or is about to be.
    if (this.#durables.has(durable)) return;
    // Opening may join a session at once, which then finds it here.
    const { session } = this;
    this.#durables.add(durable);
    if (session === undefined) this.open();
    else durable.attach(session, () => undefined);
  }

  /** Keeps it no longer. */
  drop(durable: Durable): void {
    this.#durables.delete(durable);
    this.#settle(durable);
  }

  /** Serves an outlet in every session. */
  serve(outlet: Outlet): void {
    this.#outlets.add(outlet);
  }

  /** Waits for the next session, connecting if need be; refused when too many wait. */
  wait(waiter: Waiter): () => void {
    const { attempted, on } = waiter;
    const { capacity: limit } = this.settings.outbox;
    if (this.#waiters.size < limit) this.#waiters.add(waiter);
    else waiter.down(new OverflowError(`${String(limit)} wait for a connection already`, { attempted, on, limit }));
    this.open();
    return () => this.#waiters.delete(waiter);
  }

  #joinOptions(): Parameters<typeof openSession>[1] {
    const { realm, auth, handshakeTimeoutMs, heartbeat, traceback } = this.settings;
    return {
      realm,
      agent: AGENT,
      authenticators: auth,
      timeoutMs: handshakeTimeoutMs,
      heartbeat,
      hurry$: this.network.offline$,
      traceback,
      challenged: () => {
        this.#go({ status: 'authenticating', attempt: this.#attempt });
      },
    };
  }

  #step(step: ReconnectState<Session>): void {
    if (this.#closing) return;
    switch (step.status) {
      case 'connecting':
        this.#attempt = step.attempt;
        this.#go({ status: 'connecting', attempt: step.attempt });
        return;
      case 'connected':
        this.#joined(step.resource);
        return;
      case 'waiting':
        this.#lost();
        this.#go({ status: 'waiting', attempt: step.attempt, delayMs: step.delayMs, cause: asKnown(step.cause) });
    }
  }

  /**
   * Makes everything durable again, lets out what waited, and announces the session when the router has answered for all
   * that is durable, or takes too long.
   */
  #joined(session: Session): void {
    this.#session = session;
    this.#restoring = after(this.settings.handshakeTimeoutMs).subscribe(() => this.#announce(session));
    const durables = [...this.#durables];
    for (const one of [session, ...durables]) this.#unsettled.add(one);
    for (const durable of durables) {
      if (session.isOpen && this.#durables.has(durable)) durable.attach(session, () => this.#settle(durable));
    }
    for (const outlet of this.#outlets) outlet.up(session);
    // Each is looked up when its turn comes: what one of them hears may make the user give up another.
    for (const waiter of this.#waiters) {
      if (!session.isOpen) break;
      this.#waiters.delete(waiter);
      waiter.up(session);
    }
    this.#settle(session);
  }

  #settle(one: Durable | Session): void {
    if (!this.#unsettled.delete(one) || this.#unsettled.size > 0) return;
    if (this.#session !== undefined) this.#announce(this.#session);
  }

  #announce(session: Session): void {
    this.#restoring?.unsubscribe();
    this.#unsettled.clear();
    if (session.isOpen && this.#session === session) this.#go({ status: 'connected', session: session.info });
  }

  #lost(): void {
    this.#restoring?.unsubscribe();
    this.#unsettled.clear();
    this.#session = undefined;
  }

  #end(cause: RxWampError | undefined): void {
    this.#lost();
    this.#closing = true;
    const state: ConnectionState = { status: 'closed', cause };
    this.#state = state;
    const durables = [...this.#durables];
    const waiters = [...this.#waiters];
    this.#durables.clear();
    this.#waiters.clear();
    for (const outlet of this.#outlets) outlet.down();
    for (const waiter of waiters) waiter.down(this.closed(waiter.attempted, waiter.on));
    for (const durable of durables) durable.end(cause);
    this.#state$.next(state);
    this.#state$.complete();
  }

  #go(state: ConnectionState): void {
    if (this.#closing) return;
    this.#state = state;
    this.#state$.next(state);
  }
}

const asKnown = (error: unknown): RxWampError =>
  isRxWampError(error)
    ? error
    : new ConnectionLostError('the connection failed', { attempted: 'connection', cause: error });
