import { LoadSession } from '../load/session.mjs';
import { meterInFlight } from '../measure/calling.mjs';
import { allRouters } from '../measure/dimension.mjs';
import { Code } from '../wire/codes.mjs';
import { payloads } from '../wire/payloads.mjs';

const PROCEDURE = 'bench.echo';

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'round-trips',
  title: 'Router: calls',
  about:
    'One caller, one callee, so many calls in flight, 16 B there and back. CPU time of the router’s process for each call.',
  side: 'router',
  inTurns: true,
  columns: () => [
    { label: '1', inFlight: 1 },
    { label: '100', inFlight: 100 },
  ],
  entries: allRouters,
  floor: 'floor-send',
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [
    { title: 'Router CPU per call, by calls in flight', metric: 'cpu', unit: 'µs', chart: 'bars', log: true },
    { title: 'Latency p50 / p99 / p99.9', metric: 'p50', also: ['p99', 'p999'], unit: 'µs', ratio: false },
    { title: 'Calls per second', metric: 'rate', unit: '/s', ratio: false },
  ],
  /** @param {import('../measure/dimension.mjs').RouterContext} context */
  async measure({ port, serializer, column: { inFlight }, budget, router }) {
    const callee = await LoadSession.join(port, serializer);
    await callee.serve(PROCEDURE, payloads['16 B']);
    const caller = await LoadSession.join(port, serializer);
    const call = caller.burst([Code.CALL, {}, PROCEDURE, payloads['16 B']]);
    /** @type {Map<number, () => void>} */
    const waiting = new Map();
    caller.onResult = (id) => {
      const done = waiting.get(id);
      waiting.delete(id);
      done?.();
    };
    return meterInFlight(inFlight, (done) => waiting.set(call(1), done), budget, {
      cpu: async () => (await router({ do: 'usage' })).cpuUs,
    });
  },
};
