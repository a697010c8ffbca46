import { AsyncSubject, defer, EMPTY, ReplaySubject, Subscription, throwError, type Observable } from 'rxjs';
import { reconnect, type ReconnectState } from '../operators/reconnect.js';
import { ClientClosedError, ConnectionLostError, isRxWampError, type RxWampError } from '../protocol/errors.js';
import type { Uri } from '../protocol/message.js';
import { after } from '../session/after.js';
import { AGENT } from '../session/agent.js';
import { PACKING_CLIENT_ROLES } from '../session/client-features.js';
import type { SessionInfo } from '../session/session-info.js';
import type { Session } from '../session/session.js';
import { openSession } from './dial.js';
import type { Durable } from './durable.js';
import { isFatal } from './fatal.js';
import type { NetworkSignals } from './network.js';
import type { Settings } from './options.js';
import { keepsTime } from './quirks.js';
import { Restoring } from './restoring.js';
import type { Routers } from './routers.js';
import type { ConnectionState } from './state.js';

/** How long what runs in a session may take to its end, when the client drains it. */
export const DRAIN_TIMEOUT_MS = 30_000;

/** What goes out as soon as there is a session. */
export interface Outlet {
  up(session: Session): void;
  /** There will be no session any more. */
  down(): void;
}

/** One row of sessions, each made again when the one before is lost. */
class Run extends Subscription {
  session: Session | undefined;
  restoring: Restoring | undefined;
}

/**
 * The connection of a client: one session after the other, and what outlives them. When a session is joined, everything
 * durable is made again in it first, then what waited goes out, and only then is it announced on `state$`.
 */
export class Connection {
  readonly #state$ = new ReplaySubject<ConnectionState>(1);
  readonly #durables = new Set<Durable>();
  readonly #outlets = new Set<Outlet>();
  #state: ConnectionState = { status: 'idle' };
  #attempt = 1;
  #run: Run | undefined;
  /** What the client is moving to while the present session still stands. */
  #next: Run | undefined;
  /** What it has moved from, until all that ran there is done. */
  readonly #former = new Set<Run>();
  #moving: AsyncSubject<SessionInfo> | undefined;
  #closing: 'no' | 'draining' | 'yes' = 'no';
  #pauses = 0;
  #hadSession = false;

  constructor(
    private readonly settings: Settings,
    private readonly routers: Routers,
    private readonly network: NetworkSignals,
    private readonly roundTrip: (ms: number) => void,
    private readonly fault: (error: unknown) => void,
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
    const session = this.#run?.session;
    return session?.isOpen === true ? session : undefined;
  }

  /** Whether the client is closed, or about to be. */
  get isClosed(): boolean {
    return this.#closing !== 'no';
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
    if (this.#run === undefined && !this.isClosed) this.#begin();
  }

  /**
   * Says GOODBYE if there is a session, stops whatever else goes on, and is final. What is drained first takes nothing new,
   * and has so long to finish what runs.
   */
  close(reason: Uri | undefined, drainTimeoutMs: number | undefined): void {
    if (this.#state.status === 'closed' || this.#closing === 'yes') return;
    const { session } = this;
    const leave = (): void => {
      if (this.#closing === 'yes' || this.#state.status === 'closed') return;
      this.#closing = 'yes';
      this.#drop(this.#next);
      this.#run?.restoring?.stop();
      if (session?.isOpen === true) session.leave(this.closed('session'), this.settings.closeTimeoutMs, reason);
      else {
        this.#run?.unsubscribe();
        this.#end(undefined);
      }
    };
    if (drainTimeoutMs === undefined || session === undefined) {
      leave();
      return;
    }
    if (this.#closing === 'draining') return;
    this.#closing = 'draining';
    this.#run?.add(session.drain(drainTimeoutMs).subscribe({ complete: leave }));
  }

  /**
   * Leaves the session for a new one. Gracefully: the new one is joined and everything durable made in it, before the old
   * one is left, where calls and invocations still run to their end.
   *
   * @returns the new session; errors when it could not be had, and then the old one stands.
   */
  move(isGraceful: boolean): Observable<SessionInfo> {
    if (this.isClosed) return throwError(() => this.closed('reconnect'));
    if (this.#moving !== undefined) return this.#moving;
    const moving = new AsyncSubject<SessionInfo>();
    this.#moving = moving;
    const { session } = this;
    if (session === undefined) {
      this.open();
    } else if (isGraceful) {
      this.#launch((run) => {
        this.#next = run;
      });
    } else {
      this.#run?.restoring?.stop();
      session.leave(
        new ConnectionLostError('the client connects anew', { attempted: 'session' }),
        this.settings.closeTimeoutMs,
      );
    }
    return moving;
  }

  /** Stops reading until it has been resumed as often. False where the platform cannot, as far as is known. */
  pause(): boolean {
    const { session } = this;
    if (this.#pauses === 0 && session !== undefined && !session.pause()) return false;
    this.#pauses++;
    return true;
  }

  /** Takes one {@link pause} back. */
  resume(): void {
    if (this.#pauses === 0 || --this.#pauses > 0) return;
    this.session?.resume();
  }

  /** Keeps something in every session from now on, connecting if need be. */
  keep(durable: Durable): void {
    // One that is kept already has been attached, or is about to be.
    if (this.#durables.has(durable)) return;
    // Opening may join a session at once, which then finds it here.
    const { session } = this;
    this.#durables.add(durable);
    if (session === undefined) this.open();
    else {
      durable.attach(session, () => undefined);
      const next = this.#next?.session;
      if (next !== undefined && this.#durables.has(durable)) durable.attach(next, () => undefined);
    }
  }

  /** Keeps it no longer. */
  drop(durable: Durable): void {
    this.#durables.delete(durable);
    this.#run?.restoring?.settle(durable);
    this.#next?.restoring?.settle(durable);
  }

  /** Serves an outlet in every session. */
  serve(outlet: Outlet): void {
    this.#outlets.add(outlet);
  }

  #begin(): void {
    this.#launch((run) => {
      this.#run = run;
    });
  }

  /** Starts a row of sessions; `known` is told of it before anything comes of it. */
  #launch(known: (run: Run) => void): void {
    const { retry, auth } = this.settings;
    const run = new Run();
    known(run);
    run.add(
      // Whoever hears that it is connecting may close it.
      defer(() =>
        run.closed ? EMPTY : this.routers.attempt((transport) => openSession(transport, this.#joinOptions(run))),
      )
        .pipe(
          reconnect<Session>({
            ...(retry === false ? { maxAttempts: 0 } : retry),
            isFatal: (error, previous) => isFatal(error, previous, auth, this.#hadSession),
            wake$: this.network.wake$,
          }),
        )
        .subscribe({
          next: (step) => {
            this.#step(run, step);
          },
          error: (error: unknown) => {
            this.#over(run, asKnown(error));
          },
          complete: () => {
            this.#over(run, undefined);
          },
        }),
    );
  }

  #joinOptions(run: Run): Parameters<typeof openSession>[1] {
    const { realm, auth, handshakeTimeoutMs, heartbeat, traceback, maxInvocations, passthru } = this.settings;
    return {
      realm,
      agent: AGENT,
      authenticators: auth,
      timeoutMs: handshakeTimeoutMs,
      heartbeat,
      hurry$: this.network.doubt$,
      roundTrip: this.roundTrip,
      traceback,
      maxInvocations,
      keepsTime,
      passthru,
      roles: passthru && PACKING_CLIENT_ROLES,
      fault: this.fault,
      challenged: () => {
        if (run === this.#run) this.#go({ status: 'authenticating', attempt: this.#attempt });
      },
    };
  }

  #step(run: Run, step: ReconnectState<Session>): void {
    if (run === this.#next) this.#stepNext(run, step);
    else if (run !== this.#run) {
      // The session that was moved from is lost: nothing is made again of it.
      if (step.status === 'waiting') this.#drop(run);
    } else if (this.#closing !== 'yes') this.#stepPresent(run, step);
  }

  #stepPresent(run: Run, step: ReconnectState<Session>): void {
    switch (step.status) {
      case 'connecting':
        this.#attempt = step.attempt;
        this.#go({ status: 'connecting', attempt: step.attempt });
        return;
      case 'connected':
        this.#joined(run, step.resource);
        return;
      case 'waiting':
        this.#lost(run);
        if (this.#next === undefined)
          this.#go({ status: 'waiting', attempt: step.attempt, delayMs: step.delayMs, cause: asKnown(step.cause) });
        else this.#moved(this.#next);
    }
  }

  #stepNext(run: Run, step: ReconnectState<Session>): void {
    switch (step.status) {
      case 'connecting':
        return;
      case 'connected':
        this.#restore(run, step.resource, () => {
          this.#handOver(run);
        });
        return;
      case 'waiting':
        this.#stay(asKnown(step.cause));
    }
  }

  /** Makes everything durable again; `done` when the router has answered for all, or takes too long. */
  #restore(run: Run, session: Session, done: () => void, meanwhile?: () => void): void {
    this.#hadSession = true;
    run.session = session;
    run.restoring = new Restoring(this.settings.handshakeTimeoutMs, done);
    run.restoring.start(session, this.#durables, meanwhile);
  }

  #joined(run: Run, session: Session): void {
    const letOut = (): void => {
      for (const outlet of this.#outlets) outlet.up(session);
    };
    const announce = (): void => {
      this.#announce(session);
    };
    this.#restore(run, session, announce, letOut);
  }

  /** All is made in the next session: when the present one has said all it had to say, the next takes its place. */
  #handOver(run: Run): void {
    const { session } = this;
    // What has to be settled is settled by its loss, too.
    if (run.session?.isOpen !== true) return;
    if (run === this.#run) {
      this.#announce(run.session);
      return;
    }
    const moved = (): void => {
      run.remove(clock);
      clock.unsubscribe();
      this.#moved(run);
    };
    const clock = after(this.settings.closeTimeoutMs).subscribe(moved);
    run.add(clock);
    if (session === undefined) moved();
    else session.probe(moved);
  }

  /** The next session takes the place of the present one, or of one that was lost before the next was ready. */
  #moved(run: Run): void {
    if (run !== this.#next) return;
    const former = this.#run;
    this.#next = undefined;
    this.#run = run;
    for (const durable of [...this.#durables]) durable.moved();
    if (run.session !== undefined && run.restoring?.isDone === true) this.#announce(run.session);
    else this.#go({ status: 'connecting', attempt: 1 });
    if (former !== undefined) this.#retire(former);
  }

  /** What runs in the session before goes on to its end there. */
  #retire(run: Run): void {
    const { session } = run;
    if (session?.isOpen !== true) {
      run.unsubscribe();
      return;
    }
    this.#former.add(run);
    run.add(
      session.drain(DRAIN_TIMEOUT_MS).subscribe({
        complete: () => {
          const error = new ConnectionLostError('the client has moved to another session', { attempted: 'session' });
          session.leave(error, this.settings.closeTimeoutMs);
        },
      }),
    );
  }

  /** There is no next session: the present one stands. */
  #stay(error: RxWampError): void {
    this.#drop(this.#next);
    this.#endMove(error);
  }

  #drop(run: Run | undefined): void {
    if (run === undefined) return;
    if (run === this.#next) this.#next = undefined;
    this.#former.delete(run);
    this.#lost(run);
    run.unsubscribe();
  }

  #announce(session: Session): void {
    if (this.session !== session) return;
    if (this.#pauses > 0) session.pause();
    this.#go({ status: 'connected', session: session.info });
    this.#moving?.next(session.info);
    this.#endMove(undefined);
  }

  #endMove(error: RxWampError | undefined): void {
    const moving = this.#moving;
    this.#moving = undefined;
    if (error === undefined) moving?.complete();
    else moving?.error(error);
  }

  #lost(run: Run): void {
    run.restoring?.stop();
    run.session = undefined;
  }

  /** A row of sessions has ended: because we left, or for an error that a retry cannot mend. */
  #over(run: Run, error: RxWampError | undefined): void {
    if (run === this.#next) this.#stay(error ?? this.closed('reconnect'));
    else if (run !== this.#run) this.#former.delete(run);
    else if (error === undefined && this.#closing === 'no' && this.#moving !== undefined) {
      this.#lost(run);
      this.#begin();
    } else this.#end(error);
  }

  #end(cause: RxWampError | undefined): void {
    this.#closing = 'yes';
    const state: ConnectionState = { status: 'closed', cause };
    this.#state = state;
    for (const run of [this.#next, ...this.#former, this.#run]) this.#drop(run);
    const durables = [...this.#durables];
    this.#durables.clear();
    for (const outlet of this.#outlets) outlet.down();
    for (const durable of durables) durable.end(cause);
    this.#endMove(this.closed('reconnect'));
    this.#state$.next(state);
    this.#state$.complete();
  }

  #go(state: ConnectionState): void {
    if (this.#closing === 'yes') return;
    this.#state = state;
    this.#state$.next(state);
  }
}

const asKnown = (error: unknown): RxWampError =>
  isRxWampError(error)
    ? error
    : new ConnectionLostError('the connection failed', { attempted: 'connection', cause: error });
