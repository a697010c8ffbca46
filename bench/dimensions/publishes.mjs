import { barrier, turn } from '../measure/contestant.mjs';
import { mostClients } from '../measure/dimension.mjs';
import { meter } from '../measure/meter.mjs';
import { payloadBytes, payloads } from '../wire/payloads.mjs';

/** How much is handed over before the peer is asked whether it has arrived. */
const WINDOW_BYTES = 1024 * 1024;

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'publishes',
  title: 'Publications, unacknowledged',
  about:
    'In bursts of 100 in one turn (8 of 64 KiB); after 1 MiB at most the client waits until the peer has it. wampy and wamprx ' +
    'have none that are unacknowledged.',
  side: 'client',
  inTurns: true,
  together: true,
  columns: (mode) => [
    { label: '16 B', not: ALWAYS_ACKNOWLEDGED },
    { label: '1 KiB', not: ALWAYS_ACKNOWLEDGED, ...(mode === 'quick' && { only: ['floor', 'rxwamp', 'autobahn'] }) },
    {
      label: '64 KiB',
      not: ALWAYS_ACKNOWLEDGED,
      ...(mode === 'quick' && { serializers: ['json'], only: ['floor', 'rxwamp', 'autobahn'] }),
    },
  ],
  entries: (mode) => mostClients(mode).filter(({ contestant }) => !ALWAYS_ACKNOWLEDGED.includes(contestant)),
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [
    { title: 'CPU per publication', metric: 'cpu', unit: 'µs', chart: 'bars' },
    { title: 'Publications per second', metric: 'rate', unit: '/s', ratio: false },
  ],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connect, column, budget }) {
    const payload = /** @type {keyof typeof payloads} */ (column.label);
    const client = await connect();
    const burst = payload === '64 KiB' ? 8 : 100;
    const window = Math.max(1, Math.min(10, Math.floor(WINDOW_BYTES / (burst * payloadBytes[payload]))));
    const figures = await meter(
      async (count) => {
        for (let sent = 0; sent < count;) {
          for (let bursts = 0; bursts < window && sent < count; bursts++) {
            for (let i = 0; i < burst && sent < count; i++, sent++) client.publish?.('bench.topic', payloads[payload]);
            await turn();
          }
          await barrier(client);
        }
      },
      budget,
      { step: burst },
    );
    return { ...figures };
  },
};

const ALWAYS_ACKNOWLEDGED = ['wampy', 'wamprx'];
