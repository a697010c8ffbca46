// @ts-check
/**
 * Connections come and go, Observables stay: several URLs, the state as it changes, publications that wait for a
 * connection, and a notice where events were missed.
 *
 *     npm run build && node samples/reconnecting.mjs
 */
import { filter, firstValueFrom, lastValueFrom, map, take, tap } from 'rxjs';
import { isTopicGap, WampClient } from 'rxwamp';
import { Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';

const open = (port = 0) => listen(new Router({ realms: { realm1: {} } }), { port });
const before = await open();
const { port } = before;

const wamp = new WampClient({
  url: ['ws://127.0.0.1:1/ws', before.url], // tried in turn; nobody listens at the first
  realm: 'realm1',
  retry: { initialDelayMs: 50, maxDelayMs: 100 },
});
const becomes = (/** @type {import('rxwamp').ConnectionState['status']} */ status) =>
  firstValueFrom(wamp.state$.pipe(filter((state) => state.status === status)));

wamp.state$
  .pipe(map((state) => `state    ${state.status}${state.status === 'waiting' ? `: ${state.cause.message}` : ''}`))
  .subscribe(console.log);

// One subscription, from before the first connection until after the last.
const news = lastValueFrom(
  wamp.topic('com.example.news', { gaps: 'notice' }).pipe(
    map((item) => (isTopicGap(item) ? 'gap      what was published meanwhile is lost' : `event    ${item.value}`)),
    tap(console.log),
    take(4),
  ),
);
await becomes('connected');
await lastValueFrom(wamp.publish('com.example.news', ['is sent at once'], { exclude_me: false, acknowledge: true }));

// The router goes away, and what is published meanwhile waits.
await before.close();
await becomes('waiting');
wamp.publish('com.example.news', ['waited'], { exclude_me: false });
wamp.publish('com.example.news', ['waited, too'], { exclude_me: false });
console.log(`outbox   ${wamp.outbox.waiting} wait`);

// Another router at the same address: subscribed again first, then the outbox is sent.
const after = await open(port);
await news;

await wamp.close();
await after.close();
