import { callOnce, meterInFlight } from '../measure/calling.mjs';
import { allClients, mostClients } from '../measure/dimension.mjs';

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'calls',
  title: 'Calls',
  about: 'So many calls in flight, each result followed by the next call at once; 16 B there and back.',
  side: 'client',
  inTurns: true,
  together: true,
  columns: (mode) => [
    { label: '1', inFlight: 1 },
    {
      label: '10',
      inFlight: 10,
      rounds: 2,
      serializers: ['json'],
      ...(mode === 'quick' && { only: ['floor', 'rxwamp', 'autobahn'] }),
    },
    { label: '100', inFlight: 100 },
    {
      label: '1,000',
      inFlight: 1000,
      rounds: 2,
      serializers: ['json'],
      ...(mode === 'quick' && { only: ['floor', 'rxwamp', 'autobahn'] }),
    },
  ],
  entries: (mode) => (mode === 'full' ? allClients(mode) : mostClients(mode)),
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [
    { title: 'CPU per call, by calls in flight', metric: 'cpu', unit: 'µs', chart: 'bars' },
    { title: 'Latency p50 / p99 / p99.9', metric: 'p50', also: ['p99', 'p999'], unit: 'µs', ratio: false },
    { title: 'Calls per second', metric: 'rate', unit: '/s', ratio: false },
  ],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connect, column: { inFlight }, budget }) {
    const client = await connect();
    return meterInFlight(inFlight, callOnce(client), budget);
  },
};
