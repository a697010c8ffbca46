// @ts-check
/**
 * What a registered procedure may return and throw, how it learns that its caller left, and how callees share one. All of
 * it in one process: the router is reached in memory.
 *
 *     npm run build && node samples/registrations.mjs
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  catchError,
  concatMap,
  firstValueFrom,
  from,
  lastValueFrom,
  map,
  merge,
  of,
  range,
  takeUntil,
  tap,
  timer,
  toArray,
} from 'rxjs';
import { payload, value, WampClient, WampError } from 'rxwamp';
import { Router } from 'rxwamp/router';

const router = new Router({ realms: { realm1: {} } });
const client = () => new WampClient({ transport: router.transport(), realm: 'realm1' });
const [callee, other, caller] = [client(), client(), client()];

/** @type {Record<string, (invocation: import('rxwamp').Invocation) => unknown>} */
const procedures = {
  'com.example.value': () => 'is the one argument',
  'com.example.payload': () => payload(['several', 'arguments'], { and: 'keywords' }),
  'com.example.promise': async ({ procedure }) => `of ${procedure} was awaited`,
  'com.example.observable': () => of('each value', 'is a', 'progressive result'),
  'com.example.generator': async function* () {
    yield 'so is';
    await sleep(10);
    yield 'what is yielded';
  },
  'com.example.error': () => {
    throw new WampError('com.example.error.as_it_is', { kwargs: { code: 7 } });
  },
  'com.example.exception': () => {
    throw new RangeError('and no stack trace');
  },
  'com.example.long': ({ signal }) => {
    signal.addEventListener('abort', () => console.log('signal       aborted'));
    return sleep(60_000, undefined, { signal });
  },
};
const offers = Object.entries(procedures).map(([uri, handler]) => callee.register(uri, handler));
// One procedure with two callees, who are called in turn.
const shared = [callee, other].map((who, i) =>
  who.register('com.example.shared', () => `callee ${i + 1}`, { invoke: 'roundrobin' }),
);
const registered = merge(...offers, ...shared).subscribe();
await Promise.all([callee, other].map(({ session$ }) => firstValueFrom(session$)));

const words = (/** @type {{ args: readonly unknown[], kwargs: object }} */ { args, kwargs }) =>
  [...args, ...Object.entries(kwargs).flat()].join(' ');
const outcome = (/** @type {string} */ uri) =>
  caller.call(uri, [], { progress: true }).pipe(
    map(words),
    toArray(),
    map((results) => results.join(', ')),
    catchError((error) => of(`${error.uri}: ${words(error)}`)),
    map((told) => `${uri.replace('com.example.', '').padEnd(12)} ${told}`),
  );
const uris = Object.keys(procedures).filter((uri) => uri !== 'com.example.long');
await lastValueFrom(from(uris).pipe(concatMap(outcome), tap(console.log)));

// Unsubscribing cancels the call: the callee's `signal` aborts, and an Observable of the callee's is unsubscribed from.
await lastValueFrom(caller.call('com.example.long').pipe(takeUntil(timer(20))), { defaultValue: undefined });

const turns$ = range(4).pipe(concatMap(() => caller.call('com.example.shared').pipe(value())));
console.log(`shared       ${await lastValueFrom(turns$.pipe(toArray()))}`);

// A procedure is offered for as long as somebody is subscribed to it.
registered.unsubscribe();
console.log(await lastValueFrom(outcome('com.example.value')));

await Promise.all([callee, other, caller].map((one) => one.close()));
