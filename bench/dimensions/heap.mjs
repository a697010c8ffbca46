import { barrier, subscribeAll, topicNames, turn } from '../measure/contestant.mjs';
import { clientsWithJson } from '../measure/dimension.mjs';
import { settledHeap } from '../measure/meter.mjs';

const COUNT = 10_000;
const FEW = 1000;
const SESSIONS = 200;

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'heap',
  title: 'Heap',
  about:
    'Growth of the heap after a collection, for 10,000 subscriptions (their URIs apart), 10,000 calls that wait (thruway.js: 1,000 each) and ' +
    '200 sessions that idle.',
  side: 'client',
  columns: () => [
    { label: 'subscription', kind: 'subscription' },
    { label: 'pending call', kind: 'call' },
    { label: 'idle session', kind: 'session' },
  ],
  entries: clientsWithJson,
  rounds: (mode) => (mode === 'full' ? 2 : 1),
  views: [{ title: 'Bytes each', metric: 'bytes', unit: 'B', chart: 'bars', log: true }],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connect, connectAnother, column: { kind }, name }) {
    const count = name === 'thruway' ? FEW : COUNT;
    const client = await connect();
    await subscribeAll(client, ['bench.first'], () => undefined);
    await barrier(client);
    if (kind === 'subscription') {
      const topics = topicNames(count);
      const grown = await growth(() => subscribeAll(client, topics, () => undefined));
      // Still used, so still there when it is measured.
      return { bytes: grown / topics.length };
    }
    if (kind === 'call') {
      await client.tell({ do: 'calls', answer: 'never' });
      const grown = await growth(async () => {
        for (let i = 0; i < count; i++) {
          client.call('bench.never', [], () => undefined);
          if (i % 1000 === 999) await turn();
        }
        for (let read = 0; read < count; await turn()) read = (await client.tell({ do: 'seen' })).seen[48] ?? 0;
      });
      return { bytes: grown / count };
    }
    const clients = [client];
    for (let i = 0; i < 20; i++) clients.push(await connectAnother());
    const grown = await growth(async () => {
      for (let i = 0; i < SESSIONS; i++) clients.push(await connectAnother());
    });
    return { bytes: clients.length > 0 ? grown / SESSIONS : 0 };
  },
};

/** @param {() => Promise<unknown>} grow */
async function growth(grow) {
  const before = await settledHeap();
  await grow();
  return (await settledHeap()) - before;
}
