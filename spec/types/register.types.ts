import { EMPTY, from, interval, map, of, take, throwError, type Observable } from 'rxjs';
import {
  payload,
  type Dict,
  type HandlerResult,
  type Invocation,
  type InvocationOf,
  type List,
  type Payload,
  type RegisterOptions,
  type Registration,
} from 'rxwamp';
import { untyped, wamp, type Api, type Search, type User } from './api.js';
import type { Equal, Expect } from './expect.js';

declare const user: User;
declare const options: RegisterOptions;

export type Invocations = [
  Expect<Equal<InvocationOf<Api, 'com.example.add'>, Invocation<readonly [a: number, b: number]>>>,
  Expect<Equal<InvocationOf<Api, 'com.example.add'>['value'], number>>,
  Expect<Equal<InvocationOf<Api, 'com.example.sum'>['args'], readonly number[]>>,
  Expect<Equal<InvocationOf<Api, 'com.example.greet'>['args'], readonly [name: string, loud?: boolean | undefined]>>,
  Expect<Equal<InvocationOf<Api, 'com.example.now'>['args'], readonly []>>,
  Expect<Equal<InvocationOf<Api, 'com.example.find'>['args'], readonly []>>,
  Expect<Equal<InvocationOf<Api, 'com.example.find'>['kwargs'], Readonly<Search>>>,
  Expect<Equal<InvocationOf<Api, 'com.example.add'>['kwargs'], Dict>>,
  Expect<Equal<InvocationOf<Api, 'com.example.add'>['signal'], AbortSignal>>,
  Expect<Equal<InvocationOf<Api, 'com.example.add'>['input$'], Observable<Payload<readonly [a: number, b: number]>>>>,
  Expect<Equal<InvocationOf<Api, 'com.example.find'>['input$'], Observable<Payload<readonly [], Readonly<Search>>>>>,
];

export type Answers = [
  Expect<
    Equal<
      HandlerResult<Api, 'com.example.add'>,
      | number
      | Payload<readonly [number]>
      | PromiseLike<
          | number
          | Payload<readonly [number]>
          | Observable<number | Payload<readonly [number]>>
          | AsyncIterable<number | Payload<readonly [number]>>
        >
      | Observable<number | Payload<readonly [number]>>
      | AsyncIterable<number | Payload<readonly [number]>>
    >
  >,
  Expect<Equal<unknown extends HandlerResult<Api, 'com.example.anything'> ? true : false, true>>,
];

const registered = wamp.register('com.example.add', ({ args: [a, b] }) => a + b);
export type Registered = Expect<Equal<typeof registered, Observable<Registration>>>;

// A value, bare or not.
wamp.register('com.example.add', async ({ args: [a, b] }) => a + b);
wamp.register('com.example.add', ({ value }) => of(value));
wamp.register('com.example.add', ({ args: [a, b] }) => payload([a + b]));
wamp.register('com.example.add', (): never => {
  throw new Error('always');
});
wamp.register('com.example.add', () => throwError(() => new Error('always')));
wamp.register('com.example.sum', ({ args }) => args.reduce((a, b) => a + b, 0));
wamp.register('com.example.sum', ({ input$ }) => input$.pipe(map(({ args: [n = 0] }) => n)));
wamp.register('com.example.greet', ({ args: [name, loud = false] }) => (loud ? name.toUpperCase() : name));
wamp.register('com.example.now', () => new Date(0));
wamp.register('com.example.list', () => [user]);
wamp.register('save', ({ value }) => value.length > 0);

// Nothing.
wamp.register('com.example.save', ({ value }) => {
  value.name.trim();
});
wamp.register('com.example.save', async () => undefined);
wamp.register('com.example.save', () => EMPTY);
wamp.register('com.example.save', () => payload([]));
wamp.register('com.example.lookup', ({ value }) => (value === 1 ? user : undefined));

// Several arguments, kwargs.
wamp.register('com.example.divmod', ({ args: [a, b] }) => payload([Math.floor(a / b), a % b]));
wamp.register('com.example.divmod', async ({ args: [a, b] }) => payload([Math.floor(a / b), a % b]));
wamp.register('com.example.divmod', ({ args: [a, b] }) => of(payload([Math.floor(a / b), a % b])));
wamp.register('com.example.measure', ({ value }) => payload([value.length], { unit: 'm' }));
wamp.register('com.example.find', ({ kwargs: { name, limit = 1 } }) => ({ id: limit, name }));

// Progressive results.
wamp.register('com.example.count', ({ args: [n] }) => interval(100).pipe(take(n)));
wamp.register('com.example.count', async function* ({ args: [n] }) {
  for (let i = 0; i < n; i++) yield i;
});
wamp.register('com.example.count', ({ args: [n] }) => n);
wamp.register('com.example.lines', ({ value }) => from(value.split('\n')));
wamp.register('com.example.find', ({ kwargs: { name } }) => of(50, payload([99]), { id: 1, name }));
wamp.register('com.example.copy', () => interval(100));

// Patterns, and no contract.
wamp.register('com.example.', ({ args, procedure }) => [procedure, args[3]], { match: 'prefix' });
wamp.register('com.example.add', ({ args }) => args satisfies List, { match: 'wildcard' });
wamp.register('com.example.add', () => 1, { match: 'exact', invoke: 'roundrobin' });
untyped.register('com.example.add', (invocation) => invocation satisfies Invocation);
untyped.register('com.example.', () => undefined, { match: 'prefix' });
untyped.register('com.example.', () => undefined, options);

// @ts-expect-error the result is of another type
wamp.register('com.example.add', () => 'x');
// @ts-expect-error … also when it comes later
wamp.register('com.example.add', async () => 'x');
// @ts-expect-error … also in an Observable
wamp.register('com.example.add', () => of('x'));
// @ts-expect-error … also from a generator
wamp.register('com.example.add', async function* () {
  yield 'x';
});
// @ts-expect-error … also in a payload
wamp.register('com.example.add', () => payload(['x']));
// @ts-expect-error there is no result
wamp.register('com.example.add', () => undefined);
// @ts-expect-error there is no third argument
wamp.register('com.example.add', ({ args: [, , c] }) => Number(c));
// @ts-expect-error the result has two arguments
wamp.register('com.example.divmod', ({ args: [a, b] }) => Math.floor(a / b));
// @ts-expect-error the result has kwargs
wamp.register('com.example.measure', ({ value }) => value.length);
// @ts-expect-error … of another type
wamp.register('com.example.measure', ({ value }) => payload([value.length], { unit: 5 }));
// @ts-expect-error a procedure that gives nothing would send this
wamp.register('com.example.save', () => 5);
// @ts-expect-error progress is no last result
wamp.register('com.example.find', () => 50);
// @ts-expect-error … nor of another type
wamp.register('com.example.find', () => of('50 %'));
// @ts-expect-error arguments are read-only
wamp.register('com.example.sum', ({ args }) => (args[0] = 1));
// @ts-expect-error a handler for other arguments
wamp.register('com.example.add', (invocation: Invocation<readonly [a: string]>) => invocation.value.length);
// @ts-expect-error a procedure that the contract does not have
wamp.register('com.example.ad', () => 1);
// @ts-expect-error … even with options
wamp.register('com.example.ad', () => 1, { invoke: 'first' });
// @ts-expect-error an option misspelt
wamp.register('com.example.add', () => 1, { invok: 'first' });
// @ts-expect-error a policy that is none
wamp.register('com.example.add', () => 1, { onConflict: 'ignore' });
// @ts-expect-error a value is unknown without a contract
untyped.register('com.example.add', ({ args: [a, b] }) => Math.max(a, b));
