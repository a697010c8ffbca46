import { inject, type ResourceRef, type Signal } from '@angular/core';
import type { Observable } from 'rxjs';
import { map, of } from 'rxjs';
import {
  isTopicSnapshot,
  snapshot,
  value,
  type ConnectionState,
  type WampClient,
  type WampEvent,
  type WampResult,
} from 'rxwamp';
import {
  injectCall,
  injectConnection,
  injectRegistration,
  injectTopic,
  injectWamp,
  provideWamp,
  WampClient as Token,
  wampResource,
  wampSessionGuard,
  withContract,
  withInterceptors,
  withName,
  type TopicRef,
  type WampInterceptorFn,
} from 'rxwamp/angular';
import type { WampTestingController } from 'rxwamp/angular/testing';
import type { Api, User } from './api.js';
import type { Equal, Expect } from './expect.js';

declare module 'rxwamp/angular' {
  interface WampContracts {
    typed: Api;
  }
}
declare const client: WampClient<Api>;
declare const uri: Signal<'com.example.tick' | undefined>;
declare const a: Signal<number>;

const connection = { connection: 'typed' } as const;

// Clients.
const token = inject(Token);
const plain = injectWamp();
const named = injectWamp('typed');
const given = injectWamp<Api>();
const unknownName = injectWamp('other');

// Topics.
const tick = injectTopic('com.example.tick', connection);
const tickFrom0 = injectTopic('com.example.tick', { ...connection, initialValue: 0 });
const tickOrNone = injectTopic('com.example.tick', { ...connection, initialValue: null });
const ofClient = injectTopic('com.example.tick', { connection: client });
const followed = injectTopic(() => uri(), connection);
const log = injectTopic('com.example.log', {
  ...connection,
  initialValue: [] as readonly string[],
  reduce: (lines, { args: [line] }) => [...lines, line],
});
const piped = injectTopic('com.example.tick', {
  ...connection,
  pipe: (events$) =>
    events$.pipe(
      value(),
      map((count) => count.toFixed()),
    ),
});
const pipedAndReduced = injectTopic('com.example.tick', {
  ...connection,
  pipe: (events$) => events$.pipe(map(({ value: count }) => ({ count }))),
  initialValue: 0,
  reduce: (total, { count }) => total + count,
});
const filled = injectTopic('com.example.tick', {
  ...connection,
  subscribe: { gaps: snapshot('com.example.now') },
  initialValue: '',
  reduce: (seen, item) => seen + (isTopicSnapshot(item) ? String(item.result.value) : item.args[0].toFixed()),
});
const pattern = injectTopic('com.example.', { ...connection, subscribe: { match: 'prefix' } });
const untyped = injectTopic('com.example.whatever');
const untypedFrom0 = injectTopic('com.example.whatever', { initialValue: 0 });
const untypedPattern = injectTopic('com.example.', { subscribe: { match: 'prefix' } });

// Calls.
const add = injectCall('com.example.add', { ...connection, payload: () => [a(), 1] });
const addFrom0 = injectCall('com.example.add', { ...connection, payload: () => [a(), 1], initialValue: 0 });
const find = injectCall('com.example.find', { ...connection, options: { progress: true } });
const noProgress = injectCall('com.example.find', connection);
const counted = injectCall('com.example.count', {
  ...connection,
  options: { progress: true },
  initialValue: [] as readonly number[],
  reduce: (all, { value: one }) => [...all, one],
});
const whatever = injectCall('com.example.whatever');

// Resources.
const sum = wampResource({ ...connection, call: 'com.example.add', params: () => [a(), 1] });
const sumFrom0 = wampResource({ ...connection, call: 'com.example.add', params: () => [a(), 1], defaultValue: 0 });
const parsed = wampResource({
  ...connection,
  call: 'com.example.measure',
  params: () => ['x'],
  parse: ({ args: [size], kwargs }) => ({ size, unit: kwargs.unit }),
});
const ticks = wampResource({ ...connection, topic: 'com.example.tick' });
const ticksFrom0 = wampResource({ ...connection, topic: () => uri(), defaultValue: 0 });
const texts = wampResource({
  ...connection,
  topic: 'com.example.tick',
  pipe: (events$) => events$.pipe(map(({ args: [count] }) => String(count))),
});
const anything = wampResource({ call: 'com.example.whatever' });

const state = injectConnection();
const guard = wampSessionGuard();
const redirecting = wampSessionGuard({ redirectTo: () => ({ commands: ['/'] }) });

export type Results = [
  Expect<Equal<typeof token, WampClient>>,
  Expect<Equal<typeof plain, WampClient>>,
  Expect<Equal<typeof named, WampClient<Api>>>,
  Expect<Equal<typeof given, WampClient<Api>>>,
  Expect<Equal<typeof unknownName, WampClient>>,
  Expect<Equal<typeof tick, TopicRef<WampEvent<readonly [count: number]>, number | undefined>>>,
  Expect<Equal<typeof tickFrom0, TopicRef<WampEvent<readonly [count: number]>, number>>>,
  Expect<Equal<typeof tickOrNone, TopicRef<WampEvent<readonly [count: number]>, number | null>>>,
  Expect<Equal<typeof ofClient, typeof tick>>,
  Expect<Equal<typeof followed, typeof tick>>,
  Expect<Equal<(typeof log)['value'], Signal<readonly string[]>>>,
  Expect<Equal<(typeof piped)['value'], Signal<string | undefined>>>,
  Expect<Equal<(typeof pipedAndReduced)['value'], Signal<number>>>,
  Expect<Equal<(typeof filled)['value'], Signal<string>>>,
  Expect<Equal<typeof pattern, TopicRef<WampEvent, unknown>>>,
  Expect<Equal<typeof untyped, TopicRef<WampEvent, unknown>>>,
  Expect<Equal<typeof untypedFrom0, TopicRef<WampEvent, unknown>>>,
  Expect<Equal<typeof untypedPattern, TopicRef<WampEvent, unknown>>>,
  Expect<Equal<(typeof add)['value'], Signal<number | undefined>>>,
  Expect<Equal<(typeof addFrom0)['value'], Signal<number>>>,
  Expect<Equal<(typeof add)['result'], Signal<WampResult<readonly [number]> | undefined>>>,
  Expect<Equal<(typeof add)['progress'], Signal<undefined>>>,
  Expect<Equal<ReturnType<(typeof add)['call']>, Promise<WampResult<readonly [number]>>>>,
  Expect<
    Equal<
      (typeof find)['progress'],
      Signal<WampResult<readonly [user: User]> | WampResult<readonly [percent: number]> | undefined>
    >
  >,
  Expect<Equal<(typeof find)['value'], Signal<User | number | undefined>>>,
  Expect<Equal<(typeof noProgress)['value'], Signal<User | undefined>>>,
  Expect<Equal<(typeof counted)['value'], Signal<readonly number[]>>>,
  Expect<Equal<(typeof whatever)['value'], Signal<unknown>>>,
  Expect<Equal<typeof sum, ResourceRef<number | undefined>>>,
  Expect<Equal<typeof sumFrom0, ResourceRef<number>>>,
  Expect<Equal<typeof parsed, ResourceRef<{ size: number; unit: string } | undefined>>>,
  Expect<Equal<typeof ticks, ResourceRef<number | undefined>>>,
  Expect<Equal<typeof ticksFrom0, ResourceRef<number>>>,
  Expect<Equal<typeof texts, ResourceRef<string | undefined>>>,
  Expect<Equal<typeof anything, ResourceRef<unknown>>>,
  Expect<Equal<typeof state, Signal<ConnectionState>>>,
  Expect<Equal<typeof guard, () => Observable<boolean>>>,
  Expect<Equal<typeof redirecting, () => Observable<boolean | { commands: string[] }>>>,
];

void add.call([1, 2]);
void add.call({ args: [1, 2] });
void find.call({ kwargs: { name: 'joe' } });
void injectCall('com.example.now', connection).call();
void injectCall('com.example.sum', connection).call(of(1, 2));
void whatever.call();
void whatever.call([1]);
injectRegistration('com.example.add', ({ args: [x, y] }) => x + y, connection);
injectRegistration('com.example.', ({ procedure }) => procedure, { ...connection, options: { match: 'prefix' } });
injectRegistration('com.example.whatever', ({ args }) => args[0]);

// @ts-expect-error a topic that the contract does not have
injectTopic('com.example.tock', connection);
// @ts-expect-error … of a client
injectTopic('com.example.tock', { connection: client });
// @ts-expect-error a procedure is no topic
injectTopic(() => 'com.example.add', connection);
// @ts-expect-error what reduce gives is not what it begins with
injectTopic('com.example.tick', { ...connection, initialValue: 0, reduce: () => 'text' });
// @ts-expect-error reduce needs something to begin with
injectTopic('com.example.tick', { ...connection, reduce: (_: number, { value: count }) => count });
// @ts-expect-error an option misspelt
injectTopic('com.example.tick', { ...connection, inital: 0 });
// @ts-expect-error an argument of another type
injectCall('com.example.add', { ...connection, payload: () => ['x', 1] });
// @ts-expect-error an argument of another type
void add.call(['x', 1]);
// @ts-expect-error the payload is missing
void add.call();
// @ts-expect-error a procedure that the contract does not have
injectCall('com.example.ad', connection);
// @ts-expect-error params of another type
wampResource({ ...connection, call: 'com.example.add', params: () => ['x', 1] });
// @ts-expect-error a resource is of a call or of a topic
wampResource({ ...connection });
// @ts-expect-error a handler of another type
injectRegistration('com.example.add', () => 'text', connection);
// @ts-expect-error a contract has topics and procedures
provideWamp({ url: 'ws://x/', realm: 'realm1' }, withContract<{ topics: 1 }>());

export const logging: WampInterceptorFn = (request, next) => {
  // @ts-expect-error a topic has no payload
  const wrong: unknown = request.kind === 'subscribe' ? request.payload : undefined;
  if (request.kind !== 'call') return next(request);
  const results$: Observable<WampResult> = next({ ...request, options: { ...request.options, timeout: 1_000 } });
  return results$;
};
export const providers = [
  provideWamp({ url: 'ws://x/', realm: 'realm1', connectOnServer: true }, withInterceptors([logging])),
  provideWamp(() => ({ url: 'ws://x/', realm: 'prices' }), withName('typed'), withContract<Api>()),
];
declare const router: WampTestingController;
router.match('call').map(({ inputs }) => inputs);
// @ts-expect-error there is no such kind of request
router.match('yield');
