// @ts-check
/**
 * Topics: subscribers that share one SUBSCRIBE, patterns, the last value for who comes late, and leaving.
 *
 *     npm run build && node samples/topics.mjs
 */
import { concat, firstValueFrom, lastValueFrom, map, merge, take, tap } from 'rxjs';
import { value, WampClient } from 'rxwamp';
import { Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';

const listener = await listen(new Router({ realms: { home: {} } }));
const display = new WampClient({ url: listener.url, realm: 'home' });
const sensor = new WampClient({ url: listener.url, realm: 'home' });

const kitchen$ = display.topic('com.example.kitchen.celsius').pipe(value());
const anyOfKitchen$ = display.topic('com.example.kitchen', { match: 'prefix' });
const anyCelsius$ = display.topic('com.example..celsius', { match: 'wildcard' });

// Two of these four subscribe to the same topic with the same options, which is one SUBSCRIBE.
const shown = lastValueFrom(
  merge(
    kitchen$.pipe(map((celsius) => `exact      ${celsius} °C`)),
    kitchen$.pipe(map((celsius) => `shared     ${(Number(celsius) * 1.8 + 32).toFixed(1)} °F`)),
    anyOfKitchen$.pipe(map(({ topic, args }) => `prefix     ${topic}: ${args}`)),
    anyCelsius$.pipe(map(({ topic, args }) => `wildcard   ${topic}: ${args}`)),
  ).pipe(tap(console.log), take(6)),
);

// A session is announced when every topic is subscribed in it. `publish` sends at once and emits the acknowledgement.
await firstValueFrom(display.session$);
const options = { acknowledge: true, retain: true };
await lastValueFrom(
  concat(
    sensor.publish('com.example.kitchen.celsius', [21], options),
    sensor.publish('com.example.kitchen.door', ['open'], options),
    sensor.publish('com.example.bath.celsius', [24], options),
  ),
);
await shown;

// `take` has unsubscribed from all four, and so UNSUBSCRIBE was sent for all three. Who comes late gets what was retained.
const retained$ = display.topic('com.example.bath.celsius', { get_retained: true });
const late = await firstValueFrom(retained$);
console.log(`retained   ${late.topic}: ${late.value}, retained: ${late.details['retained']}`);

await Promise.all([display.close(), sensor.close()]);
await listener.close();
