import { afterEach, jest } from '@jest/globals';
import { filter, firstValueFrom, type Observable } from 'rxjs';
import { WampClient, type ConnectionState, type RxWampError, type WampClientOptions } from 'rxwamp';
import { Router, type RouterOptions } from 'rxwamp/router';
import { listen, type Listener, type ListenOptions } from 'rxwamp/router/node';
import { FaultProxy } from '../../scripts/soak/proxy.mjs';

// Kilobytes in pieces of three, and clients that try again: seconds where the machine is busy.
jest.setTimeout(60_000);

export const TOPIC = 'com.app.topic';
export const PROCEDURE = 'com.app.procedure';

/** Bounds of a client that is back soon. It takes no silence for a fault, which on a busy machine it need not be. */
export const SOON = {
  retry: { initialDelayMs: 5, maxDelayMs: 50 },
  heartbeat: false,
  closeTimeoutMs: 200,
} as const satisfies Partial<WampClientOptions>;

/** For faults that only silence tells: as short as a spec can wait, and as long as a busy machine needs for an answer. */
export const HEARTBEAT = {
  heartbeat: { intervalMs: 50, timeoutMs: 1_000 },
} as const satisfies Partial<WampClientOptions>;

/** A router, and clients that reach it through a proxy. Everything is closed after the spec. */
export interface Setting {
  readonly router: Router;
  readonly listener: Listener;
  readonly proxy: FaultProxy;
  /** A client behind the proxy. */
  readonly wamp: WampClient;
  /** What `wamp` said of its connection. */
  readonly states: ConnectionState[];
  /** Another one, which no fault reaches. */
  readonly neighbor: WampClient;
}

const closers: (() => Promise<unknown>)[] = [];
/** Has something closed after the spec; what was opened last is closed first. */
export const closeLater = (close: () => Promise<unknown>): void => void closers.unshift(close);

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

export async function through(
  options: Partial<WampClientOptions> = {},
  routerOptions: Partial<RouterOptions> = {},
  listenOptions: ListenOptions = {},
): Promise<Setting> {
  const router = new Router({ realms: { realm1: {} }, limits: { closeTimeoutMs: 200 }, ...routerOptions });
  const listener = await listen(router, { closeTimeoutMs: 200, ...listenOptions });
  closeLater(async () => {
    await router.close();
    await listener.close();
  });
  const proxy = await FaultProxy.open({ port: listener.port });
  closeLater(() => proxy.close());
  const wamp = client({ url: proxy.url, ...SOON, ...options });
  const states: ConnectionState[] = [];
  wamp.state$.subscribe((state) => states.push(state));
  const neighbor = client({ transport: router.transport() });
  return { router, listener, proxy, wamp, states, neighbor };
}

/** A client that is closed after the spec. */
export function client(options: Partial<WampClientOptions>): WampClient {
  const wamp = new WampClient({ realm: 'realm1', ...options });
  closeLater(() => wamp.close());
  return wamp;
}

/** Waits for a state of the connection; at once, if it is the present one. */
export const status = (wamp: WampClient, wanted: ConnectionState['status']): Promise<ConnectionState> =>
  firstValueFrom(wamp.state$.pipe(filter((state) => state.status === wanted)));

/** Waits for the session after the present one. */
export async function nextSession(wamp: WampClient, { act }: { readonly act: () => void }): Promise<ConnectionState> {
  await status(wamp, 'connected');
  const before = wamp.state;
  const after = firstValueFrom(wamp.state$.pipe(filter((state) => state.status === 'connected' && state !== before)));
  act();
  return after;
}

/** What the connection was lost for, as far as told. */
export const losses = (states: readonly ConnectionState[]): RxWampError[] =>
  states.flatMap((state) => (state.status === 'waiting' ? [state.cause] : []));

/** What an Observable errors with; fails when it does not. */
export const errorOf = (source: Observable<unknown>): Promise<unknown> =>
  new Promise((resolve, reject) => {
    source.subscribe({
      error: resolve,
      complete: () => {
        reject(new Error('it completed'));
      },
    });
  });

/** Waits for the router to have so many sessions; what it hears of them comes with the meta events. */
export async function sessions(router: Router, count: number): Promise<void> {
  const look = new WampClient({ transport: router.transport(), realm: 'realm1' });
  closeLater(() => look.close());
  // This one is a session, too.
  const isThere = (): boolean => router.statistics.sessions === count + 1;
  const left$ = look.topic('wamp.session.on_leave');
  const joined$ = look.topic('wamp.session.on_join');
  await new Promise<void>((resolve) => {
    const check = (): void => {
      if (!isThere()) return;
      for (const one of watching) one.unsubscribe();
      resolve();
    };
    // An event is sent before the counters have changed.
    const soon = (): void => void setImmediate(check);
    const watching = [left$.subscribe(soon), joined$.subscribe(soon), look.session$.subscribe(soon)];
  });
  await look.close();
}
