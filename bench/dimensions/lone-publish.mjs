import { barrier } from '../measure/contestant.mjs';
import { clientsWithJson } from '../measure/dimension.mjs';
import { percentiles } from '../measure/stats.mjs';
import { payloads } from '../wire/payloads.mjs';

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'lone-publish',
  title: 'A lone publication',
  about:
    'From the call of `publish` until the peer has read it, by the clock that both processes share; one each few milliseconds, 16 B, JSON. ' +
    'Holding messages back to send them together must not delay the one that is alone.',
  side: 'client',
  columns: () => [{ label: '16 B' }],
  entries: clientsWithJson,
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [{ title: 'Latency p50 / p99', metric: 'p50', also: ['p99'], unit: 'µs', chart: 'bars' }],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connect, mode }) {
    const client = await connect();
    await client.tell({ do: 'acknowledge', on: client.publish === undefined });
    const publish = client.publish ?? ((topic, args) => client.publishAcknowledged?.(topic, args, () => undefined));
    /** @param {number} count */
    const run = async (count) => {
      await client.tell({ do: 'stamp', on: true });
      /** @type {bigint[]} */
      const sent = [];
      for (let i = 0; i < count; i++) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        sent.push(process.hrtime.bigint());
        publish('bench.topic', payloads['16 B']);
      }
      await barrier(client);
      /** @type {string[]} */
      const arrived = await client.tell({ do: 'stamp', on: false });
      return sent.map((start, i) => Number(BigInt(arrived[i] ?? 0) - start) / 1000);
    };
    await run(100);
    const latencies = await run(mode === 'full' ? 200 : 50);
    return percentiles(latencies);
  },
};
