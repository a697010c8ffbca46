import type { Observable } from 'rxjs';
import {
  value,
  type Contract,
  type EventOf,
  type ProcedureUri,
  type PublicationOf,
  type PublishOptions,
  type Rest,
  type TopicUri,
  type WampClient,
  type WampEvent,
} from 'rxwamp';
import { untyped, wamp, type Api, type Search } from './api.js';
import type { Equal, Expect } from './expect.js';

/** What is an interface in `api.ts`, as type aliases, read-only, and with mutable and read-only tuples. */
type Aliased = {
  readonly topics: {
    readonly 'com.example.tick': readonly [count: number];
    readonly 'com.example.found': { kwargs: Search };
  };
  readonly procedures: { readonly 'com.example.add': (a: number, b: number) => number };
};
interface TopicsOnly {
  topics: { 'com.example.tick': [count: number] };
}
interface Narrower {
  topics: { 'com.example.tick': [count: number]; 'com.example.log': [line: string, level?: 'info' | 'error'] };
}
interface Different {
  topics: { 'com.example.tick': [count: string] };
}

declare const aliased: WampClient<Aliased>;
declare const topicsOnly: WampClient<TopicsOnly>;
declare const different: WampClient<Different>;

const tick = aliased.topic('com.example.tick').pipe(value());
const sum = aliased.call('com.example.add', [1, 2]).pipe(value());
export type Checks = [
  Expect<Equal<typeof tick, Observable<number>>>,
  Expect<Equal<typeof sum, Observable<number>>>,
  Expect<Equal<EventOf<Aliased, 'com.example.tick'>, EventOf<Api, 'com.example.tick'>>>,
  Expect<Equal<TopicUri<Aliased>, 'com.example.tick' | 'com.example.found'>>,
  Expect<Equal<ProcedureUri<Aliased>, 'com.example.add'>>,
  Expect<Equal<ProcedureUri<TopicsOnly>, never>>,
  Expect<Equal<TopicUri<Contract>, never>>,
];
aliased.publish('com.example.found', { kwargs: { name: 'joe' } });

// @ts-expect-error an argument of another type
aliased.call('com.example.add', ['x', 1]);
// @ts-expect-error a contract without procedures has none
topicsOnly.call('com.example.add', [1, 2]);
// @ts-expect-error no contract is something with a topic that is a number
export type Unreadable = WampClient<{ topics: 5 }>;

// What works with some client, and what works with any.
export const small: WampClient<Narrower> = wamp;
export const some: readonly WampClient<Contract>[] = [wamp, aliased, untyped];
// @ts-expect-error a topic is missing
export const missing: WampClient<Narrower> = topicsOnly;
// @ts-expect-error the same topic with another payload
export const other: WampClient<TopicsOnly> = different;
// @ts-expect-error what is typed must not be used as if it were not
export const loose: WampClient = wamp;

/** The way out, for what is in no contract; and what functions over any client may ask for. */
export const outside = (wamp as WampClient).call('wamp.session.count');
export const part: Pick<WampClient, 'call' | 'topic' | 'state$'> = wamp;

/** A wrapper that knows nothing of the contract keeps all of its types. */
export const follow = <A extends Contract, U extends TopicUri<A>>(
  client: WampClient<A>,
  topic: U,
): Observable<EventOf<A, U>> => client.topic(topic);
export const say = <A extends Contract, U extends TopicUri<A>>(
  client: WampClient<A>,
  topic: U,
  ...rest: Rest<PublicationOf<A, U>, PublishOptions>
): unknown => client.publish(topic, ...rest);
export const sayThis = <A extends Contract, U extends TopicUri<A>>(
  client: WampClient<A>,
  topic: U,
  payload: PublicationOf<A, U>,
): unknown => client.publish(topic, payload);

const followed = follow(wamp, 'com.example.tick');
const followedUntyped = follow(untyped, 'com.example.tick');
export type Wrapped = [
  Expect<Equal<typeof followed, Observable<WampEvent<readonly [count: number]>>>>,
  Expect<Equal<typeof followedUntyped, Observable<WampEvent>>>,
];
say(wamp, 'com.example.tick', [1], { acknowledge: true });
sayThis(wamp, 'com.example.tick', [1]);
// @ts-expect-error a topic that the contract does not have
follow(wamp, 'com.example.tck');
// @ts-expect-error an argument of another type
say(wamp, 'com.example.tick', ['x']);
// @ts-expect-error the payload is missing
say(wamp, 'com.example.tick');
