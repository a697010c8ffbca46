import { from, of, type Observable } from 'rxjs';
import { retryCall, value, type CallOptions, type ChunkOf, type InputOf, type ResultOf, type WampResult } from 'rxwamp';
import { untyped, wamp, type Api, type Search, type User } from './api.js';
import type { Equal, Expect } from './expect.js';

declare const isVerbose: boolean;
declare const user: User;
declare const search: Search;

const result = wamp.call('com.example.add', [2, 3]);
const sum = wamp.call('com.example.add', [2, 3]).pipe(value());
const retried = wamp.call('com.example.add', [2, 3]).pipe(retryCall(), value());
const saved = wamp.call('com.example.save', [user]).pipe(value());
const users = wamp.call('com.example.list').pipe(value());
const maybe = wamp.call('com.example.lookup', [1]).pipe(value());
const count = wamp.call('com.example.count', [10]).pipe(value());
const line = wamp.call('com.example.lines', ['x'], { progress: true }).pipe(value());
const divmod = wamp.call('com.example.divmod', [7, 2]);
const measured = wamp.call('com.example.measure', ['x']);
const found = wamp.call('com.example.find', { kwargs: { name: 'joe' } });
const finding = wamp.call('com.example.find', { kwargs: { name: 'joe' } }, { progress: true });
const perhaps = wamp.call('com.example.find', { kwargs: { name: 'joe' } }, { progress: isVerbose });
const copying = wamp.call('com.example.copy', ['a', 'b'], { progress: true });
const stat = wamp.call('com.example.stat', ['a']);
const method = wamp.call('save', ['x']).pipe(value());
const anything = wamp.call('com.example.anything', [1]).pipe(value());
const unknowns = untyped.call('com.example.add', [2, 3]);
const unknownProgress = untyped.call('com.example.add', [2, 3], { progress: true });

export type Results = [
  Expect<Equal<typeof result, Observable<WampResult<readonly [number]>>>>,
  Expect<Equal<typeof sum, Observable<number>>>,
  Expect<Equal<typeof retried, Observable<number>>>,
  Expect<Equal<typeof saved, Observable<undefined>>>,
  Expect<Equal<typeof users, Observable<User[]>>>,
  Expect<Equal<typeof maybe, Observable<User | undefined>>>,
  Expect<Equal<typeof count, Observable<number>>>,
  Expect<Equal<typeof line, Observable<string>>>,
  Expect<Equal<typeof divmod, Observable<WampResult<readonly [quotient: number, remainder: number]>>>>,
  Expect<Equal<typeof measured, Observable<WampResult<readonly [size: number], { readonly unit: string }>>>>,
  Expect<Equal<typeof found, Observable<WampResult<readonly [user: User]>>>>,
  Expect<Equal<typeof finding, Observable<WampResult<readonly [user: User]> | WampResult<readonly [percent: number]>>>>,
  Expect<Equal<typeof perhaps, typeof finding>>,
  Expect<Equal<typeof copying, Observable<WampResult<readonly []> | WampResult<readonly [number]>>>>,
  Expect<Equal<typeof stat, Observable<WampResult<readonly [size: number], { readonly mode: number }>>>>,
  Expect<Equal<typeof method, Observable<boolean>>>,
  Expect<Equal<typeof anything, Observable<unknown>>>,
  Expect<Equal<typeof unknowns, Observable<WampResult>>>,
  Expect<Equal<typeof unknownProgress, Observable<WampResult>>>,
  Expect<Equal<ResultOf<Api, 'com.example.add'>['value'], number>>,
];

export type Inputs = [
  Expect<
    Equal<
      InputOf<Api, 'com.example.add'>,
      readonly [a: number, b: number] | { readonly args: readonly [a: number, b: number] }
    >
  >,
  Expect<Equal<InputOf<Api, 'com.example.now'>, readonly [] | { readonly args?: readonly [] | undefined } | undefined>>,
  Expect<Equal<ChunkOf<Api, 'com.example.save'>, readonly [user: User] | { readonly args: readonly [user: User] }>>,
];

// What may be left out, and what needs not be a literal.
wamp.call('com.example.now');
wamp.call('com.example.now', []);
wamp.call('com.example.now', {});
wamp.call('com.example.now', undefined, { timeout: 1_000 });
wamp.call('com.example.sum');
wamp.call('com.example.sum', [1, 2, 3]);
wamp.call('com.example.greet', ['joe']);
wamp.call('com.example.greet', ['joe', true]);
wamp.call('com.example.add', { args: [1, 2] });
wamp.call('com.example.add', [1, 2] as const);
wamp.call('com.example.find', { kwargs: search });
wamp.call('com.example.find', { args: [], kwargs: search }, { timeout: 1_000, disclose_me: true, x_trace: 'a' });
untyped.call('com.example.now');
untyped.call('com.example.now', { kwargs: { utc: true } });
export const options: CallOptions = { cancelMode: 'skip', _custom: 1 };
wamp.call('com.example.now', [], options);

// Streams in: of payloads, and of bare values where one argument does.
wamp.call('com.example.sum', from([1, 2, 3]), { progress: true });
wamp.call('com.example.sum', of([1, 2]));
wamp.call('com.example.greet', of('joe'));
wamp.call('com.example.greet', of<[string, boolean]>(['joe', true]));
wamp.call('com.example.save', of([user] as const));
wamp.call('com.example.find', of({ kwargs: search }));
untyped.call('com.example.sum', of(1, 'two', [3], { args: [4] }));

// @ts-expect-error an argument of another type
wamp.call('com.example.add', ['x', 1]);
// @ts-expect-error too few arguments
wamp.call('com.example.add', [1]);
// @ts-expect-error too many arguments
wamp.call('com.example.add', [1, 2, 3]);
// @ts-expect-error arguments without their list
wamp.call('com.example.add', 1, 2);
// @ts-expect-error the payload is missing
wamp.call('com.example.add');
// @ts-expect-error … also when it is an object
wamp.call('com.example.add', {});
// @ts-expect-error … also when there are options
wamp.call('com.example.add', undefined, { timeout: 1_000 });
// @ts-expect-error an argument of another type, by name
wamp.call('com.example.add', { args: [1, 'x'] });
// @ts-expect-error args misspelt
wamp.call('com.example.sum', { arg: [1] });
// @ts-expect-error kwargs that are not declared
wamp.call('com.example.add', { args: [1, 2], kwargs: { round: true } });
// @ts-expect-error kwargs are missing
wamp.call('com.example.find', []);
// @ts-expect-error a kwarg of another type
wamp.call('com.example.find', { kwargs: { name: 5 } });
// @ts-expect-error a kwarg misspelt
wamp.call('com.example.find', { kwargs: { nme: 'joe' } });
// @ts-expect-error a procedure that the contract does not have
wamp.call('com.example.ad', [1, 2]);
// @ts-expect-error a topic is no procedure
wamp.call('com.example.tick', [1]);
// @ts-expect-error an option misspelt
wamp.call('com.example.add', [1, 2], { timeuot: 1_000 });
// @ts-expect-error … of an untyped client
untyped.call('com.example.add', [1, 2], { timeuot: 1_000 });
// @ts-expect-error … beside a stream
wamp.call('com.example.sum', of(1), { progres: true });
// @ts-expect-error an option of another type
wamp.call('com.example.add', [1, 2], { timeout: '1s' });
// @ts-expect-error a stream of other arguments
wamp.call('com.example.add', of(['x', 1] as const));
// @ts-expect-error one value is not enough for two arguments
wamp.call('com.example.add', of(1));
// @ts-expect-error a bare value of another type
wamp.call('com.example.greet', of(1));
// @ts-expect-error an object could be taken for a payload: it goes in a list
wamp.call('com.example.save', of(user));
// @ts-expect-error a bare value says nothing of kwargs
wamp.call('com.example.find', of('joe'));
// @ts-expect-error the untyped client wants a payload as well
untyped.call('com.example.add', 5);
// @ts-expect-error the result is no string
sum satisfies Observable<string>;
