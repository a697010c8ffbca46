import type { Observable } from 'rxjs';
import {
  defineContract,
  value,
  WampClient,
  type ContractOf,
  type Dict,
  type EventOf,
  type InputOf,
  type Invocation,
  type InvocationOf,
  type List,
  type Schema,
  type WampClientOptions,
  type WampResult,
} from 'rxwamp';
import type { Search, User } from './api.js';
import type { Equal, Expect } from './expect.js';

/** As the Standard Schema specification has it, version 1: what zod, valibot and arktype make. */
interface StandardSchemaV1<Input, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Outcome<Output> | Promise<Outcome<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}
type Outcome<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

declare const tick: StandardSchemaV1<[count: number]>;
declare const search: StandardSchemaV1<Search>;
declare const user: StandardSchemaV1<[user: User]>;
declare const percent: StandardSchemaV1<[percent: number]>;
declare const date: StandardSchemaV1<[at: string], [at: Date]>;
declare const text: StandardSchemaV1<string>;
/** Without `types`, as one writes it by hand. */
declare const byHand: Schema<[line: string]>;

const contract = defineContract({
  topics: {
    'com.example.tick': { args: tick },
    'com.example.found': { args: byHand, kwargs: search },
    'com.example.at': { args: date },
    'com.example.unchecked': {},
  },
  procedures: {
    'com.example.find': { kwargs: search, result: user, progress: percent },
    'com.example.get': { args: tick, result: user },
    'com.example.set': { args: tick },
  },
});
type Api = ContractOf<typeof contract>;

const where = { url: 'ws://localhost:8080/ws', realm: 'realm1' };
const wamp = new WampClient({ ...where, contract });
const told = new WampClient<Api>({ ...where, contract });
const none = new WampClient(where);
const plain: WampClientOptions = { ...where, contract };
const unseen = new WampClient(plain);

interface Own {
  topics: { 'com.example.tick': [count: number]; 'com.example.more': [] };
  procedures: { 'com.example.get': (id: number) => User };
}
/** The type parameter goes before the validators, which may be fewer or looser. */
export const own: WampClient<Own> = new WampClient<Own>({ ...where, contract });

const count = wamp.topic('com.example.tick').pipe(value());
const found = wamp.call('com.example.find', { kwargs: { name: 'joe' } }, { progress: true });
const got = wamp.call('com.example.get', [1], { progress: true });
const set = wamp.call('com.example.set', [1]);
export type Checks = [
  Expect<Equal<EventOf<Api, 'com.example.tick'>['args'], readonly [count: number]>>,
  Expect<Equal<EventOf<Api, 'com.example.tick'>['kwargs'], Dict>>,
  Expect<Equal<EventOf<Api, 'com.example.found'>['value'], string>>,
  Expect<Equal<EventOf<Api, 'com.example.found'>['kwargs'], Readonly<Search>>>,
  Expect<Equal<EventOf<Api, 'com.example.at'>['value'], Date>>,
  Expect<Equal<EventOf<Api, 'com.example.unchecked'>['args'], List>>,
  Expect<Equal<InvocationOf<Api, 'com.example.find'>, Invocation<List, Readonly<Search>>>>,
  Expect<Equal<typeof count, Observable<number>>>,
  Expect<Equal<typeof found, Observable<WampResult<readonly [user: User]> | WampResult<readonly [percent: number]>>>>,
  Expect<Equal<typeof got, Observable<WampResult<readonly [user: User]>>>>,
  Expect<Equal<typeof set, Observable<WampResult>>>,
  Expect<Equal<undefined extends InputOf<Api, 'com.example.get'> ? true : false, false>>,
  Expect<Equal<typeof none, WampClient>>,
  Expect<Equal<typeof unseen, WampClient>>,
];
wamp.register('com.example.find', ({ kwargs: { name } }) => ({ id: 1, name }));
wamp.register('com.example.set', ({ value: n }) => n.toFixed(0));
wamp.publish('com.example.unchecked', { args: [1], kwargs: { a: 1 } });
told.call('com.example.get', [1]);
own.publish('com.example.more');

// @ts-expect-error an argument of another type
wamp.call('com.example.get', ['x']);
// @ts-expect-error a kwarg of another type
told.call('com.example.find', { kwargs: { name: 5 } });
// @ts-expect-error a topic that the contract does not have
wamp.topic('com.example.tck');
// @ts-expect-error a result of another type
wamp.register('com.example.get', () => 'joe');
// @ts-expect-error a validator of a string is none of arguments
defineContract({ topics: { 'com.example.tick': { args: text } } });
// @ts-expect-error … nor of keyword arguments
defineContract({ topics: { 'com.example.tick': { kwargs: text } } });
// @ts-expect-error a validator misspelt
defineContract({ topics: { 'com.example.tick': { arg: tick } } });
// @ts-expect-error a topic has no result
defineContract({ topics: { 'com.example.tick': { result: tick } } });
// @ts-expect-error a contract of validators, not of types
export const wrong: WampClientOptions = { ...where, contract: { topics: { 'com.example.tick': [5] } } };
