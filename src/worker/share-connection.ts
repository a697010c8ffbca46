import {
  BehaviorSubject,
  defer,
  from,
  NEVER,
  of,
  Subject,
  Subscription,
  switchMap,
  take,
  throwIfEmpty,
  type Observable,
} from 'rxjs';
import { WampClient } from '../client/client.js';
import type { WampClientOptions } from '../client/options.js';
import type { ConnectionState } from '../client/state.js';
import * as Code from '../protocol/codes.js';
import {
  ConnectionRefusedError,
  isConnectionRefusedError,
  isRxWampError,
  SerializationError,
  type RxWampError,
} from '../protocol/errors.js';
import * as CloseUri from '../protocol/close-uris.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { after } from '../session/after.js';
import type { Link } from '../transports/link.js';
import { memoryTransport, type MemoryOptions } from '../transports/memory.js';
import { acceptPort } from '../transports/message-port-accept.js';
import type { PortLike } from '../transports/message-port-like.js';
import type { MessagePortOptions } from '../transports/message-port.js';
import type { Transport } from '../transports/transport.js';
import { webSocketTransport } from '../transports/websocket.js';
import { limitsWith, type ShareLimits } from './limits.js';
import type { Relay } from './relay.js';
import { spliced } from './splice.js';
import { Tab, type TabHost } from './tab.js';

/**
 * Options of {@link shareConnection}: those of a client that have to do with its connection, and what is said here. What has
 * to do with topics, publications and procedures belongs to the clients in the tabs.
 */
export interface ShareOptions extends Pick<
  WampClientOptions,
  | 'url'
  | 'transport'
  | 'realm'
  | 'auth'
  | 'serializers'
  | 'retry'
  | 'handshakeTimeoutMs'
  | 'closeTimeoutMs'
  | 'heartbeat'
  | 'maxMessageBytes'
> {
  /** What the tabs may use up. Default: what is said at each of {@link ShareLimits}. */
  readonly limits?: Partial<ShareLimits> | undefined;
  /** The connections to the tabs: their formats (Default: `[json()]`) and largest message. */
  readonly port?: MessagePortOptions | undefined;
}

/** As much of a `SharedWorkerGlobalScope` as is used here: what a shared worker calls `self`. */
export interface TabScope {
  addEventListener(type: 'connect', listener: (event: { readonly ports: readonly PortLike[] }) => void): void;
}

/**
 * One connection to a router, shared by the tabs of an origin: made with {@link shareConnection}.
 *
 * It connects when the first tab joins, reconnects as a `WampClient` does, and says GOODBYE when the last tab has been gone for
 * `limits.lingerMs`.
 */
export class SharedConnection {
  readonly #options: ShareOptions;
  readonly #limits: ShareLimits;
  readonly #tabs = new Set<Tab>();
  readonly #state$ = new BehaviorSubject<ConnectionState>({ status: 'idle' });
  readonly #faults$ = new Subject<RxWampError>();
  readonly #transports: () => Transport;
  readonly #host: TabHost;
  #client: WampClient | undefined;
  #relay: Relay | undefined;
  /** A session that others may join: it is joined, and the client that holds it is content with it. */
  #ready: Relay | undefined;
  #lingering = Subscription.EMPTY;
  #closed: Promise<void> | undefined;

  /** @throws {UsageError} when an option makes no sense, saying which. */
  constructor(options: ShareOptions) {
    this.#options = options;
    this.#limits = limitsWith(options.limits);
    const { limits: _limits, port: _port, ...client } = options;
    // It checks the options, and does nothing else before it is used.
    new WampClient(client);
    this.#transports = transportsOf(options);
    this.#host = {
      limits: this.#limits,
      realm: options.realm,
      hello: (tab) => {
        this.#hello(tab);
      },
      reason: () => {
        const { value: state } = this.#state$;
        return state.status === 'waiting' ? state.cause.message : undefined;
      },
      gone: (tab) => {
        this.#gone(tab);
      },
    };
  }

  /**
   * Where the shared connection stands: now, and at each change. After `closed`, which is for a `cause` that a retry cannot
   * mend, the next tab that comes makes it try anew; after the last tab left it is `idle`. Completes with `close()`.
   */
  get state$(): Observable<ConnectionState> {
    return this.#state$.asObservable();
  }

  /** Errors that have nowhere else to go: an event that a tab's format cannot carry. */
  get faults$(): Observable<RxWampError> {
    return this.#faults$.asObservable();
  }

  /** How many tabs there are, those that wait to join among them. */
  get tabs(): number {
    return this.#tabs.size;
  }

  /** Serves the tab at the other end of a port, which dials with `messagePortTransport`. */
  acceptPort(port: PortLike): void {
    acceptPort(
      port,
      (link, { isWatched }) => {
        this.#accept(link, isWatched);
      },
      this.#options.port,
    );
  }

  /** A transport that leads here without leaving the worker: for a client of the worker's own, which is then like a tab. */
  transport(options?: MemoryOptions): Transport {
    return memoryTransport((link) => {
      this.#accept(link, true);
    }, options);
  }

  /**
   * Says GOODBYE to the tabs and to the router, and is final: tabs that come later are refused with
   * `wamp.close.system_shutdown`.
   *
   * @returns resolves when the connection to the router is closed; never rejects.
   */
  close(): Promise<void> {
    this.#closed ??= (async () => {
      const client = this.#client;
      this.#lingering.unsubscribe();
      for (const tab of [...this.#tabs]) tab.dismiss(CloseUri.SYSTEM_SHUTDOWN, 'the shared connection was closed');
      await client?.close();
      this.#client = undefined;
      this.#go({ status: 'closed', cause: undefined });
      this.#state$.complete();
      this.#faults$.complete();
    })();
    return this.#closed;
  }

  #accept(link: Link, isWatched: boolean): void {
    const { maxTabs } = this.#limits;
    const refuse = (reason: string, message: string): void => {
      link.next([Code.ABORT, { message }, reason]);
      link.complete();
    };
    if (this.#closed !== undefined) {
      refuse(CloseUri.SYSTEM_SHUTDOWN, 'the shared connection was closed');
    } else if (this.#tabs.size >= maxTabs) {
      refuse(ErrorUri.NETWORK_FAILURE, `${String(maxTabs)} tabs share the connection already`);
    } else {
      const tab = new Tab(link, isWatched, this.#host);
      this.#tabs.add(tab);
      tab.open();
    }
  }

  #hello(tab: Tab): void {
    this.#lingering.unsubscribe();
    if (this.#ready !== undefined) tab.welcome(this.#ready);
    else this.#connect();
  }

  #gone(tab: Tab): void {
    this.#tabs.delete(tab);
    if (this.#tabs.size > 0 || this.#client === undefined || this.#closed !== undefined) return;
    this.#lingering.unsubscribe();
    this.#lingering = after(this.#limits.lingerMs).subscribe(() => {
      this.#disconnect();
    });
  }

  #connect(): void {
    if (this.#client !== undefined) return;
    const {
      url: _url,
      serializers: _formats,
      maxMessageBytes: _max,
      limits: _limits,
      port: _port,
      ...rest
    } = this.#options;
    const client = new WampClient({
      ...rest,
      transport: () =>
        spliced(this.#transports(), {
          limits: this.#limits,
          joined: (relay) => {
            if (this.#client === client) this.#relay = relay;
          },
          ended: (relay, reason, text) => {
            if (this.#relay === relay) this.#relay = this.#ready = undefined;
            for (const tab of [...this.#tabs]) if (tab.isIn(relay)) tab.dismiss(reason, text);
          },
          fault: (error) => {
            this.#faults$.next(asKnown(error));
          },
        }),
    });
    this.#client = client;
    client.state$.subscribe((state) => {
      if (this.#client === client) this.#step(state);
    });
    client.connect();
  }

  #step(state: ConnectionState): void {
    if (state.status === 'idle') return;
    if (state.status === 'closed') {
      this.#client = this.#relay = this.#ready = undefined;
      this.#go(state);
      const { cause } = state;
      const reason = isConnectionRefusedError(cause) ? cause.reason : undefined;
      for (const tab of [...this.#tabs])
        if (tab.isWaiting) tab.abort(reason ?? ErrorUri.UNAVAILABLE, cause?.message ?? 'there is no connection');
      return;
    }
    this.#go(state);
    this.#ready = state.status === 'connected' ? this.#relay : undefined;
    if (this.#ready === undefined) return;
    for (const tab of [...this.#tabs]) tab.welcome(this.#ready);
  }

  /** Nobody needs it any more. */
  #disconnect(): void {
    const client = this.#client;
    this.#client = this.#relay = this.#ready = undefined;
    this.#go({ status: 'idle' });
    void client?.close();
  }

  #go(state: ConnectionState): void {
    this.#state$.next(state);
  }
}

/**
 * In a `SharedWorker`'s script: lets all tabs of an origin share one connection. Each tab has a `WampClient` of its own over
 * `sharedWorkerTransport`, with its own topics, calls and procedures, and everything works as on a connection of its own; the
 * tab that came first may go, the connection stays.
 *
 * To the router all tabs are one session. So: they have the same session id and identity (credentials are given here; a
 * tab needs none); `exclude` and `eligible` with that id mean all of them. A tab is still left out of its own
 * publications, and the other tabs are not, which costs an acknowledgement where both are subscribed. Where
 * several tabs register the same with a shared `invoke`, the router sees one callee, and the calls are shared out here; with
 * `single` the second is refused as by any router. Testaments are refused.
 *
 * When the connection is lost the tabs are told (GOODBYE), as they would be on one of their own: calls in flight error with
 * `ConnectionLostError`, topics have their gap, and their clients join again as soon as there is a session.
 * A tab that goes without a word is noticed at once by its Web Lock, or by the port's `close` event, where the platform has
 * one or the other; else when it does not answer (`limits.tabSilenceMs`, `tabAnswerMs`). What it had is then released.
 *
 * @param scope the worker's `self`; leave the option out and use {@link SharedConnection.acceptPort} where ports come another way.
 * @throws {UsageError} when an option makes no sense, saying which.
 * @example
 * // worker.js
 * import { shareConnection } from 'rxwamp/worker';
 * shareConnection(self, { url: 'wss://example.com/ws', realm: 'realm1' });
 *
 * // in the page
 * const worker = () => new SharedWorker(new URL('./worker.js', import.meta.url), { type: 'module' });
 * const wamp = new WampClient({ realm: 'realm1', transport: sharedWorkerTransport(worker) });
 */
export function shareConnection(scope: TabScope | undefined, options: ShareOptions): SharedConnection {
  const shared = new SharedConnection(options);
  scope?.addEventListener('connect', ({ ports }) => {
    for (const port of ports) shared.acceptPort(port);
  });
  return shared;
}

/** The transport of each attempt: what was given, or a WebSocket to the next URL in turn. */
function transportsOf({
  url,
  transport,
  serializers,
  maxMessageBytes,
  handshakeTimeoutMs,
}: ShareOptions): () => Transport {
  if (transport !== undefined) return typeof transport === 'function' ? transport : () => transport;
  const over = (to: string): Transport =>
    webSocketTransport({ url: to, serializers, maxMessageBytes, openTimeoutMs: handshakeTimeoutMs });
  if (typeof url === 'function') {
    const asked$ = defer(() => {
      const given = url();
      return typeof given === 'string' ? of(given) : from(given);
    }).pipe(
      take(1),
      throwIfEmpty(() => new ConnectionRefusedError('the url function gave none', { attempted: 'connect' })),
      switchMap(over),
    );
    return () => asked$;
  }
  const inTurn = (typeof url === 'string' ? [url] : (url ?? [])).map(over);
  let attempt = 0;
  return () => inTurn[attempt++ % inTurn.length] ?? NEVER;
}

const asKnown = (error: unknown): RxWampError =>
  isRxWampError(error)
    ? error
    : new SerializationError('an event could not be passed on', { attempted: 'EVENT', cause: error });
