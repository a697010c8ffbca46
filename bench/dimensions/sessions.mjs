import { LoadSession } from '../load/session.mjs';
import { routersWithJson } from '../measure/dimension.mjs';

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'sessions',
  title: 'Router: idle sessions',
  about:
    'So many sessions join, a hundred at a time, and stay. CPU time of the router’s process to accept one (TCP, WebSocket, HELLO), and by how ' +
    'much its resident memory grows for each, once garbage is collected. A quarter as many have come and gone before, so that what is compiled or allocated once does not count.',
  side: 'router',
  columns: (mode) => (mode === 'full' ? [{ label: '10,000', count: 10_000 }] : [{ label: '1,000', count: 1000 }]),
  entries: routersWithJson,
  floor: 'floor-send',
  rounds: (mode) => (mode === 'full' ? 2 : 1),
  views: [
    { title: 'Router CPU to accept a session', metric: 'cpu', unit: 'µs', chart: 'bars' },
    { title: 'Memory of a session', metric: 'kib', unit: 'KiB', ratio: false, chart: 'bars' },
  ],
  /** @param {import('../measure/dimension.mjs').RouterContext} context */
  async measure({ port, serializer, column: { count }, router }) {
    const first = await LoadSession.joinMany(count / 4, port, serializer);
    for (const session of first) session.end();
    await quiet(router);
    const before = await router({ do: 'usage' });
    await LoadSession.joinMany(count, port, serializer);
    const { cpuUs } = await router({ do: 'usage' });
    await quiet(router);
    const after = await router({ do: 'usage' });
    return { cpu: (cpuUs - before.cpuUs) / count, kib: (after.rssBytes - before.rssBytes) / count / 1024 };
  },
};

/** @param {import('../wire/control.mjs').Control} router */
async function quiet(router) {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    await router({ do: 'collect' });
  }
}
