import type { Observable, OperatorFunction } from 'rxjs';
import {
  batchWhileBusy,
  conflate,
  processQueue,
  reconnect,
  retryCall,
  toAsyncIterable,
  type ConflateOptions,
  value,
  type ReconnectState,
} from 'rxwamp/operators';
import type { Payload } from '../../src/protocol/payload.js';
import type { Equal, Expect } from './expect.js';

declare const sum$: Observable<Payload<[sum: number, carry: boolean], { exact: boolean }>>;
declare const anything$: Observable<Payload>;
declare const nothing$: Observable<Payload<readonly []>>;
declare const rest$: Observable<{ readonly args: readonly string[] }>;
declare const number$: Observable<number>;

const sum = sum$.pipe(value());
const anything = anything$.pipe(value());
const nothing = nothing$.pipe(value());
const rest = rest$.pipe(value());
const afterRetry = sum$.pipe(retryCall({ idempotent: true }), value());
const processed = number$.pipe(
  processQueue((n) => Promise.resolve(String(n)), { concurrency: 2, onDrop: (n: number) => n }),
);
const conflated = number$.pipe(
  conflate(
    (n) => n % 2,
    (n) => [n, String(n)],
  ),
);
const batched = number$.pipe(batchWhileBusy(5, (batch) => [batch.length > 0, batch]));
const iterable = toAsyncIterable<number>({ capacity: 5 })(number$);
const state$ = number$.pipe(reconnect({ maxAttempts: 3 }));

export type Checks = [
  Expect<Equal<typeof sum, Observable<number>>>,
  Expect<Equal<typeof anything, Observable<unknown>>>,
  Expect<Equal<typeof nothing, Observable<undefined>>>,
  // The compiler cannot know that there is one: `noUncheckedIndexedAccess` is about indexing, not about `A[0]`.
  Expect<Equal<typeof rest, Observable<string>>>,
  Expect<Equal<typeof afterRetry, Observable<number>>>,
  Expect<Equal<typeof processed, Observable<string>>>,
  Expect<Equal<typeof conflated, Observable<string | number>>>,
  Expect<Equal<typeof batched, Observable<boolean | readonly number[]>>>,
  Expect<Equal<typeof iterable, AsyncIterableIterator<number, undefined, unknown>>>,
  Expect<Equal<typeof state$, Observable<ReconnectState<number>>>>,
];

export const narrowed = (state: ReconnectState<number>): number => {
  switch (state.status) {
    case 'connecting':
      return state.attempt;
    case 'connected':
      return state.resource;
    case 'waiting':
      return state.delayMs;
  }
};

export const standsAlone: OperatorFunction<{ readonly args: readonly [Date] }, Date> = value();

// @ts-expect-error a number has no args
number$.pipe(value());
declare const waiting: Extract<ReconnectState<number>, { status: 'waiting' }>;
// @ts-expect-error there is no resource while waiting
waiting satisfies { resource: number };
// @ts-expect-error conflate does not pause
export const notPausing: ConflateOptions<number> = { overflow: 'pause' };
