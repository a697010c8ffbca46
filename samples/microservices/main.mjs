// @ts-check
/**
 * An order is a few calls of services that know nothing of each other. One of them runs in several processes, of which one
 * is small, one is killed, and one is asked to stop.
 *
 *     npm run build && node samples/microservices/main.mjs
 *
 * @import { Api, Rendered } from './worker.mjs'
 * @import { Observable } from 'rxjs'
 */
import assert from 'node:assert/strict';
import {
  bufferCount,
  catchError,
  concatMap,
  filter,
  firstValueFrom,
  forkJoin,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  of,
  range,
  share,
  Subject,
  switchMap,
  tap,
  toArray,
} from 'rxjs';
import { ErrorUri, isWampError, retryCall, value, WampClient } from 'rxwamp';
import { Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';
import { startWorker } from './worker.mjs';

// Nothing here takes so long, on a busy machine either, unless something does not happen.
setTimeout(() => assert.fail('it is not done after 100 s'), 100_000).unref();

const say = (/** @type {string} */ words) => console.log(`   ${words}`);
const listener = await listen(new Router({ realms: { realm1: {} } }));
/** @returns {WampClient<Api>} */
const client = () => new WampClient({ url: listener.url, realm: 'realm1' });

const [north, south, west] = await Promise.all([
  startWorker(listener.url, 'north', 1, 1), // the small one
  startWorker(listener.url, 'south', 2, 8),
  startWorker(listener.url, 'west', 2, 8),
]);

// Two more services, and the one that makes an order of what the others do.
const [stock, prices, orders, shop] = [client(), client(), client(), client()];
/** @type {Record<string, number>} */
const catalogue = { tea: 4, jam: 6, bread: 3 };
merge(
  stock.register('com.example.stock.reserve', ({ args: [item] }) => item in catalogue),
  prices.register('com.example.price', ({ args: [item] }) => catalogue[item] ?? 0),
  orders.register('com.example.order', ({ args: [item] }) =>
    forkJoin({
      reserved: orders.call('com.example.stock.reserve', [item]).pipe(value()),
      price: orders.call('com.example.price', [item]).pipe(value()),
    }).pipe(
      switchMap(({ price }) => orders.call('com.example.render', [`1 ${item}, ${price} EUR`, 5])),
      value(),
    ),
  ),
).subscribe();
const started$ = shop.topic('com.example.render.started').pipe(share());
const refused$ = shop.topic('com.example.render.refused').pipe(share());
merge(started$, refused$).subscribe();
await Promise.all([stock, prices, orders, shop].map(({ session$ }) => firstValueFrom(session$)));

const shares = (/** @type {readonly Rendered[]} */ rendered) => {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { by } of rendered) counts[by] = (counts[by] ?? 0) + 1;
  return counts;
};
const inWords = (/** @type {Record<string, number>} */ counts) =>
  Object.entries(counts)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
const render = (/** @type {number} */ n, pages = 10) =>
  shop.call('com.example.render', [`no. ${n}`, pages]).pipe(value());
/** @param {number} count @param {(call$: Observable<Rendered>) => Observable<Rendered>} patience */
const atOnce = (count, patience = (call$) => call$) =>
  lastValueFrom(
    range(1, count).pipe(
      mergeMap((n) => patience(render(n))),
      toArray(),
    ),
  );

/** Without paper the workers end nothing, so what happens meanwhile does not depend on how fast they are. */
const paper = (/** @type {boolean} */ isThere) =>
  lastValueFrom(shop.publish('com.example.paper', [isThere], { acknowledge: true }));

console.log('1. Orders one by one: each calls stock and prices together, then a worker');
const items$ = range(9).pipe(map((n) => ['tea', 'jam', 'bread'][n % 3] ?? ''));
const invoices = await lastValueFrom(
  items$.pipe(
    concatMap((item) => shop.call('com.example.order', [item])),
    value(),
    toArray(),
  ),
);
say(`${invoices.length} invoices, e.g. "${invoices[0]?.invoice}", by ${inWords(shares(invoices))}`);
assert.deepEqual(shares(invoices), { north: 3, south: 3, west: 3 });

console.log('2. Twelve invoices at once: the small worker refuses, and the router asks another');
await paper(false);
const refusal = firstValueFrom(refused$);
const twelve = atOnce(12);
await refusal;
await paper(true);
const busy = await twelve;
const { refused } = await firstValueFrom(shop.call('com.example.figures.north').pipe(value()));
say(`north refused ${refused}, and nobody noticed: ${inWords(shares(busy))}`);
assert.equal(busy.length, 12);
assert(refused > 0);

console.log('3. Thirty at once are too many for all of them');
await paper(false);
let turnedAway = 0;
/** @type {Subject<number>} */
const turnedAway$ = new Subject();
const count = { error: (/** @type {unknown} */ error) => isWampError(error) && turnedAway$.next(++turnedAway) };
// 22 have a place with the three, so 8 do not.
const tooMany = firstValueFrom(turnedAway$.pipe(filter((times) => times >= 8)));
const thirty = atOnce(30, (call$) =>
  call$.pipe(tap(count), retryCall({ idempotent: true, maxAttempts: 50, initialDelayMs: 200, maxDelayMs: 400 })),
);
await tooMany;
await paper(true);
const many = await thirty;
say(`"nobody is free" was heard ${turnedAway} times, and tried again later: ${inWords(shares(many))}`);
assert.equal(many.length, 30);

console.log('4. South is killed with two invoices in its hands');
await paper(false);
const underWay = firstValueFrom(started$.pipe(bufferCount(5)));
/** Rendering twice does no harm, so a call whose callee left may be made again. */
const again = retryCall({
  isRetryable: (error) => isWampError(error) && error.uri === ErrorUri.CANCELED,
  initialDelayMs: 50,
});
const told = (/** @type {number} */ n) =>
  render(n, 30).pipe(
    map(({ by }) => `by ${by}`),
    catchError((error) => of(isWampError(error) ? `${error.uri} (${error.args.join()})` : String(error))),
  );
const rendering = Promise.all([
  lastValueFrom(range(1, 3).pipe(mergeMap(told), toArray())),
  lastValueFrom(
    range(4, 3).pipe(
      mergeMap((n) => again(render(n, 30))),
      toArray(),
    ),
  ),
]);
await underWay; // the sixth waits its turn at north
south.child.kill('SIGKILL');
await south.ended;
await paper(true);
const [hasty, patient] = await rendering;
say(`three callers take what comes: ${hasty.join('; ')}`);
say(`three repeat what was lost: ${inWords(shares(patient))}`);
assert.equal(hasty.filter((outcome) => outcome.startsWith(ErrorUri.CANCELED)).length, 1);
assert.equal(patient.length, 3);

console.log('5. East takes its place, and west is asked to stop: it ends what it has begun');
const east = await startWorker(listener.url, 'east', 2, 8);
const begun = firstValueFrom(started$.pipe(bufferCount(5)));
const last = atOnce(6);
await begun;
west.child.kill('SIGTERM');
const [rendered, [code]] = await Promise.all([last, west.ended]);
say(`${inWords(shares(rendered))}; west ended with ${code}, and no call was lost`);
assert.equal(rendered.length, 6);
assert.equal(code, 0);

for (const { child } of [north, east]) child.kill('SIGTERM');
await Promise.all([north.ended, east.ended]);
await Promise.all([stock, prices, orders, shop].map((wamp) => wamp.close()));
await listener.close();
