import { filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { must, same } from '../harness/expect.mjs';
import { Absent, inWords } from '../harness/ledger.mjs';
import { meta, rxwamp } from '../rxwamp.mjs';
import { barrier, first, fresh, needs, offer, pause, watch, Watched, withClients } from './our-client.mjs';

/** @typedef {import('./our-client.mjs').Client} Client */

/** @param {Client} wamp */
const idOf = ({ state }) => {
  must(state.status === 'connected', 'not connected');
  return state.session.id;
};

/**
 * The meta API, testaments and event history, as our `meta(wamp)` shows them.
 *
 * @type {readonly [
 *   feature: string,
 *   check: (one: Client, two: Client, target: import('./our-client.mjs').Target) => Promise<unknown>,
 * ][]}
 */
export const metaApi = [
  [
    'sessions: count, list, get',
    async (one, two) => {
      needs(one, 'dealer', 'session_meta_api');
      const { session } = meta(one);
      must((await first(session.count())) >= 2, 'fewer than two sessions');
      must((await first(session.list())).includes(idOf(two)), 'the other session is not listed');
      same((await first(session.get(idOf(two)))).session, idOf(two));
    },
  ],
  [
    'sessions: on_join, on_leave',
    async (one, _, { dial }) => {
      needs(one, 'dealer', 'session_meta_api');
      const joins = new Watched(meta(one).session.onJoin$);
      const leaves = new Watched(meta(one).session.onLeave$);
      await barrier(one);
      let id = 0;
      await withClients([dial()], async (third) => {
        id = idOf(third ?? one);
        await joins.until((all) => all.some(({ session }) => session === id), 'on_join');
      });
      await leaves.until((all) => all.some(({ session }) => session === id), 'on_leave');
      joins.stop();
      leaves.stop();
    },
  ],
  [
    'sessions: a live view',
    async (one, _, { dial }) => {
      needs(one, 'dealer', 'session_meta_api');
      const view = new Watched(meta(one).session.live$);
      await view.until((all) => all.at(-1)?.has(idOf(one)) === true, 'our own session');
      await withClients([dial()], async (third) => {
        const id = idOf(third ?? one);
        await view.until((all) => all.at(-1)?.has(id) === true, 'the third session');
      });
      view.stop();
    },
  ],
  [
    'sessions: kill',
    async (one, _, { dial }) => {
      needs(one, 'dealer', 'session_meta_api');
      await withClients([dial()], async (third) => {
        must(third !== undefined, 'no client');
        const closed = firstValueFrom(third.state$.pipe(filter(({ status }) => status === 'closed')));
        await known(
          lastValueFrom(meta(one).session.kill(idOf(third), { reason: 'interop.close.killed' }), { defaultValue: 0 }),
        );
        const state = await closed;
        const cause = state.status === 'closed' ? state.cause : undefined;
        must(cause !== undefined, 'the one that was killed knows no cause');
        const reason = cause instanceof rxwamp.ConnectionLostError ? cause.reason : undefined;
        same(reason, 'interop.close.killed', `the reason (of ${inWords(cause)})`);
      });
    },
  ],
  [
    'subscriptions: lookup, match, get, subscribers',
    async (one, two) => {
      needs(one, 'broker', 'subscription_meta_api');
      const topic = fresh('meta');
      const events = await watch(two, topic);
      const { subscription } = meta(one);
      const id = await first(subscription.lookup(topic));
      must(id !== null, 'lookup found nothing');
      same(await first(subscription.match(topic)), [id], 'match');
      same((await first(subscription.get(id))).uri, topic, 'get');
      same(await first(subscription.listSubscribers(id)), [idOf(two)], 'the subscribers');
      same(await first(subscription.countSubscribers(id)), 1, 'their number');
      same(await first(subscription.lookup(fresh('nobody'))), null, 'lookup of what nobody subscribed to');
      events.stop();
    },
  ],
  [
    'subscriptions: on_create, on_subscribe, on_unsubscribe, on_delete',
    async (one, two) => {
      needs(one, 'broker', 'subscription_meta_api');
      const { subscription } = meta(one);
      const topic = fresh('meta.events');
      const created = new Watched(subscription.onCreate$);
      const came = new Watched(subscription.onSubscribe$);
      const went = new Watched(subscription.onUnsubscribe$);
      const deleted = new Watched(subscription.onDelete$);
      await barrier(one);
      const events = await watch(two, topic);
      const [create] = await created.until((all) => all.some(({ details }) => details.uri === topic), 'on_create');
      const id = create?.details.id;
      await came.until((all) => all.some((change) => change.subscription === id), 'on_subscribe');
      events.stop();
      await went.until((all) => all.some((change) => change.subscription === id), 'on_unsubscribe');
      await deleted.until((all) => all.some((change) => change.subscription === id), 'on_delete');
      for (const watched of [created, came, went, deleted]) watched.stop();
    },
  ],
  [
    'registrations: lookup, match, get, callees',
    async (one, two) => {
      needs(one, 'dealer', 'registration_meta_api');
      const procedure = fresh('meta');
      const offered = await offer(two, procedure, () => 1);
      const { registration } = meta(one);
      const id = await first(registration.lookup(procedure));
      same(id, offered.values[0]?.id, 'lookup');
      same(await first(registration.match(procedure)), id, 'match');
      same((await first(registration.get(id ?? 0))).uri, procedure, 'get');
      same(await first(registration.listCallees(id ?? 0)), [idOf(two)], 'the callees');
      same(await first(registration.countCallees(id ?? 0)), 1, 'their number');
      same(await first(registration.lookup(fresh('nobody'))), null, 'lookup of what nobody registered');
      offered.stop();
    },
  ],
  [
    'testaments',
    async (one, _, { dial }) => {
      needs(one, 'dealer', 'testament_meta_api');
      const topic = fresh('testament');
      const events = await watch(one, topic);
      await withClients([dial()], async (third) => {
        must(third !== undefined, 'no client');
        await known(
          lastValueFrom(meta(third).session.addTestament(topic, { args: ['gone'], kwargs: { by: 'me' } }), {
            defaultValue: 0,
          }),
        );
        await pause(50);
        same(events.values.length, 0, 'events while it lives');
      });
      const [event] = await events.first(1);
      same(event?.args, ['gone'], 'args');
      same(event?.kwargs, { by: 'me' }, 'kwargs');
      events.stop();
    },
  ],
  [
    'event history',
    async (one, two) => {
      const topic = 'interop.history.kept';
      const events = await watch(one, topic);
      const mark = fresh('mark');
      for (const n of [1, 2, 3]) await lastValueFrom(two.publish(topic, [mark, n], { acknowledge: true }));
      await events.until((all) => all.filter(({ args }) => args[0] === mark).length === 3, 'three events');
      const { subscription } = meta(one);
      const id = await known(first(subscription.lookup(topic)));
      must(id !== null, 'the router does not know the subscription');
      // Some write it down a moment later.
      /** @type {unknown[] | undefined} */
      let numbers = undefined;
      for (let tries = 0; tries < 100 && numbers?.length !== 3; tries += 1) {
        await pause(100);
        const stored = await known(first(subscription.getEvents(id, { limit: 10 })));
        numbers = stored.filter(({ args }) => args[0] === mark).map(({ args }) => args[1]);
      }
      same(numbers, [1, 2, 3], 'the events, the oldest first,');
      events.stop();
    },
  ],
  [
    'event history, after the last subscriber left',
    async (one, two) => {
      const topic = 'interop.history.left';
      const { subscription } = meta(one);
      await known(first(subscription.lookup(topic)));
      const mark = fresh('kept');
      const last = async () => {
        const id = await first(subscription.lookup(topic));
        must(id !== null, 'the router does not know the subscription');
        return (await known(first(subscription.getEvents(id, { limit: 10 })))).at(-1)?.args[0];
      };
      const before = await watch(one, topic);
      await lastValueFrom(two.publish(topic, [mark], { acknowledge: true }));
      await before.first(1);
      // Some write it down a moment later.
      for (let tries = 0; tries < 20 && (await last()) !== mark; tries += 1) await pause(100);
      before.stop();
      await barrier(one);
      const events = await watch(one, topic);
      same(await last(), mark, 'the last event that was kept');
      events.stop();
    },
  ],
];

/** What the router has no procedure for is absent. @template T @param {Promise<T>} asked */
async function known(asked) {
  try {
    return await asked;
  } catch (error) {
    if (rxwamp.isWampError(error) && error.uri === rxwamp.ErrorUri.NO_SUCH_PROCEDURE) {
      throw new Absent(`there is no ${error.on}`);
    }
    throw error;
  }
}
