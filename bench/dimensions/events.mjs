import { isDeepStrictEqual } from 'node:util';
import { barrier } from '../measure/contestant.mjs';
import { allClients } from '../measure/dimension.mjs';
import { meter } from '../measure/meter.mjs';
import { payloads } from '../wire/payloads.mjs';

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'events',
  title: 'Events received',
  about:
    'One subscription; the peer sends as much as the socket takes; the subscriber looks at the first argument. “Structured” is a list of twelve ' +
    'records, about 1.6 KiB as JSON.',
  side: 'client',
  inTurns: true,
  together: true,
  columns: (mode) => [
    { label: '16 B' },
    { label: '1 KiB', not: mode === 'full' ? [] : OTHERS },
    { label: '64 KiB' },
    { label: 'structured', not: mode === 'full' ? [] : OTHERS },
  ],
  entries: (mode) => [{ contestant: 'socket', serializer: 'json' }, ...allClients(mode)],
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [
    { title: 'CPU per event', metric: 'cpu', unit: 'µs', chart: 'bars' },
    { title: 'Events per second', metric: 'rate', unit: '/s', ratio: false },
    { title: 'Share of the time in which the client was busy', metric: 'busy', unit: '', ratio: false },
  ],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connect, contestant, column: { label }, budget }) {
    const client = await connect();
    let seen = 0;
    let wanted = Infinity;
    let all = () => undefined;
    /** @type {unknown} */
    let last;
    await client.subscribe('bench.topic', (args) => {
      last = args[0];
      if (++seen === wanted) all();
    });
    await barrier(client);
    const figures = await meter((count) => {
      wanted = seen + count;
      return new Promise((resolve) => {
        all = () => void resolve(undefined);
        void client.tell({ do: 'events', from: 0, to: 1, payload: label, count });
      });
    }, budget);
    const [sent] = payloads[/** @type {keyof typeof payloads} */ (label)];
    if (contestant.decodes !== false && !isDeepStrictEqual(last, sent)) throw new Error('that is not what was sent');
    return { ...figures };
  },
};

/** Whose 16 B and 64 KiB have to do when it is to be quick. */
const OTHERS = ['floor-rx', 'wamprx', 'thruway'];
