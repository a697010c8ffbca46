import { interval, of, take, type Observable } from 'rxjs';
import {
  value,
  WampClient,
  type AnyContract,
  type ConnectionState,
  type EventOf,
  type HandlerResult,
  type InputOf,
  type InvocationOf,
  type OutboxStats,
  type Payload,
  type PublicationOf,
  type ResultOf,
  type RxWampError,
  type SessionInfo,
  type ValueOf,
  type WampClientOptions,
} from 'rxwamp';
import type { Api as Contract, wamp } from './api.js';
import type { Equal, Expect } from './expect.js';

export type Face = [
  Expect<Equal<typeof wamp.state$, Observable<ConnectionState>>>,
  Expect<Equal<typeof wamp.state, ConnectionState>>,
  Expect<Equal<typeof wamp.session$, Observable<SessionInfo>>>,
  Expect<Equal<typeof wamp.faults$, Observable<RxWampError>>>,
  Expect<Equal<typeof wamp.outbox, OutboxStats>>,
  Expect<Equal<ReturnType<typeof wamp.close>, Promise<void>>>,
];

/** Every state has its own fields, and there is no other. */
export const show = (state: ConnectionState): string => {
  switch (state.status) {
    case 'idle':
      return 'idle';
    case 'connecting':
    case 'authenticating':
      return `attempt ${state.attempt.toFixed()}`;
    case 'connected':
      return state.session.realm;
    case 'waiting':
      return `${state.cause.message}, again in ${state.delayMs.toFixed()} ms`;
    case 'closed':
      return state.cause?.message ?? 'bye';
    default: {
      const other: never = state;
      return other;
    }
  }
};
/** Only a connected client has a session, and so on. */
export type CommonToAll = Expect<Equal<keyof ConnectionState, 'status'>>;

type IsAny<T> = 0 extends 1 & T ? true : false;
export type NoAny = [
  Expect<Equal<IsAny<unknown>, false>>,
  Expect<Equal<IsAny<Payload['value']>, false>>,
  Expect<Equal<IsAny<EventOf<AnyContract, string>['value']>, false>>,
  Expect<Equal<IsAny<EventOf<AnyContract, string>['args']>, false>>,
  Expect<Equal<IsAny<EventOf<AnyContract, string>['kwargs'][string]>, false>>,
  Expect<Equal<IsAny<EventOf<Contract, 'com.example.anything'>['value']>, false>>,
  Expect<Equal<IsAny<InvocationOf<AnyContract, string>['value']>, false>>,
  Expect<Equal<IsAny<InvocationOf<AnyContract, string>['kwargs'][string]>, false>>,
  Expect<Equal<IsAny<ResultOf<AnyContract, string, true>['value']>, false>>,
  Expect<Equal<IsAny<ResultOf<Contract, 'com.example.anything'>['value']>, false>>,
  Expect<Equal<IsAny<HandlerResult<AnyContract, string>>, false>>,
  Expect<Equal<IsAny<InputOf<AnyContract, string>>, false>>,
  Expect<Equal<IsAny<PublicationOf<AnyContract, string>>, false>>,
  Expect<Equal<IsAny<ValueOf<AnyContract, string>>, false>>,
];

export const options: WampClientOptions = {
  url: ['ws://a', 'ws://b'],
  realm: 'realm1',
  retry: { initialDelayMs: 500, maxDelayMs: 30_000, maxAttempts: Infinity, stableAfterMs: 10_000 },
  handshakeTimeoutMs: 10_000,
  closeTimeoutMs: 2_000,
  heartbeat: { intervalMs: 30_000, timeoutMs: 10_000 },
  lingerMs: 0,
  outbox: { capacity: 1_000, overflow: 'drop-oldest', ttlMs: Infinity },
};
new WampClient({ url: () => of('ws://a'), realm: 'realm1', retry: false, heartbeat: false });
// @ts-expect-error a realm is needed
new WampClient({ url: 'ws://a' });
// @ts-expect-error an option misspelt
new WampClient({ url: 'ws://a', realm: 'realm1', linger: 5 });
// @ts-expect-error … within an option
new WampClient({ url: 'ws://a', realm: 'realm1', retry: { delayMs: 5 } });

/** The lines on the first page of the documentation, with the contract they need … */
interface Api {
  topics: { 'com.example.tick': [count: number] };
  procedures: {
    'com.example.add': (a: number, b: number) => number;
    'com.example.count': (n: number) => Observable<number>;
    'com.example.sum': (n: number) => Observable<number>;
  };
}
declare const numbers$: Observable<number>;
declare const draw: (count: number) => void;

export function typedPage(): void {
  const client = new WampClient<Api>({ url: 'ws://localhost:8080/ws', realm: 'realm1' });
  client.topic('com.example.tick').subscribe(({ args: [count], kwargs, details }) => {
    draw(count);
    return [kwargs, details];
  });
  client.publish('com.example.tick', [42]);
  client.publish('com.example.tick', [42], { acknowledge: true }).subscribe(({ id }) => {
    draw(id);
  });
  client.call('com.example.add', [2, 3]).pipe(value()).subscribe(draw);
  client.call('com.example.count', [10], { progress: true }).subscribe((result) => {
    draw(result.value);
  });
  client.call('com.example.sum', numbers$).pipe(value()).subscribe(draw);
  client.register('com.example.add', ({ args: [a, b] }) => a + b).subscribe();
  client.register('com.example.count', ({ args: [n] }) => interval(100).pipe(take(n)));
  client.subject('com.example.tick').subscribe(draw);
  client.state$.subscribe(show);
  client.session$.subscribe(({ id }) => {
    draw(id);
  });
  client.connect();
  void client.close();
  // @ts-expect-error the promise of the design
  client.call('com.example.add', ['x', 1]);
}

/** … and without one, where a value is unknown until somebody has looked at it. */
export function untypedPage(): void {
  const client = new WampClient({ url: 'ws://localhost:8080/ws', realm: 'realm1' });
  client.topic('com.example.tick').subscribe(({ args, kwargs, details }) => [args, kwargs, details]);
  client.publish('com.example.tick', [42]);
  client.publish('com.example.tick', [42], { acknowledge: true }).subscribe();
  client
    .call('com.example.add', [2, 3])
    .pipe(value())
    .subscribe((sum) => {
      draw(Number(sum));
    });
  client.call('com.example.count', [10], { progress: true }).subscribe();
  client.call('com.example.sum', numbers$).subscribe();
  client.register('com.example.add', ({ args: [a, b] }) => Number(a) + Number(b)).subscribe();
  client.register('com.example.count', ({ args: [n] }) => interval(100).pipe(take(Number(n))));
  client.subject<number>('com.example.tick').subscribe(draw);
  // @ts-expect-error what an argument is, is not known
  client.register('com.example.count', ({ args: [n] }) => interval(100).pipe(take(n)));
  // @ts-expect-error … nor what a result is
  client.call('com.example.add', [2, 3]).pipe(value()).subscribe(draw);
}
