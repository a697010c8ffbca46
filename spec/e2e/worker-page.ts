import { firstValueFrom, map, ReplaySubject, take, toArray } from 'rxjs';
import { value, WampClient } from '../../src/index.js';
import { sharedWorkerTransport } from '../../src/worker/index.js';

/** Runs in each tab: what the specs ask of it. */
export const api = {
  /** A client over the shared worker, with a procedure and a topic of its own. */
  async open(name: string, router: string): Promise<number> {
    const script = `/worker.js?router=${encodeURIComponent(router)}`;
    const worker = (): SharedWorker => new SharedWorker(script, { type: 'module' });
    client = new WampClient({
      realm: 'realm1',
      transport: sharedWorkerTransport(worker),
      retry: { initialDelayMs: 50, maxDelayMs: 200 },
    });
    client
      .topic('com.example.news')
      .pipe(map(({ value: news }) => news))
      .subscribe(news$);
    const offered$ = new ReplaySubject<unknown>(1);
    client.register(`com.example.${name}`, ({ args: [what] }) => `${name}: ${String(what)}`).subscribe(offered$);
    const { id } = await firstValueFrom(client.session$);
    await firstValueFrom(offered$);
    return id;
  },
  call: (procedure: string, args: readonly unknown[]): Promise<unknown> =>
    firstValueFrom(
      use()
        .call(procedure, [...args])
        .pipe(value()),
    ),
  publish: async (news: string): Promise<void> => {
    await firstValueFrom(use().publish('com.example.news', [news], { acknowledge: true }));
  },
  news: (count: number): Promise<readonly unknown[]> => firstValueFrom(news$.pipe(take(count), toArray())),
  connected: async (): Promise<number> => (await firstValueFrom(use().session$)).id,
};

let client: WampClient | undefined;
const news$ = new ReplaySubject<unknown>(100);

function use(): WampClient {
  if (client === undefined) throw new Error('open() comes first');
  return client;
}

export type TabApi = typeof api;
