import type { Injector } from '@angular/core';
import { AsyncSubject, EMPTY, filter, map, merge, NEVER, Observable, Subject } from 'rxjs';
import {
  ClientClosedError,
  ConnectionLostError,
  isRxWampError,
  isTopicGap,
  WampClient,
  type ConnectionState,
  type Invocation,
  type List,
  type PayloadInput,
  type Publication,
  type PublishOptions,
  type RegisterOptions,
  type Registration,
  type RxWampError,
  type SessionInfo,
  type SubjectOptions,
  type TopicOptions,
  type TopicSubject,
  type Uri,
  type WampClientOptions,
  type WampEvent,
} from 'rxwamp';
import { throughInterceptors, type WampInterceptorFn, type WampRequest, type WampResponse } from './interceptor.js';
import type { Zones } from './zones.js';

/** What a client of an Angular application has beside its options. */
export interface AngularSetting {
  readonly zones: Zones;
  readonly injector: Injector;
  readonly interceptors: readonly WampInterceptorFn[];
  /** Whether it never connects: on a server that was not asked to. */
  readonly inert: boolean;
  /** How long rendering on a server waits for the first value of anything, in milliseconds. */
  readonly serverTimeoutMs: number | undefined;
}

/**
 * The client of an Angular application: a `WampClient` that lives outside of Angular's zone, sends all it is asked for
 * through the interceptors, and on a server that was not asked to connect does nothing.
 */
export class AngularWampClient extends WampClient {
  /** Whether it never connects. */
  readonly inert: boolean;
  /** How long rendering on a server waits; undefined where nobody renders on a server. */
  readonly serverTimeoutMs: number | undefined;
  readonly #zones: Zones;
  readonly #intercept: ((request: WampRequest) => Observable<WampResponse>) | undefined;
  readonly #unheard$ = new Subject<RxWampError>();
  #closed = false;

  constructor(options: WampClientOptions, { zones, injector, interceptors, inert, serverTimeoutMs }: AngularSetting) {
    super(inert ? neverConnecting(options) : options);
    this.inert = inert;
    this.serverTimeoutMs = serverTimeoutMs;
    this.#zones = zones;
    if (interceptors.length > 0)
      this.#intercept = throughInterceptors(interceptors, injector, (request) => this.#end(request));
    super.state$.subscribe({
      complete: () => {
        // What fails because of the end is told a microtask later.
        queueMicrotask(() => this.#unheard$.complete());
      },
    });
  }

  override get state$(): Observable<ConnectionState> {
    // The base class may look at it before there are fields here.
    return #zones in this ? this.#zones.bridge(super.state$) : super.state$;
  }

  override get faults$(): Observable<RxWampError> {
    return this.#zones.bridge(merge(super.faults$, this.#unheard$));
  }

  override get roundTripMs$(): Observable<number> {
    return this.#zones.bridge(super.roundTripMs$);
  }

  override get writable$(): Observable<boolean> {
    return this.#zones.bridge(super.writable$);
  }

  override connect(): void {
    if (!this.inert) this.#zones.outside(() => super.connect());
  }

  override async reconnect(...options: Parameters<WampClient['reconnect']>): Promise<SessionInfo> {
    if (this.inert && !this.#closed)
      throw new ClientClosedError('this server does not connect', { attempted: 'reconnect' });
    return this.#zones.outside(() => super.reconnect(...options));
  }

  override async close(...options: Parameters<WampClient['close']>): Promise<void> {
    this.#closed = true;
    await this.#zones.outside(() => super.close(...options));
  }

  // The signatures of the base class type what the wire cannot; nothing here changes what passes. `never` fits them all.
  override topic(uri: Uri, options: TopicOptions = {}): Observable<never> {
    return this.#zones.bridge(this.#handle({ kind: 'subscribe', uri, options })) as Observable<never>;
  }

  override call(uri: Uri, ...rest: List): Observable<never> {
    const [payload, options = {}] = rest as Rest<'call'>;
    return this.#zones.bridge(this.#handle({ kind: 'call', uri, payload, options })) as Observable<never>;
  }

  override register(
    uri: Uri,
    handler: (invocation: never) => unknown,
    options: RegisterOptions = {},
  ): Observable<Registration> {
    return new Observable<Registration>((subscriber) => {
      const back = this.#zones.wayBack();
      // The base class hands the handler what its signature says.
      const run = handler as (invocation: Invocation) => unknown;
      const request: WampRequest = { kind: 'register', uri, handler: (call) => back(() => run(call)), options };
      // What comes back of a registration is registrations.
      return (this.#zones.bridge(this.#handle(request)) as Observable<Registration>).subscribe(subscriber);
    });
  }

  override publish(uri: Uri, ...rest: List): Observable<Publication> {
    const [payload, options = {}] = rest as Rest<'publish'>;
    return this.#publish(uri, payload, options);
  }

  override subject(uri: Uri, { subscribe = {}, publish = {} }: SubjectOptions = {}): TopicSubject<never> {
    // What a topic carries is the contract's word, or the caller's; gap notices are no values.
    const events$ = this.topic(uri, { ...subscribe, gaps: 'silent' }) as Observable<WampEvent>;
    const values$ = events$.pipe(
      filter((event) => !isTopicGap(event)),
      map(({ value }) => value as never),
    );
    let stopped = false;
    return Object.assign(values$, {
      next: (value: unknown): void => {
        if (!stopped) this.#publish(uri, [value] as List, publish);
      },
      error: (error: unknown): void => {
        stopped = true;
        this.#unheard$.next(asKnown(error, 'PUBLISH', uri));
      },
      complete: (): void => {
        stopped = true;
      },
    });
  }

  /** Hot, as it is without interceptors: these run at once, and what fails unheard goes to the faults. */
  #publish(uri: Uri, payload: PayloadInput | undefined, options: PublishOptions): Observable<Publication> {
    const request: WampRequest = { kind: 'publish', uri, payload, options };
    if (this.#intercept === undefined || this.#closed) {
      // What comes back of a publication is its acknowledgement.
      const answer$ = this.#zones.outside(() => this.#end(request)) as Observable<Publication>;
      return this.#zones.bridge(answer$);
    }
    const answer$ = new AsyncSubject<Publication>();
    let heard = false;
    const subscription = this.#zones.outside(() =>
      this.#handle(request).subscribe({
        next: (publication) => {
          answer$.next(publication as Publication);
        },
        error: (error: unknown) => {
          answer$.error(error);
          // Who publishes has not had the time to listen yet, when it fails at once.
          queueMicrotask(() => {
            if (!heard) this.#unheard$.next(asKnown(error, 'PUBLISH', uri));
          });
        },
        complete: () => {
          answer$.complete();
        },
      }),
    );
    // An interceptor may go on for ever; the client does not.
    const ended = super.state$.subscribe({
      complete: () => {
        queueMicrotask(() => {
          if (subscription.closed) return;
          subscription.unsubscribe();
          answer$.error(new ClientClosedError('the client was closed', { attempted: 'PUBLISH', on: uri }));
        });
      },
    });
    subscription.add(() => ended.unsubscribe());
    return this.#zones.bridge(
      new Observable<Publication>((subscriber) => {
        heard = true;
        return answer$.subscribe(subscriber);
      }),
    );
  }

  #handle(request: WampRequest): Observable<WampResponse> {
    // Interceptors need the injector, which is gone when the client is closed; it then says so itself.
    return this.#intercept === undefined || this.#closed ? this.#end(request) : this.#intercept(request);
  }

  /** What is behind the last interceptor. */
  #end(request: WampRequest): Observable<WampResponse> {
    if (this.inert && !this.#closed) return EMPTY;
    switch (request.kind) {
      case 'call':
        return super.call(request.uri, request.payload, request.options);
      case 'publish':
        return super.publish(request.uri, request.payload, request.options);
      case 'subscribe':
        return super.topic(request.uri, request.options);
      case 'register':
        return super.register(request.uri, request.handler, request.options);
    }
  }
}

/** What a caller of the base class's method gives after the URI, which its signature says. */
type Rest<Kind extends 'call' | 'publish'> = readonly [
  payload?: Extract<WampRequest, { kind: Kind }>['payload'],
  options?: Extract<WampRequest, { kind: Kind }>['options'],
];

/** The options without what would reach a network; a URL that only a page can resolve is not even looked at. */
function neverConnecting({ url, serializers, maxMessageBytes, ...options }: WampClientOptions): WampClientOptions {
  return { ...options, transport: NEVER };
}

const asKnown = (error: unknown, attempted: string, on: Uri): RxWampError =>
  isRxWampError(error)
    ? error
    : new ConnectionLostError('an interceptor or a source failed', { attempted, on, cause: error });
