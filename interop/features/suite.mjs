import { calls } from './calls.mjs';
import { metaApi } from './meta.mjs';
import { client, joined } from './our-client.mjs';
import { same } from '../harness/expect.mjs';
import { topics } from './topics.mjs';

/** Which checks are made with every serializer, and which once a router, as they are the same in each. */
const ONE_SERIALIZER = new Set(['200 calls in flight', '1,000 events in order']);

/**
 * Everything two clients of ours can do with a router, in one serializer.
 *
 * @param {import('./our-client.mjs').Target} target
 * @param {{ brief?: boolean }} [options] `brief`: leaves out what takes long
 */
export async function suite(target, { brief = false } = {}) {
  const { ledger, peer, column, dial, bugs } = target;
  const at = (/** @type {string} */ group, /** @type {string} */ feature) =>
    /** @type {const} */ ({ side: 'client', peer, column, group, feature });
  const pair = new Pair(dial);

  await ledger.check(at('session', 'joins, and leaves with GOODBYE'), async () => {
    const wamp = client(dial());
    const session = await joined(wamp);
    same(session.realm, 'realm1', 'the realm');
    await wamp.close();
    same(wamp.state.status === 'closed' && wamp.state.cause, undefined, 'the cause of the end');
  });
  const groups = /** @type {const} */ ([
    ['calls', calls],
    ['topics', topics],
    ['meta API', metaApi],
  ]);
  try {
    for (const [group, features] of groups) {
      for (const [feature, check] of features) {
        if (brief && ONE_SERIALIZER.has(feature)) continue;
        await ledger.check(
          at(group, feature),
          async () => {
            const [one, two] = await pair.alive();
            await check(one, two, target);
          },
          // What is known to fail is not waited for that long.
          { bug: bugs[feature], withinMs: bugs[feature] === undefined ? undefined : 3_000 },
        );
      }
    }
  } finally {
    await pair.close();
  }
}

/** Two clients that serve one check after the other, and are replaced when a check has cost one its session. */
class Pair {
  /** @type {import('./our-client.mjs').Client[]} */
  #clients = [];

  /** @param {import('./our-client.mjs').Target['dial']} dial */
  constructor(dial) {
    this.dial = dial;
  }

  /** @returns {Promise<[import('./our-client.mjs').Client, import('./our-client.mjs').Client]>} */
  async alive() {
    const replaced = [0, 1].map((index) => {
      const present = this.#clients[index];
      return present?.state.status === 'connected' ? present : client(this.dial());
    });
    this.#clients = replaced;
    const [one, two] = replaced;
    if (one === undefined || two === undefined) throw new Error('no clients');
    await Promise.all([joined(one), joined(two)]);
    return [one, two];
  }

  async close() {
    await Promise.all(this.#clients.map((one) => one.close()));
  }
}
