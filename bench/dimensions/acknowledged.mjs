import { meterInFlight } from '../measure/calling.mjs';
import { mostClients } from '../measure/dimension.mjs';
import { payloads } from '../wire/payloads.mjs';

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'acknowledged',
  title: 'Publications, acknowledged',
  about:
    'So many in flight, each PUBLISHED followed by the next at once; 16 B. thruway.js has none that are acknowledged.',
  side: 'client',
  inTurns: true,
  together: true,
  columns: (mode) => [
    { label: '1', inFlight: 1, serializers: ['json'], ...(mode === 'quick' && { only: ['floor', 'rxwamp'] }) },
    { label: '100', inFlight: 100 },
  ],
  entries: (mode) => mostClients(mode).filter(({ contestant }) => contestant !== 'thruway'),
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [
    { title: 'CPU per publication, by publications in flight', metric: 'cpu', unit: 'µs', chart: 'bars' },
    { title: 'Latency p50 / p99 / p99.9', metric: 'p50', also: ['p99', 'p999'], unit: 'µs', ratio: false },
  ],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connect, column: { inFlight }, budget }) {
    const client = await connect();
    await client.tell({ do: 'acknowledge', on: true });
    return meterInFlight(
      inFlight,
      (done) => client.publishAcknowledged?.('bench.topic', payloads['16 B'], done),
      budget,
    );
  },
};
