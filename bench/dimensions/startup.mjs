import { clientsWithJson } from '../measure/dimension.mjs';
import { median } from '../measure/stats.mjs';

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'startup',
  title: 'From constructing the client to the first event',
  about:
    'Connect, join, subscribe, receive. The first time in a process, and the median of those after it; the peer is on the same machine.',
  side: 'client',
  columns: () => [
    { label: 'first', cold: true },
    { label: 'later', cold: false },
  ],
  entries: clientsWithJson,
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [{ title: 'Milliseconds', metric: 'ms', unit: 'ms', chart: 'bars' }],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connectAnother, control, realm, column: { cold }, mode }) {
    const times = [];
    for (let i = 0; i < (cold ? 1 : mode === 'full' ? 40 : 30); i++) {
      // `connectAnother` numbers its realms like this.
      await control({ do: 'greet', realm: `${realm}.n${i}` });
      const start = performance.now();
      const client = await connectAnother();
      await new Promise((resolve) => client.subscribe('bench.topic', resolve));
      times.push(performance.now() - start);
      client.close();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return { ms: median(cold ? times : times.slice(10)) };
  },
};
