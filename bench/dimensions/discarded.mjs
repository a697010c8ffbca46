import { barrier } from '../measure/contestant.mjs';
import { clientsWithJson, entriesOf } from '../measure/dimension.mjs';
import { meter } from '../measure/meter.mjs';

const WAYS = /** @type {const} */ ({ received: 'received', unsubscribed: 'unsubscribed', full: 'overflow' });

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'discarded',
  title: 'Events thrown away',
  about:
    'Events of a topic that was unsubscribed while they were on their way, and events that the overflow policy of a stuck ' +
    'consumer drops (`processQueue` with `drop-newest`; only rxwamp has policies). What nobody reads need not be decoded: ' +
    'the comparison is with the floor *receiving* an event of that size. autobahn takes such an event for a violation of the protocol and ends the session.',
  side: 'client',
  inTurns: true,
  together: true,
  columns: (mode) =>
    ['16 B', '64 KiB'].flatMap((payload) => [
      { label: `${payload}, received`, payload, way: WAYS.received, only: ['floor'] },
      {
        label: `${payload}, unsubscribed`,
        payload,
        way: WAYS.unsubscribed,
        not: ['autobahn', ...(payload === '16 B' || mode === 'full' ? [] : ['wampy', 'wamprx', 'thruway'])],
      },
      { label: `${payload}, overflow`, payload, way: WAYS.full, only: ['rxwamp'] },
    ]),
  entries: () => [...clientsWithJson().filter(({ contestant }) => contestant !== 'floor-rx'), ...BINARY],
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  floorColumn: ({ payload }) => `${payload}, received`,
  views: [{ title: 'CPU per event', metric: 'cpu', unit: 'µs', chart: 'bars' }],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connect, column: { payload, way }, budget }) {
    const client = await connect();
    let seen = 0;
    let wanted = Infinity;
    let all = () => undefined;
    const count = () => {
      if (++seen === wanted) all();
    };
    // The first is what is thrown away, the second says that all of it has come.
    const handle = await (way === WAYS.full
      ? client.subscribeFull?.(TOPIC, 'drop-newest', count)
      : subscribe(client, way, count));
    await client.subscribe('bench.last', () => all());
    await barrier(client);
    if (way === WAYS.unsubscribed) await client.unsubscribe(handle);
    await barrier(client);
    const figures = await meter((events) => {
      // Of those that overflow, the first two are taken in.
      wanted = way === WAYS.unsubscribed ? Infinity : seen + events - (way === WAYS.full && seen === 0 ? 2 : 0);
      const then = way === WAYS.unsubscribed ? 1 : undefined;
      return new Promise((resolve) => {
        all = () => void resolve(undefined);
        void client.tell({ do: 'events', from: 0, to: 1, payload, count: events, then });
      });
    }, budget);
    return { ...figures };
  },
};

const TOPIC = 'bench.topic';
const BINARY = entriesOf({ rxwamp: ['msgpack', 'cbor'], floor: ['msgpack', 'cbor'] });

/** @param {import('../measure/contestant.mjs').Client} client @param {string} way @param {() => void} count */
const subscribe = (client, way, count) =>
  client.subscribe(TOPIC, (args) => {
    if (way === WAYS.received && args[0].length > 0) count();
  });
