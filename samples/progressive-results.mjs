// @ts-check
/**
 * Streams through calls: progressive results, as callee and as caller, and progressive invocations, i.e. a payload that is
 * an Observable.
 *
 *     npm run build && node samples/progressive-results.mjs
 */
import { firstValueFrom, from, interval, lastValueFrom, map, merge, scan, take, tap, toArray } from 'rxjs';
import { value, WampClient } from 'rxwamp';
import { Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';

const listener = await listen(new Router({ realms: { realm1: {} } }));
const callee = new WampClient({ url: listener.url, realm: 'realm1' });
const wamp = new WampClient({ url: listener.url, realm: 'realm1' });

merge(
  // Each value of an Observable is a progressive result.
  callee.register('com.example.countdown', ({ args: [n] }) =>
    interval(30).pipe(
      take(Number(n)),
      map((i) => Number(n) - i),
    ),
  ),
  // `input$` is what the caller streams in; what goes out may depend on it at every turn.
  callee.register('com.example.totals', ({ input$ }) =>
    input$.pipe(scan((total, { args: [amount] }) => total + Number(amount), 0)),
  ),
).subscribe();
await firstValueFrom(callee.session$);

const countdown$ = wamp.call('com.example.countdown', [3], { progress: true });
await lastValueFrom(countdown$.pipe(tap(({ args: [n] }) => console.log('countdown    ', n))));

// Who does not ask for progress gets the last value alone.
console.log('without      ', await firstValueFrom(wamp.call('com.example.countdown', [3]).pipe(value())));

// Leaving early cancels the call, and unsubscribes from the callee's Observable.
const firstTwo$ = wamp.call('com.example.countdown', [1_000], { progress: true }).pipe(value(), take(2), toArray());
console.log('first two    ', await lastValueFrom(firstTwo$));

// A stream in, a stream out: each subscription to `amounts$` is one call.
const amounts$ = from([5, 10, 20]).pipe(tap((amount) => console.log('streamed in  ', amount)));
const totals$ = wamp.call('com.example.totals', amounts$, { progress: true }).pipe(value());
await lastValueFrom(totals$.pipe(tap((total) => console.log('streamed out ', total))));

await Promise.all([wamp.close(), callee.close()]);
await listener.close();
