// @ts-check
/**
 * Calls are cold: each subscription is one CALL, unsubscribing cancels it, and what goes wrong is a typed error.
 *
 *     npm run build && node samples/calls.mjs
 */
import {
  catchError,
  finalize,
  firstValueFrom,
  ignoreElements,
  lastValueFrom,
  merge,
  NEVER,
  of,
  switchMap,
  takeUntil,
  timer,
} from 'rxjs';
import { isTimeoutError, isWampError, payload, retryCall, value, WampClient, WampError } from 'rxwamp';
import { Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';

const listener = await listen(new Router({ realms: { realm1: {} } }));
const callee = new WampClient({ url: listener.url, realm: 'realm1' });
const wamp = new WampClient({ url: listener.url, realm: 'realm1' });

merge(
  callee.register('com.example.divide', ({ args: [a, b] }) => {
    if (b === 0) throw new WampError('com.example.error.division_by_zero', { args: ['b is 0'], kwargs: { a } });
    return Number(a) / Number(b);
  }),
  callee.register('com.example.find', ({ kwargs }) => payload(['Ada', 'Alan'], { called: kwargs['name'] })),
  callee.register('com.example.sleep', () =>
    NEVER.pipe(finalize(() => console.log('         … and its callee stopped'))),
  ),
).subscribe();
await firstValueFrom(callee.session$);

console.log('value   ', await firstValueFrom(wamp.call('com.example.divide', [21, 6]).pipe(value())));

const { args, kwargs } = await firstValueFrom(wamp.call('com.example.find', { kwargs: { name: 'A' } }));
console.log('kwargs  ', args, kwargs);

const refused$ = wamp.call('com.example.divide', [1, 0]).pipe(
  catchError((error) => {
    if (isWampError(error)) return of(`${error.uri} ${JSON.stringify(error.kwargs)}`);
    throw error;
  }),
);
console.log('error   ', await firstValueFrom(refused$));

const late$ = wamp.call('com.example.sleep', [], { timeout: 50 });
console.log('timeout ', await lastValueFrom(late$).catch((error) => isTimeoutError(error) && error.message));

const cancelled$ = wamp.call('com.example.sleep').pipe(takeUntil(timer(50)));
console.log('cancel  ', await lastValueFrom(cancelled$, { defaultValue: 'unsubscribed, so cancelled' }));

// Nothing is repeated unless one says so: here, until the procedure is there.
const soon$ = timer(100).pipe(switchMap(() => callee.register('com.example.soon', () => 'there now')));
const patient$ = wamp.call('com.example.soon').pipe(retryCall({ unregistered: true, maxAttempts: 20 }), value());
console.log('retry   ', await firstValueFrom(merge(soon$.pipe(ignoreElements()), patient$)));

await Promise.all([wamp.close(), callee.close()]);
await listener.close();
