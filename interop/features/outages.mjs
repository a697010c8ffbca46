import { filter, interval, lastValueFrom, take, firstValueFrom, timeout } from 'rxjs';
import { fails, must, same } from '../harness/expect.mjs';
import { rxwamp, WampClient } from '../rxwamp.mjs';
import { ask, fresh, joined, offer, pause, Watched } from './our-client.mjs';

/** @typedef {import('./our-client.mjs').Client} Client */

/** How long a state may be waited for: on a machine that is busy it is long in coming. */
const STATE_MS = 40_000;

/** Tries again soon: a run is short. */
const RETRY = { initialDelayMs: 100, maxDelayMs: 300 };

/**
 * What a client goes through when its router dies, freezes or is restarted.
 *
 * @param {import('./our-client.mjs').Target} target
 * @param {import('../routers/router.mjs').RouterProcess} router
 */
export async function outages({ ledger, peer, column, dial, bugs }, router) {
  const at = (/** @type {string} */ feature) =>
    /** @type {const} */ ({ side: 'client', peer, column, group: 'outages', feature });

  await ledger.check(
    at('kill -9 in the middle of a stream, and its return'),
    () =>
      withReconnecting([dial(), dial()], async (one, two) => {
        const topic = fresh('outage');
        const procedure = fresh('outage.procedure');
        const events = new Watched(one.topic(topic, { gaps: 'notice' }));
        await offer(one, procedure, ({ args: [wait] }) => pause(Number(wait)).then(() => 'answer'));
        await Promise.all([joined(one), joined(two)]);
        const ticking = interval(20).subscribe((n) => two.publish(topic, [n]).subscribe({ error: () => undefined }));
        await events.until((all) => all.length >= 10, 'events before');
        const inFlight = ask(two, procedure, [60_000]);
        inFlight.catch(() => undefined);
        await pause(50);
        const lost = Promise.all([one, two].map(leaves('connected')));
        await router.kill();
        await lost;
        await fails(
          inFlight,
          ({ name }) => name === 'ConnectionLostError',
          'ConnectionLostError for the call in flight',
        );
        await router.start();
        await Promise.all([one, two].map(reaches('connected')));
        const before = events.values.length;
        await events.until((all) => all.length >= before + 10, 'events after');
        must(events.values.some(rxwamp.isTopicGap), 'the subscriber was not told of the gap');
        same((await ask(two, procedure, [0])).value, 'answer', 'the call after');
        ticking.unsubscribe();
      }),
    { withinMs: 150_000, bug: bugs['kill -9 in the middle of a stream, and its return'] },
  );

  await ledger.check(
    at('a frozen router is noticed by the heartbeat'),
    () =>
      withReconnecting([{ ...dial(), heartbeat: { intervalMs: 300, timeoutMs: 2_000 } }], async (wamp) => {
        await joined(wamp);
        // It answers while it lives.
        await lastValueFrom(wamp.roundTripMs$.pipe(take(2)));
        same(wamp.state.status, 'connected', 'the state while the router is well');
        const left = leaves('connected')(wamp);
        router.freeze();
        try {
          const state = await left;
          const cause = state.status === 'waiting' ? state.cause : undefined;
          must(cause instanceof rxwamp.ConnectionLostError, `the cause is ${cause?.name}: ${cause?.message}`);
        } finally {
          router.thaw();
        }
        await reaches('connected')(wamp);
      }),
    { withinMs: 120_000, bug: bugs['a frozen router is noticed by the heartbeat'] },
  );

  await ledger.check(
    at('a router that is restarted in order'),
    () =>
      withReconnecting([dial()], async (wamp) => {
        const session = await joined(wamp);
        const left = leaves('connected')(wamp);
        await router.stop();
        const state = await left;
        must(state.status !== 'closed', `the client gave up: ${state.status === 'closed' ? state.cause?.message : ''}`);
        await router.start();
        await reaches('connected')(wamp);
        const again = await joined(wamp);
        must(again.id !== session.id, 'the session is the old one');
      }),
    { withinMs: 150_000, bug: bugs['a router that is restarted in order'] },
  );
}

/**
 * Two routers, restarted one after the other, under clients that know both.
 *
 * @param {Omit<import('./our-client.mjs').Target, 'dial'>} target
 * @param {readonly [Pick<Instance, 'url' | 'process'>, Pick<Instance, 'url' | 'process'>]} routers
 * @param {Partial<import('rxwamp').WampClientOptions>} options
 *
 * @typedef {{ url: string, process: import('../routers/router.mjs').RouterProcess }} Instance
 */
export async function rollingRestart({ ledger, peer, column, bugs }, [first, second], options) {
  const feature = 'a rolling restart of two routers';
  await ledger.check(
    { side: 'client', peer, column, group: 'outages', feature },
    () =>
      withReconnecting([{ ...options, url: [first.url, second.url] }], async (wamp) => {
        const topic = fresh('rolling');
        const events = new Watched(wamp.topic(topic));
        await joined(wamp);
        const ticking = interval(50).subscribe((n) =>
          wamp.publish(topic, [n], { exclude_me: false }).subscribe({ error: () => undefined }),
        );
        for (const { process } of [first, second]) {
          await events.until((all) => all.length > 0, 'events');
          await process.stop();
          await pause(100);
          await reaches('connected')(wamp);
          const before = events.values.length;
          await events.until((all) => all.length >= before + 5, 'events from the other router');
          await process.start();
        }
        ticking.unsubscribe();
      }),
    { withinMs: 200_000, bug: bugs[feature] },
  );
}

/**
 * @param {readonly Partial<import('rxwamp').WampClientOptions>[]} options
 * @param {(...clients: Client[]) => Promise<unknown>} body
 */
export async function withReconnecting(options, body) {
  const clients = options.map(
    (own) =>
      new WampClient(
        /** @type {import('rxwamp').WampClientOptions} */ ({
          realm: 'realm1',
          retry: RETRY,
          handshakeTimeoutMs: 10_000,
          closeTimeoutMs: 500,
          ...own,
        }),
      ),
  );
  try {
    await body(...clients);
  } finally {
    await Promise.all(clients.map((one) => one.close()));
  }
}

/** @param {import('rxwamp').ConnectionState['status']} status */
const leaves = (status) => (/** @type {Client} */ wamp) =>
  firstValueFrom(
    wamp.state$.pipe(
      filter((state) => state.status !== status),
      take(1),
      timeout(STATE_MS),
    ),
  );

/** @param {import('rxwamp').ConnectionState['status']} status */
export const reaches = (status) => (/** @type {Client} */ wamp) =>
  firstValueFrom(
    wamp.state$.pipe(
      filter((state) => {
        if (state.status === 'closed' && status !== 'closed') throw state.cause ?? new Error('the client was closed');
        return state.status === status;
      }),
      take(1),
      timeout(STATE_MS),
    ),
  );
