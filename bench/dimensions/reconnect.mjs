import { subscribeAll, topicNames } from '../measure/contestant.mjs';
import { entriesOf } from '../measure/dimension.mjs';

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'reconnect',
  title: 'Reconnecting with open subscriptions',
  about:
    'The peer drops the connection. From accepting the next one until the client hands out an event of the subscription that was made last: the delay ' +
    'before the attempt does not count. thruway.js and wamprx are left out: the one takes minutes, the other does not reconnect.',
  side: 'client',
  columns: (mode) => [
    ...(mode === 'full' ? [{ label: '1,000', count: 1000 }] : []),
    { label: '10,000', count: 10_000 },
    ...(mode === 'full' ? [{ label: '50,000', count: 50_000, rounds: 2 }] : []),
  ],
  entries: () => entriesOf({ floor: ['json'], rxwamp: ['json'], autobahn: ['json'], wampy: ['json'] }),
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [
    { title: 'Until all are back', metric: 'ms', unit: 'ms', chart: 'bars' },
    { title: 'SUBSCRIBEs sent', metric: 'subscribes', unit: '', ratio: false },
  ],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connect, column: { count } }) {
    const client = await connect();
    client.keepConnected?.();
    /** @type {(at: bigint) => void} */
    let heard = () => undefined;
    await subscribeAll(client, topicNames(count), () => heard(process.hrtime.bigint()));
    await client.tell({ do: 'expect', subscriptions: count });
    const back = new Promise((resolve) => (heard = resolve));
    await client.tell({ do: 'drop' });
    const at = await /** @type {Promise<bigint>} */ (back);
    // A storm would still be going on.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { seen, acceptedAt } = await client.tell({ do: 'seen' });
    return { ms: Number(at - BigInt(acceptedAt)) / 1e6, subscribes: seen[32] ?? 0 };
  },
};
