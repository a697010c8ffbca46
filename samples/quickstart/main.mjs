// @ts-check
/**
 * Starts the embedded router in a second process, talks to it over a WebSocket, kills it, starts it again, and shows
 * that topics, registrations and calls go on. Ends by itself: with 0, or with 1 and the step that did not happen.
 *
 *     npm start
 *     npm start -- --port 8080                  on this port instead of a free one
 *     npm start -- --without com.example.add    see a step fail
 *
 * @import { Connectable, Observable, Subscription } from 'rxjs'
 * @import { Api } from './router.mjs'
 */
import { parseArgs } from 'node:util';
import { connectable, count, defer, exhaustMap, first, map, ReplaySubject, take, toArray } from 'rxjs';
import { value, WampClient } from 'rxwamp';
import { routerProcess } from './router-process.mjs';
import { step } from './step.mjs';
import { footer, header, inWords, note, progressBar } from './terminal.mjs';

const { values: args } = parseArgs({
  options: { port: { type: 'string', default: '0' }, without: { type: 'string', multiple: true, default: [] } },
});

/** @type {Subscription | undefined} The router while it runs; unsubscribing kills it. */
let running;
process.on('exit', () => running?.unsubscribe());
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

/** Starts a router that outlives the step it is started in. Emits it when it can be reached, and errors when it ends. */
const startRouter = (/** @type {number} */ port) =>
  defer(() => {
    const router$ = connectable(routerProcess(port, args.without), { connector: () => new ReplaySubject(1) });
    running = router$.connect();
    return router$;
  });

async function quickstart() {
  header('rxwamp quickstart', 'a client here, the router in a second process');
  const started$ = startRouter(Number(args.port)).pipe(take(1));
  const router = await step('start the router', started$, ({ url, pid }) => `${url}, process ${pid}`);

  /** @type {WampClient<Api>} */
  const wamp = new WampClient({ url: router.url, realm: 'realm1', retry: { initialDelayMs: 400, maxDelayMs: 1_000 } });
  wamp.state$.subscribe((state) => note(inWords(state)));
  try {
    await steps(wamp, router.port);
  } finally {
    await wamp.close();
  }
}

/**
 * @param {WampClient<Api>} wamp
 * @param {number} port
 */
async function steps(wamp, port) {
  // All that is asked of the router is said here, once. The topic and the registration are subscribed to once as well,
  // by `connect()`, and stay so; the steps look on.
  const tick$ = connectable(wamp.topic('com.example.tick'));
  const square$ = connectable(wamp.register('com.example.square', ({ args: [n] }) => n * n));
  const sum$ = wamp.call('com.example.add', [2, 3]).pipe(value());
  const count$ = wamp.call('com.example.count', [40], { progress: true }).pipe(value());
  const sumOfSquares$ = wamp.call('com.example.sum_of_squares', [3, 4]).pipe(value());

  const threeTicks$ = tick$.pipe(
    map(({ args }) => args),
    take(3),
    toArray(),
  );
  const asList = (/** @type {(readonly [number, number])[]} */ ticks) =>
    `ticks ${ticks.map(([tick]) => tick).join(', ')} of process ${ticks[0]?.[1]}`;

  await step('subscribe to com.example.tick', connected(tick$, threeTicks$), asList);
  await step('call com.example.add', sum$, (sum) => `2 + 3 = ${sum}`);
  await step('stream com.example.count', count$.pipe(progressBar(40), count()), (n) => `${n} progressive results`);
  const registered$ = connected(square$, square$.pipe(take(1)));
  await step('register com.example.square', registered$, ({ id }) => `registration ${id}`);
  await step('have it called from there', sumOfSquares$, (sum) => `3² + 4² = ${sum}`);

  const retrying$ = wamp.state$.pipe(first((state) => state.status === 'waiting' && state.attempt > 1));
  const killed$ = defer(() => {
    running?.unsubscribe();
    return retrying$;
  });
  await step('kill the router', killed$, () => 'noticed, and tried again');
  const rejoined$ = startRouter(port).pipe(
    exhaustMap(() => wamp.session$),
    take(1),
  );
  await step('start it again', rejoined$, () => 'joined anew');

  await step('the subscription goes on', threeTicks$, asList);
  await step('the registration is called', sumOfSquares$, (sum) => `3² + 4² = ${sum}`);
  await step('the call can be made again', sum$, (sum) => `2 + 3 = ${sum}`);
  const closed$ = defer(() => wamp.close());
  await step('say goodbye', closed$, () => 'closed');
}

/**
 * Connects a source once it is watched, and leaves it connected.
 *
 * @template T
 * @param {Connectable<unknown>} source$
 * @param {Observable<T>} view$ what is watched of it
 */
const connected = (source$, view$) =>
  defer(() => {
    source$.connect();
    return view$;
  });

try {
  await quickstart();
  footer();
} catch (error) {
  process.exitCode = 1;
  console.error(`\nIt ended early. ${error instanceof Error ? error.message : error}`);
} finally {
  running?.unsubscribe();
}
