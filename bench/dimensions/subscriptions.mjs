import { subscribeAll, topicNames } from '../measure/contestant.mjs';
import { clientsWithJson } from '../measure/dimension.mjs';
import { meter } from '../measure/meter.mjs';

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'subscriptions',
  title: 'Events, by the number of open subscriptions',
  about: 'So many subscriptions in one session, 16 B, JSON; events of all of them, in an order that no cache foresees.',
  side: 'client',
  inTurns: true,
  columns: (mode) => [
    { label: '1', count: 1 },
    {
      label: '100',
      count: 100,
      rounds: 2,
      ...(mode === 'quick' && { not: ['floor-rx', 'wampy', 'wamprx', 'autobahn'] }),
    },
    {
      label: '1,000',
      count: 1000,
      rounds: 2,
      not: mode === 'full' ? [] : ['thruway', 'floor-rx', 'wampy', 'wamprx', 'autobahn'],
    },
    { label: '10,000', count: 10_000, skip: SLOW },
    {
      label: '100,000',
      count: 100_000,
      rounds: 2,
      skip: { ...SLOW, wamprx: 'takes 13 s' },
      not: mode === 'full' ? [] : ['autobahn', 'wampy'],
    },
  ],
  entries: clientsWithJson,
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [{ title: 'CPU per event', metric: 'cpu', unit: 'µs', chart: 'lines', log: true }],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connect, column: { count: open }, budget }) {
    const client = await connect();
    let seen = 0;
    let wanted = Infinity;
    let all = () => undefined;
    let length = 0;
    await subscribeAll(client, topicNames(open), (args) => {
      length += args[0].length;
      if (++seen === wanted) all();
    });
    const figures = await meter((count) => {
      wanted = seen + count;
      return new Promise((resolve) => {
        all = () => void resolve(undefined);
        void client.tell({ do: 'events', from: 0, to: open, payload: '16 B', count });
      });
    }, budget);
    if (length !== 16 * seen) throw new Error('not all of it arrived');
    return { ...figures };
  },
};

/** What one of these took to subscribe and to receive. @type {Record<string, string>} */
const SLOW = { thruway: 'takes minutes' };
