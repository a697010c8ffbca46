import { interval, type Observable } from 'rxjs';
import {
  history,
  isTopicGap,
  snapshot,
  value,
  type Dict,
  type EventOf,
  type Publication,
  type PublicationOf,
  type SubjectUri,
  type TopicGap,
  type TopicOptions,
  type TopicSnapshot,
  type TopicSubject,
  type WampEvent,
} from 'rxwamp';
import { untyped, wamp, type Api, type Search, type User } from './api.js';
import type { Equal, Expect } from './expect.js';

declare const user: User;
declare const search: Search;
declare const policy: 'silent' | 'notice';
declare const options: TopicOptions;

const tick = wamp.topic('com.example.tick');
const count = wamp.topic('com.example.tick').pipe(value());
const found = wamp.topic('com.example.found');
const noticed = wamp.topic('com.example.tick', { gaps: 'notice' });
const filled = wamp.topic('com.example.tick', { gaps: history(), get_retained: true });
const silent = wamp.topic('com.example.tick', { gaps: 'silent', match: 'exact' });
const retained = wamp.topic('com.example.tick', { gaps: 'retained' });
const snapped = wamp.topic('com.example.tick', { gaps: snapshot('com.example.state') });
const either = wamp.topic('com.example.tick', { gaps: policy });
const pattern = wamp.topic('com.example.', { match: 'prefix' });
const patternNoticed = wamp.topic('com..tick', { match: 'wildcard', gaps: 'notice' });
const patternOfKnown = wamp.topic('com.example.tick', { match: 'prefix' });
const template = wamp.topic('com.example.user.5').pipe(value());
const unknowns = untyped.topic('com.example.tick');
const unknownsNoticed = untyped.topic('com.example.tick', { gaps: 'notice' });
const unknownsOptions = untyped.topic('com.example.', options);
const unknownsMatched = untyped.topic('com.example.', { match: 'prefix' });

type Tick = WampEvent<readonly [count: number]>;
export type Events = [
  Expect<Equal<typeof tick, Observable<Tick>>>,
  Expect<Equal<Tick['value'], number>>,
  Expect<Equal<typeof count, Observable<number>>>,
  Expect<Equal<typeof found, Observable<WampEvent<readonly [hits: number], Readonly<Search>>>>>,
  Expect<Equal<EventOf<Api, 'com.example.found'>['kwargs']['limit'], number | undefined>>,
  Expect<Equal<EventOf<Api, 'com.example.tick'>['kwargs'], Dict>>,
  Expect<Equal<EventOf<Api, 'com.example.searched'>['args'], readonly []>>,
  Expect<Equal<EventOf<Api, 'com.example.searched'>['value'], undefined>>,
  Expect<Equal<EventOf<Api, 'com.example.log'>['args'], readonly [line: string, level?: 'info' | 'error']>>,
  Expect<Equal<EventOf<Api, 'com.example.tags'>['args'], readonly [user: User, ...tags: string[]]>>,
  Expect<Equal<EventOf<Api, 'com.example.ping'>['args'], readonly []>>,
  Expect<Equal<EventOf<Api, 'com.example.flag'>['args'], readonly [boolean]>>,
  Expect<Equal<EventOf<Api, 'com.example.user'>['value'], User>>,
  Expect<Equal<EventOf<Api, 'com.example.anything'>, WampEvent>>,
  Expect<Equal<typeof noticed, Observable<Tick | TopicGap>>>,
  Expect<Equal<typeof filled, Observable<Tick | TopicGap>>>,
  Expect<Equal<typeof retained, Observable<Tick>>>,
  Expect<Equal<typeof snapped, Observable<Tick | TopicGap | TopicSnapshot>>>,
  Expect<Equal<typeof silent, Observable<Tick>>>,
  Expect<Equal<typeof either, Observable<Tick | TopicGap>>>,
  Expect<Equal<typeof pattern, Observable<WampEvent>>>,
  Expect<Equal<typeof patternNoticed, Observable<WampEvent | TopicGap>>>,
  Expect<Equal<typeof patternOfKnown, Observable<WampEvent>>>,
  Expect<Equal<typeof template, Observable<User>>>,
  Expect<Equal<typeof unknowns, Observable<WampEvent>>>,
  Expect<Equal<typeof unknownsNoticed, Observable<WampEvent | TopicGap>>>,
  Expect<Equal<typeof unknownsOptions, Observable<WampEvent | TopicGap | TopicSnapshot>>>,
  Expect<Equal<typeof unknownsMatched, Observable<WampEvent>>>,
];

noticed.subscribe((item) => (isTopicGap(item) ? item.lostAtMs : item.value.toFixed(0)));
/** Events with their interfaces are events like others. */
export const details = (event: WampEvent): Dict => event.details;
found.subscribe(details);

// @ts-expect-error a topic that the contract does not have
wamp.topic('com.example.tck');
// @ts-expect-error … even with options
wamp.topic('com.example.tck', { gaps: 'notice' });
// @ts-expect-error a template that does not fit
wamp.topic('com.example.user.joe');
// @ts-expect-error a procedure is no topic
wamp.topic('com.example.add');
// @ts-expect-error options that may make it a pattern
wamp.topic('com.example.tick', options);
// @ts-expect-error an option misspelt
wamp.topic('com.example.tick', { gap: 'notice' });
// @ts-expect-error … of an untyped client
untyped.topic('com.example.tick', { gap: 'notice' });
// @ts-expect-error a gap has no value
noticed.pipe(value());
// @ts-expect-error the count is no string
tick satisfies Observable<WampEvent<readonly [count: string]>>;
// @ts-expect-error there is one argument
tick.subscribe(({ args: [, second] }) => second);
// @ts-expect-error nothing is known of what a pattern brings
pattern.subscribe(({ args: [n] }) => Math.abs(n));
// @ts-expect-error what is received is read-only
found.subscribe(({ kwargs }) => (kwargs.name = 'x'));

const publication = wamp.publish('com.example.tick', [42]);
export type Publications = [
  Expect<Equal<typeof publication, Observable<Publication>>>,
  Expect<
    Equal<
      PublicationOf<Api, 'com.example.hinted'>,
      | readonly [id: number]
      | { readonly args: readonly [id: number]; readonly kwargs?: { readonly hint?: string } | undefined }
    >
  >,
];
wamp.publish('com.example.tick', { args: [42] }, { acknowledge: true, exclude_me: false });
wamp.publish('com.example.log', ['x']);
wamp.publish('com.example.log', ['x', 'error']);
wamp.publish('com.example.tags', [user, 'a', 'b']);
wamp.publish('com.example.ping');
wamp.publish('com.example.ping', undefined, { acknowledge: true });
wamp.publish('com.example.found', { args: [1], kwargs: search });
wamp.publish('com.example.searched', { kwargs: search });
wamp.publish('com.example.hinted', [1]);
wamp.publish('com.example.hinted', { args: [1], kwargs: {} });
wamp.publish('com.example.flag', [true]);
wamp.publish('com.example.user.5', [user]);
wamp.publish('com.example.anything', { kwargs: { what: 'ever' } });
untyped.publish('com.example.tick');
untyped.publish('com.example.tick', [1, 'x'], { eligible_authrole: ['admin'] });
tick.subscribe((event) => wamp.publish('com.example.tick', event));

// @ts-expect-error an argument of another type
wamp.publish('com.example.tick', ['x']);
// @ts-expect-error the payload is missing
wamp.publish('com.example.tick');
// @ts-expect-error a value without its list
wamp.publish('com.example.tick', 42);
// @ts-expect-error an object without its list
wamp.publish('com.example.user', user);
// @ts-expect-error a literal that is not allowed
wamp.publish('com.example.log', ['x', 'fatal']);
// @ts-expect-error the arguments are missing
wamp.publish('com.example.found', { kwargs: search });
// @ts-expect-error the kwargs are missing
wamp.publish('com.example.found', [1]);
// @ts-expect-error kwargs that are not declared
wamp.publish('com.example.tick', { args: [1], kwargs: { a: 1 } });
// @ts-expect-error a ping carries nothing
wamp.publish('com.example.ping', [1]);
// @ts-expect-error a topic that the contract does not have
wamp.publish('com.example.tck', [1]);
// @ts-expect-error an option misspelt
wamp.publish('com.example.tick', [1], { acknowlege: true });
// @ts-expect-error the untyped client wants a payload as well
untyped.publish('com.example.tick', 42);

const ticks = wamp.subject('com.example.tick');
const lines = wamp.subject('com.example.log', { publish: { acknowledge: true }, subscribe: { get_retained: true } });
const numbers = untyped.subject<number>('com.example.tick');
const values = untyped.subject('com.example.tick');
export type Subjects = [
  Expect<Equal<typeof ticks, TopicSubject<number>>>,
  Expect<Equal<typeof lines, TopicSubject<string>>>,
  Expect<Equal<typeof numbers, TopicSubject<number>>>,
  Expect<Equal<typeof values, TopicSubject<unknown>>>,
  Expect<
    Equal<
      Exclude<keyof Api['topics'], SubjectUri<Api>>,
      'com.example.ping' | 'com.example.found' | 'com.example.searched'
    >
  >,
];
interval(1_000).subscribe(ticks);
interval(1_000).subscribe(numbers);

// @ts-expect-error a string is no count
ticks.next('x');
// @ts-expect-error one value does not make up this payload
wamp.subject('com.example.found');
// @ts-expect-error the contract says what the values are
wamp.subject<string>('com.example.tick');
// @ts-expect-error a topic that the contract does not have
wamp.subject('com.example.tck');
// @ts-expect-error a number stream takes numbers
numbers.next('x');
