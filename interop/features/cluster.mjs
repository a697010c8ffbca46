import { interval } from 'rxjs';
import { must, same } from '../harness/expect.mjs';
import { ask, fresh, joined, offer, pause, serializer, watch, Watched } from './our-client.mjs';
import { reaches, withReconnecting } from './outages.mjs';

/**
 * Two nodes joined by a link, a client on each.
 *
 * @param {import('../harness/ledger.mjs').Ledger} ledger
 * @param {string} peer
 * @param {string} column
 * @param {readonly [import('./outages.mjs').Instance, import('./outages.mjs').Instance]} nodes
 */
export async function cluster(ledger, peer, column, [first, second]) {
  const at = (/** @type {string} */ feature) =>
    /** @type {const} */ ({ side: 'cluster', peer, column, group: 'cluster', feature });
  const dial = (/** @type {readonly string[]} */ ...url) => ({ url, serializers: [serializer(column)] });
  const eachOn = (/** @type {(one: Client, two: Client) => Promise<unknown>} */ body) => () =>
    withReconnecting([dial(first.url), dial(second.url)], async (one, two) => {
      await Promise.all([joined(one), joined(two)]);
      await body(one, two);
    });

  await ledger.check(
    at('topics cross, both ways, once each'),
    eachOn(async (one, two) => {
      const topic = fresh('cluster');
      const here = await watch(one, topic);
      const there = await watch(two, topic);
      // What came later has crossed, so these have.
      await linked(one, two);
      await linked(two, one);
      one.publish(topic, ['from the first']);
      two.publish(topic, ['from the second']);
      same((await there.first(1))[0]?.value, 'from the first');
      same((await here.first(1))[0]?.value, 'from the second');
      await pause(200);
      // The publication ids tell whether one that came twice was delivered twice or published twice.
      for (const [name, { values }] of Object.entries({ first: here, second: there })) {
        const came = values.map(({ value, publication, details }) => ({ value, publication, details }));
        must(values.length === 1, `${values.length} events came at the ${name} node: ${JSON.stringify(came)}`);
      }
    }),
    { withinMs: 60_000 },
  );
  await ledger.check(
    at('calls cross, both ways'),
    eachOn(async (one, two) => {
      const [a, b] = [fresh('cluster.a'), fresh('cluster.b')];
      await offer(one, a, ({ args: [n] }) => `first ${n}`);
      await offer(two, b, ({ args: [n] }) => `second ${n}`);
      same(await crossing(two, a, 1), 'first 1');
      same(await crossing(one, b, 2), 'second 2');
    }),
    { withinMs: 60_000 },
  );
  await ledger.check(
    at('one node dies, and its clients go on at the other'),
    () =>
      withReconnecting([dial(first.url, second.url), dial(second.url)], async (one, two) => {
        const topic = fresh('cluster.dies');
        const procedure = fresh('cluster.procedure');
        const events = new Watched(one.topic(topic));
        await offer(one, procedure, () => 'still here');
        await Promise.all([joined(one), joined(two)]);
        await linked(one, two);
        const ticking = interval(50).subscribe((n) => two.publish(topic, [n]));
        await events.first(3);
        same(await crossing(two, procedure, 0), 'still here');
        await first.process.kill();
        await pause(200);
        await reaches('connected')(one);
        const before = events.values.length;
        await events.until((all) => all.length >= before + 5, 'events at the other node');
        same(await crossing(two, procedure, 0), 'still here');
        ticking.unsubscribe();
      }),
    { withinMs: 120_000 },
  );
  await ledger.check(
    at('the node comes back, and the link with it'),
    async () => {
      await first.process.start();
      await eachOn(async (one, two) => {
        await linked(one, two);
        const procedure = fresh('cluster.again');
        await offer(one, procedure, () => 'again');
        same(await crossing(two, procedure, 0), 'again');
      })();
    },
    { withinMs: 150_000 },
  );
}

/** @typedef {import('./our-client.mjs').Client} Client */

/**
 * Waits until what is published on one node reaches the other: the link takes a moment.
 *
 * @param {Client} one
 * @param {Client} two
 */
async function linked(one, two) {
  const topic = fresh('linked');
  const events = await watch(two, topic);
  for (let tries = 0; tries < 100 && events.values.length === 0; tries += 1) {
    one.publish(topic);
    await pause(150);
  }
  must(events.values.length > 0, 'the nodes are not linked');
  events.stop();
}

/**
 * Calls a procedure of the other node, which hears of it a moment later.
 *
 * @param {Client} wamp
 * @param {string} procedure
 * @param {unknown} argument
 */
async function crossing(wamp, procedure, argument) {
  for (let tries = 0; ; tries += 1) {
    try {
      return (await ask(wamp, procedure, [argument])).value;
    } catch (error) {
      if (tries > 100) throw error;
      await pause(150);
    }
  }
}
