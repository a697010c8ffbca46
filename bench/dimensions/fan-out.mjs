import { crowd } from '../load/crowd.mjs';
import { LoadSession } from '../load/session.mjs';
import { allRouters, entriesOf } from '../measure/dimension.mjs';
import { meter } from '../measure/meter.mjs';
import { Code } from '../wire/codes.mjs';
import { payloads } from '../wire/payloads.mjs';

/** Deliveries that may be on their way. */
const IN_FLIGHT = 20_000;
const TOPIC = 'bench.topic';

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'fan-out',
  title: 'Router: one publisher, many receivers',
  about:
    'CPU time of the router’s process for each event delivered. The publisher sends in bursts, so that 20,000 deliveries are on their way at ' +
    'a time (at least two publications); each receiver is a session of its own. The floors decode, look the topic up and send: with `ws.send` for each ' +
    'receiver; with the frame built once and written to each; and so, with one write for each socket and tick (*corked*), which the ratios refer to.',
  side: 'router',
  inTurns: true,
  columns: (mode) => [
    { label: '1 → 1', receivers: 1, payload: '16 B' },
    { label: '1 → 100', receivers: 100, payload: '16 B' },
    { label: '1 → 1,000', receivers: 1000, payload: '16 B', ...(mode === 'quick' && { serializers: JSON_ALONE }) },
    ...(mode === 'full'
      ? [
          {
            label: '1 → 10,000',
            receivers: 10_000,
            payload: '16 B',
            serializers: JSON_ALONE,
            rounds: 2,
            apart: true,
            skip: CROSSBAR,
          },
          { label: '1 → 100, 1 KiB', receivers: 100, payload: '1 KiB', serializers: JSON_ALONE },
          { label: '1 → 100, 64 KiB', receivers: 100, payload: '64 KiB', serializers: JSON_ALONE, rounds: 2 },
        ]
      : []),
  ],
  entries: (mode) => [...allRouters(mode), ...(mode === 'full' ? FURTHER : [])],
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [
    { title: 'Router CPU per delivered event', metric: 'cpu', unit: 'µs', chart: 'bars', log: true },
    { title: 'Delivered per second', metric: 'rate', unit: '/s', ratio: false },
    { title: 'Memory of the router', metric: 'rssMb', unit: 'MB', ratio: false },
  ],
  /** @param {import('../measure/dimension.mjs').RouterContext} context */
  async measure({ port, serializer, column: { receivers: count, payload }, budget, router }) {
    const receivers = await crowd(count, port, serializer, TOPIC);
    const publisher = await LoadSession.join(port, serializer);
    const name = /** @type {keyof typeof payloads} */ (payload);
    const publish = publisher.burst([Code.PUBLISH, {}, TOPIC, payloads[name]]);
    const window = Math.max(2, Math.floor((name === '64 KiB' ? IN_FLIGHT / 64 : IN_FLIGHT) / count));
    let sent = 0;
    const figures = await meter(
      async (deliveries) => {
        for (let left = deliveries / count; left > 0;) {
          const some = Math.min(left, Math.ceil(window / 2));
          publish(some);
          left -= some;
          sent += some;
          // The next half goes out while this one is on its way.
          await receivers.received(left > 0 ? sent - some : sent);
        }
      },
      budget,
      { step: count, cpu: async () => (await router({ do: 'usage' })).cpuUs },
    );
    return { ...figures, rssMb: (await router({ do: 'usage' })).rssBytes / 2 ** 20 };
  },
};

/** Connecting so many. */
const CROSSBAR = { crossbar: 'takes half a minute' };

const JSON_ALONE = /** @type {const} */ (['json']);

const FURTHER = entriesOf({ 'floor-once': ['json'], crossbar: ['msgpack'] });
