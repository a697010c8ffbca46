// @ts-check
/**
 * The second process of the quickstart: the router, and a back end that is a client of it without a socket in between.
 *
 * @typedef {object} Api what the two processes offer each other
 * @property {{ 'com.example.tick': [tick: number, pid: number] }} topics
 * @property {{
 *   'com.example.add': (a: number, b: number) => number,
 *   'com.example.count': (to: number) => number,
 *   'com.example.sum_of_squares': (...numbers: number[]) => number,
 *   'com.example.square': (n: number) => number,
 * }} procedures
 */
import { parseArgs } from 'node:util';
import { concatMap, defer, firstValueFrom, from, lastValueFrom, map, merge, reduce, retry, take, timer } from 'rxjs';
import { value, WampClient } from 'rxwamp';
import { Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';

// Whoever started this process is gone, and so is its use.
process.on('disconnect', () => process.exit());
if (process.connected === false) process.exit();

const { values: args } = parseArgs({
  options: { port: { type: 'string', default: '0' }, without: { type: 'string', multiple: true, default: [] } },
});

const router = new Router({ realms: { realm1: {} } });
/** @type {WampClient<Api>} */
const wamp = new WampClient({ transport: router.transport(), realm: 'realm1' });

/** @type {Record<string, import('rxjs').Observable<unknown>>} */
const backEnd = {
  'com.example.tick': timer(0, 300).pipe(concatMap((n) => wamp.publish('com.example.tick', [n, process.pid]))),
  'com.example.add': wamp.register('com.example.add', ({ args: [a, b] }) => a + b),
  'com.example.count': wamp.register('com.example.count', ({ args: [to] }) =>
    timer(0, 40).pipe(
      take(to),
      map((n) => n + 1),
    ),
  ),
  // Calls a procedure of whoever has registered it: here, the other process.
  'com.example.sum_of_squares': wamp.register('com.example.sum_of_squares', ({ args: numbers }) =>
    from(numbers).pipe(
      concatMap((n) => wamp.call('com.example.square', [n]).pipe(value())),
      reduce((sum, square) => sum + square, 0),
    ),
  ),
};
const offered = Object.entries(backEnd).filter(([uri]) => !args.without.includes(uri));
merge(...offered.map(([, offer$]) => offer$)).subscribe();

try {
  // A session is announced when everything is registered in it. The port may take a moment to be free again.
  await firstValueFrom(wamp.session$);
  const listening$ = defer(() => listen(router, { port: Number(args.port) })).pipe(retry({ count: 10, delay: 200 }));
  const { url, port } = await lastValueFrom(listening$);
  process.send?.({ url, port, pid: process.pid });
} catch (error) {
  process.send?.({ failed: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
