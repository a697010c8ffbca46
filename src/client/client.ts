import { Subject, filter, firstValueFrom, map, type Observable } from 'rxjs';
import { checkNumber } from '../operators/options.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { ConnectionLostError, isRxWampError, UsageError, type RxWampError } from '../protocol/errors.js';
import type { List, Uri } from '../protocol/message.js';
import type { PayloadInput } from '../protocol/payload.js';
import { isUri } from '../protocol/uri.js';
import type { WampEvent } from '../session/event.js';
import type { Handler, Invocation } from '../session/invocation.js';
import type { SessionInfo } from '../session/session-info.js';
import { callProcedure, type CallOptions, type Chunk } from './calls.js';
import { Connection, DRAIN_TIMEOUT_MS } from './connection.js';
import type {
  AnyContract,
  ChunkOf,
  Contract,
  EventOf,
  GapOf,
  HandlerResult,
  InputOf,
  InvocationOf,
  MatchOf,
  ProcedureUri,
  ProceduresOf,
  PublicationOf,
  Rest,
  ResultOf,
  SubjectUri,
  TopicsOf,
  TopicUri,
  ValueOf,
} from './contract.js';
import { mayPause, transports } from './dial.js';
import { networkSignals } from './network.js';
import { toSettings, type Settings, type WampClientOptions } from './options.js';
import { Outbox, type OutboxStats } from './outbox.js';
import { publishEvent, type Publication, type PublishOptions } from './publishing.js';
import { registration, type RegisterOptions, type Registration } from './registration.js';
import { Routers } from './routers.js';
import type { ContractOption } from './schema.js';
import type { ConnectionState } from './state.js';
import type { GapPolicy, TopicOptions } from './topic-options.js';
import { topicSubject, type SubjectOptions, type TopicSubject } from './topic-subject.js';
import { Topics } from './topics.js';
import { isBelow, writable } from './writable.js';

/** How a client is closed. */
export interface CloseOptions {
  /** Whether what runs may end first. Default: false. */
  readonly drain?: boolean;
  /** How long that may take. Default: 30,000. */
  readonly drainTimeoutMs?: number;
  /** The reason in GOODBYE; `wamp.close.logout` also ends a login that the router remembers. Default: `wamp.close.close_realm`. */
  readonly reason?: Uri;
}

const badReason = (reason: unknown): UsageError =>
  new UsageError(ErrorUri.INVALID_URI, `the reason must be a URI, not ${String(reason)}`, { attempted: 'GOODBYE' });

/**
 * A WAMP client in which everything that changes over time is an Observable.
 *
 * It connects on first use, once, and keeps every topic and registration that somebody is subscribed to alive over lost
 * connections. One client is one session at a time in one realm.
 *
 * @typeParam Api the contract of the realm: which topics and procedures there are, and their payloads. By default that of
 * the option `contract`; without one every URI is allowed and payloads are `unknown`.
 * @example
 * const wamp = new WampClient({ url: 'ws://localhost:8080/ws', realm: 'realm1' });
 * wamp.topic('com.example.tick').subscribe(({ args }) => show(args));
 * wamp.call('com.example.add', [2, 3]).pipe(value()).subscribe((sum) => show(sum));
 */
export class WampClient<Api extends Contract = AnyContract> {
  /** A type alone: so that the client of one contract is not taken for that of another. */
  declare protected readonly contract?: Api | undefined;
  readonly #settings: Settings;
  readonly #mayPause: boolean;
  readonly #connection: Connection;
  readonly #topics: Topics;
  readonly #outbox: Outbox;
  readonly #waitingCalls: Outbox;
  readonly #faults$ = new Subject<RxWampError>();
  readonly #roundTrips$ = new Subject<number>();

  /**
   * Makes a client; nothing is sent until it is used.
   *
   * @throws {UsageError} when an option makes no sense, saying which.
   */
  constructor(options: WampClientOptions & ContractOption<Api>) {
    this.#settings = toSettings(options);
    this.#mayPause = mayPause(options);
    const routers = new Routers(transports(options), this.#settings.retry || {});
    const roundTrip = (ms: number): void => {
      this.#roundTrips$.next(ms);
    };
    this.#connection = new Connection(this.#settings, routers, networkSignals(), roundTrip, this.#fault);
    const { calls, ...publications } = this.#settings.outbox;
    this.#outbox = new Outbox(this.#connection, 'PUBLISH', publications);
    this.#waitingCalls = new Outbox(this.#connection, 'CALL', calls);
    this.#topics = new Topics(this.#connection, this.#settings.lingerMs, this.#fault);
    this.state$.subscribe({
      complete: () => {
        // What fails because of the end is told a microtask later.
        queueMicrotask(() => {
          this.#faults$.complete();
          this.#roundTrips$.complete();
        });
      },
    });
  }

  /**
   * Where the connection stands: the present state at once, then each change. Completes after `closed`; never errors.
   *
   * `connected` comes after every live topic and registration has been made again, so who acts on it finds them there.
   * Watching it does not make the client connect.
   */
  get state$(): Observable<ConnectionState> {
    return this.#connection.state$;
  }

  /** Where the connection stands now. */
  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** Each session that is joined: the present one at once, if there is one, and never one that is gone. Completes with `state$`, and like it does not make the client connect; why there is none is on `state$`. */
  get session$(): Observable<SessionInfo> {
    return this.state$.pipe(
      filter((state) => state.status === 'connected'),
      map(({ session }) => session),
    );
  }

  /**
   * Errors that have nowhere else to go: a publication that failed and whose Observable nobody watched, an event that is
   * not what the contract says, a payload that could not be unpacked. Nothing is replayed; completes after `state$`.
   */
  get faults$(): Observable<RxWampError> {
    return this.#faults$.asObservable();
  }

  /**
   * How long the router took to answer each heartbeat, in ms. Nothing is replayed; completes when the client is closed. A
   * router that is never silent is not asked, and without the option `heartbeat` none is.
   */
  get roundTripMs$(): Observable<number> {
    return this.#roundTrips$.asObservable();
  }

  /**
   * Whether there is a connection that takes more: false while there is none, and from `writable.highBytes` bytes that wait
   * to leave this machine until there are `writable.lowBytes` again. The present value at once, then each change; completes after
   * `closed`. Publishing while it is false is no error: what is sent piles up in memory.
   *
   * @see {@link publishFrom}, which waits for it
   */
  get writable$(): Observable<boolean> {
    return writable(this.#connection, this.#settings.writable);
  }

  /** Whether there is a connection that takes more, now: see {@link writable$}. */
  get isWritable(): boolean {
    return (
      this.#connection.state.status === 'connected' && isBelow(this.#connection, this.#settings.writable.highBytes)
    );
  }

  /** How many publications wait for a connection, and how many were dropped. */
  get outbox(): OutboxStats {
    return this.#outbox.stats;
  }

  /** Connects, if nothing has made it connect yet. Watch `state$` for what comes of it. */
  connect(): void {
    this.#connection.open();
  }

  /**
   * Leaves the session for a new one, e.g. because credentials or the URL have changed: functions given as options are
   * asked again.
   *
   * By default calls in flight error with `ConnectionLostError` and topics have their gap, as after any lost connection. With
   * `graceful` the new session is joined, and every topic and registration made in it, before the old one is left: events come
   * from the old one until it has said all it had to say, then from the new one, none twice (by publication id) and none
   * missing; calls and invocations that run end in the old one, within 30 s. A procedure that one callee alone may have changes hands in a short
   * gap. If the new session cannot be had, the old one stays.
   *
   * @returns resolves with the new session; rejects with why there is none (`ConnectionRefusedError`, `TimeoutError`, …), or
   * with `ClientClosedError`. A client that has not connected yet connects.
   */
  async reconnect({ graceful = false }: { readonly graceful?: boolean } = {}): Promise<SessionInfo> {
    return firstValueFrom(this.#connection.move(graceful));
  }

  /**
   * Whether {@link pause} stops the socket: false in browsers and over transports that cannot. Before the first session of a
   * `transport` nobody knows, and it is true. What takes a client as its `pausable` looks at it when it is built.
   */
  get canPause(): boolean {
    return this.#connection.session?.canPause ?? this.#mayPause;
  }

  /**
   * Stops reading the socket, so that the router feels it: for a consumer that cannot keep up (see `overflow: 'pause'` of
   * `processQueue`, which takes a client as its `pausable`). Everything stops: all topics, results and invocations. Silence is not watched
   * for meanwhile, and a router may disconnect who does not read. Stays in force over reconnects until {@link resume} was called as often.
   *
   * @returns false where the platform cannot, as in browsers; nothing has changed then.
   */
  pause(): boolean {
    return this.#connection.pause();
  }

  /** Takes one {@link pause} back. */
  resume(): void {
    this.#connection.resume();
  }

  /**
   * Says GOODBYE, waits `closeTimeoutMs` at most for the answer, and is final: retries stop, calls in flight error with
   * `ClientClosedError`, topics and registrations complete, and whatever is asked for later errors with `ClientClosedError`.
   *
   * With `drain` procedures are unregistered first, and calls and invocations that run may end, within `drainTimeoutMs`;
   * nothing new is taken meanwhile. Closing again without `drain` puts an end to that.
   *
   * @returns resolves when the connection is closed; rejects only with `UsageError`, when an option makes no sense.
   */
  async close({ drain = false, drainTimeoutMs = DRAIN_TIMEOUT_MS, reason }: CloseOptions = {}): Promise<void> {
    checkNumber('close', 'drainTimeoutMs', drainTimeoutMs, 0);
    if (reason !== undefined && !isUri(reason)) throw badReason(reason);
    this.#connection.close(reason, drain ? drainTimeoutMs : undefined);
    await firstValueFrom(this.state$.pipe(filter(({ status }) => status === 'closed')));
  }

  /**
   * Events of a topic, for as long as somebody is subscribed, whatever becomes of connections meanwhile.
   *
   * Cold. Subscribers with equal options share one SUBSCRIBE; the last to leave sends UNSUBSCRIBE, after `lingerMs`.
   * Events come in the order the broker sent them. It completes when the client is closed, and errors with
   * `WampError` when the broker refuses, `RevokedError` when it takes the subscription back, `UsageError` when the URI is
   * malformed or the router lacks a feature, `ClientClosedError` when the client is closed already, and with what
   * ended the client when that was an error.
   *
   * @see WAMP spec, Publish and Subscribe
   */
  topic<U extends keyof TopicsOf<Api> & string, Gaps extends GapPolicy = 'silent'>(
    topic: U,
    options?: TopicOptions & { readonly match?: MatchOf<TopicUri<Api>>; readonly gaps?: Gaps },
  ): Observable<EventOf<Api, U> | GapOf<Gaps>>;
  topic<Gaps extends GapPolicy = 'silent'>(
    pattern: Uri,
    options: TopicOptions & { readonly match: 'prefix' | 'wildcard'; readonly gaps?: Gaps },
  ): Observable<WampEvent | GapOf<Gaps>>;
  topic(uri: Uri, options: TopicOptions = {}): Observable<unknown> {
    return this.#topics.stream(uri, options, this.#settings.contract.topics?.[uri]);
  }

  /**
   * Publishes now; with no connection, as soon as there is one (see the option `outbox`).
   *
   * Hot: it is sent whether or not the result is subscribed to, and ignoring the result is safe. With `acknowledge` the
   * result emits the publication and completes when the broker has accepted it; without, it completes when the event is
   * handed to the connection. It errors with `WampError` when the broker refuses (only with `acknowledge`), `SerializationError`, `UsageError`,
   * `OverflowError` or `TimeoutError` when the outbox dropped it, `ConnectionLostError` when the acknowledgement was lost, `ClientClosedError`;
   * an error that nobody listens for goes to `faults$`.
   *
   * @see WAMP spec, Publish and Subscribe / PUBLISH
   */
  publish<U extends keyof TopicsOf<Api> & string>(
    topic: U,
    ...rest: Rest<PublicationOf<Api, U>, PublishOptions>
  ): Observable<Publication> {
    const [payload, options = {}] = rest as readonly [PayloadInput?, PublishOptions?];
    return publishEvent(
      { connection: this.#connection, outbox: this.#outbox, fault: this.#fault },
      topic,
      payload,
      options,
    );
  }

  /**
   * Calls a procedure.
   *
   * Cold: each subscription is one call, and unsubscribing cancels it. It emits the result and completes; with
   * `progress` it emits each progressive result first (a last result without payload is then left out). The payload may be an Observable of
   * payloads, which are streamed to the callee (progressive call invocation). It errors with `WampError` as the callee or the router
   * says, `TimeoutError`, `SerializationError`, `UsageError`, `OverflowError` when too many calls wait for a connection, `ConnectionLostError` when the connection is
   * lost before the result came (it is not repeated: see `retryCall`), `ClientClosedError`, `ContractError` when the result is not what
   * the contract says.
   *
   * @see WAMP spec, Remote Procedure Calls
   */
  call<U extends keyof ProceduresOf<Api> & string, Progress extends boolean = false>(
    procedure: U,
    ...rest: Rest<InputOf<Api, U> | Observable<ChunkOf<Api, U>>, CallOptions & { readonly progress?: Progress }>
  ): Observable<ResultOf<Api, U, Progress>>;
  call(procedure: Uri, ...rest: List): Observable<unknown> {
    // The signature above says what it may be; whatever else comes is refused where it is read.
    const [payload, options = {}] = rest as readonly [(PayloadInput | Observable<Chunk>)?, CallOptions?];
    const schemas = this.#settings.contract.procedures?.[procedure];
    return callProcedure(this.#connection, this.#waitingCalls, procedure, payload, options, schemas);
  }

  /**
   * Offers a procedure, for as long as somebody is subscribed, whatever becomes of connections meanwhile.
   *
   * Cold: REGISTER on subscribe, again in every session, UNREGISTER on unsubscribe. It emits the registration each time
   * callers can reach it, completes when the client is closed, and errors with `WampError` when the dealer refuses (but see
   * `onConflict`), `RevokedError` when it takes the registration back, `UsageError`, `ClientClosedError`, and with what ended the client when that was an error.
   *
   * The handler returns a value (the one argument of the result), a `payload(…)`, a Promise, or an Observable or async
   * iterable whose values are progressive results; to a caller that did not ask for progress only the last is sent. What it
   * throws becomes the ERROR: a `WampError` as it is, anything else as `wamp.error.runtime_error`. When the caller
   * cancels, `invocation.signal` aborts and the Observable is unsubscribed.
   *
   * @see WAMP spec, Remote Procedure Calls / Registering and Unregistering
   */
  register<U extends keyof ProceduresOf<Api> & string>(
    procedure: U,
    handler: (invocation: InvocationOf<Api, U>) => HandlerResult<Api, U>,
    options?: RegisterOptions & { readonly match?: MatchOf<ProcedureUri<Api>> },
  ): Observable<Registration>;
  register(
    pattern: Uri,
    handler: (invocation: Invocation) => unknown,
    options: RegisterOptions & { readonly match: 'prefix' | 'wildcard' },
  ): Observable<Registration>;
  register(
    procedure: Uri,
    handler: (invocation: never) => unknown,
    options: RegisterOptions = {},
  ): Observable<Registration> {
    const { retry, contract } = this.#settings;
    // The overloads type what the wire cannot: that invocations of this procedure carry what its contract says.
    return registration(
      { connection: this.#connection, retry },
      procedure,
      handler as Handler,
      options,
      contract.procedures?.[procedure],
    );
  }

  /**
   * A topic as both ends of a stream of values: `next(value)` publishes it as the one argument, `subscribe` gets the values
   * of others. Equal to `topic` and `publish` in everything else. What the values are is in the contract; a client without
   * one takes your word.
   *
   * @example
   * const tick$ = wamp.subject('com.example.tick'); // or, without a contract, wamp.subject<number>('com.example.tick')
   * interval(1_000).subscribe(tick$);
   */
  subject<U extends SubjectUri<Api>>(topic: U, options?: SubjectOptions): TopicSubject<ValueOf<Api, U>>;
  subject<T>(topic: string extends TopicUri<Api> ? Uri : never, options?: SubjectOptions): TopicSubject<T>;
  subject(topic: Uri, options: SubjectOptions = {}): TopicSubject<unknown> {
    const { subscribe = {}, publish = {} } = options;
    // Gap notices are no values.
    const events$ = this.#topics.stream(
      topic,
      { ...subscribe, gaps: 'silent' },
      this.#settings.contract.topics?.[topic],
    ) as Observable<WampEvent>;
    const context = { connection: this.#connection, outbox: this.#outbox, fault: this.#fault };
    return topicSubject(topic, events$, (one) => publishEvent(context, topic, [one] as List, publish), this.#fault);
  }

  readonly #fault = (error: unknown): void => {
    this.#faults$.next(
      isRxWampError(error) ? error : new ConnectionLostError('unexpected', { attempted: 'client', cause: error }),
    );
  };
}
