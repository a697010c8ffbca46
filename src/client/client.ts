import { Subject, filter, firstValueFrom, map, type Observable } from 'rxjs';
import type { RxWampError } from '../protocol/errors.js';
import { isRxWampError, ConnectionLostError } from '../protocol/errors.js';
import type { List, Uri } from '../protocol/message.js';
import type { PayloadInput } from '../protocol/payload.js';
import type { WampEvent } from '../session/event.js';
import type { Handler, Invocation } from '../session/invocation.js';
import type { SessionInfo } from '../session/session-info.js';
import { callProcedure, type CallOptions, type Chunk } from './calls.js';
import { Connection } from './connection.js';
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
import { transports } from './dial.js';
import { networkSignals } from './network.js';
import { toSettings, type Settings, type WampClientOptions } from './options.js';
import { Outbox, type OutboxStats } from './outbox.js';
import { publishEvent, type Publication, type PublishOptions } from './publishing.js';
import { registration, type RegisterOptions, type Registration } from './registration.js';
import type { ContractOption } from './schema.js';
import type { ConnectionState } from './state.js';
import type { GapPolicy, TopicOptions } from './topic-options.js';
import { topicSubject, type SubjectOptions, type TopicSubject } from './topic-subject.js';
import { Topics } from './topics.js';

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
  readonly #connection: Connection;
  readonly #topics: Topics;
  readonly #outbox: Outbox;
  readonly #faults$ = new Subject<RxWampError>();

  /**
   * Makes a client; nothing is sent until it is used.
   *
   * @throws {UsageError} when an option makes no sense, saying which.
   */
  constructor(options: WampClientOptions & ContractOption<Api>) {
    this.#settings = toSettings(options);
    this.#connection = new Connection(this.#settings, transports(options), networkSignals());
    this.#outbox = new Outbox(this.#connection, this.#settings.outbox);
    this.#topics = new Topics(this.#connection, this.#settings.lingerMs, this.#fault);
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

  /** Each session that is joined: the present one at once, if there is one, and never one that is gone. Completes with `state$`, and like it does not make the client connect. */
  get session$(): Observable<SessionInfo> {
    return this.state$.pipe(
      filter((state) => state.status === 'connected'),
      map(({ session }) => session),
    );
  }

  /**
   * Errors that have nowhere else to go: a publication that failed and whose Observable nobody watched, an event that is
   * not what the contract says. Nothing is replayed.
   */
  get faults$(): Observable<RxWampError> {
    return this.#faults$.asObservable();
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
   * Says GOODBYE, waits `closeTimeoutMs` at most for the answer, and is final: retries stop, calls in flight error with
   * `ClientClosedError`, topics and registrations complete, and whatever is asked for later errors with `ClientClosedError`.
   *
   * @returns resolves when the connection is closed; never rejects.
   */
  async close(): Promise<void> {
    this.#connection.close();
    await firstValueFrom(this.state$.pipe(filter(({ status }) => status === 'closed')));
    this.#faults$.complete();
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
    return callProcedure(this.#connection, procedure, payload, options, schemas);
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
