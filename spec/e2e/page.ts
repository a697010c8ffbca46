import { BehaviorSubject, filter, firstValueFrom, map, scan, toArray } from 'rxjs';
import { value, WampClient, type ConnectionState } from '../../src/index.js';
import { Router } from '../../src/router/index.js';

/** Runs in the page: what the specs ask of it. */
export const api = {
  /** Router and client in the page: no network at all. */
  async inPage(): Promise<unknown> {
    const router = new Router({ realms: { realm1: {} } });
    const callee = new WampClient({ transport: router.transport(), realm: 'realm1' });
    const wamp = new WampClient({ transport: router.transport(), realm: 'realm1' });
    callee.register('com.example.add', ({ args: [a, b] }) => Number(a) + Number(b)).subscribe();
    const sum = await firstValueFrom(wamp.call('com.example.add', [2, 3]).pipe(value()));
    await Promise.all([callee.close(), wamp.close(), router.close()]);
    return sum;
  },

  /** A client over the browser's own WebSocket. */
  open(url: string): void {
    client = new WampClient({ url, realm: 'realm1', retry: { initialDelayMs: 50, maxDelayMs: 200 } });
    client.state$.subscribe((state) => states.push(state.status));
    client
      .topic('com.example.tick')
      .pipe(
        map(({ value: tick }) => tick),
        scan((all: readonly unknown[], tick) => [...all, tick], []),
      )
      .subscribe(ticks$);
    client.connect();
  },
  canPause: (): boolean => use().canPause,
  states: (): readonly string[] => states,
  ticks: (): readonly unknown[] => ticks$.value,
  until: async (status: ConnectionState['status']): Promise<void> => {
    await firstValueFrom(use().state$.pipe(filter((state) => state.status === status)));
  },
  call: async (procedure: string, args: readonly unknown[]): Promise<readonly unknown[]> =>
    firstValueFrom(
      use()
        .call(procedure, [...args], { progress: true })
        .pipe(
          map(({ args: [first] }) => first),
          toArray(),
        ),
    ),
  ticked: async (count: number): Promise<void> => {
    await firstValueFrom(ticks$.pipe(filter(({ length }) => length >= count)));
  },
  close: async (): Promise<void> => use().close(),
};

let client: WampClient | undefined;
const states: string[] = [];
const ticks$ = new BehaviorSubject<readonly unknown[]>([]);

function use(): WampClient {
  if (client === undefined) throw new Error('open() comes first');
  return client;
}

export type PageApi = typeof api;
