import { mostClients } from '../measure/dimension.mjs';
import { meter } from '../measure/meter.mjs';

/** How many results a call has. */
const RESULTS = 1000;

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'progressive',
  title: 'Progressive results',
  about: 'One call after the other, each with a thousand progressive results of 16 B.',
  side: 'client',
  inTurns: true,
  columns: () => [{ label: '16 B' }],
  entries: mostClients,
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [{ title: 'CPU per result', metric: 'cpu', unit: 'µs', chart: 'bars' }],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connect, budget }) {
    const client = await connect();
    await client.tell({ do: 'calls', answer: RESULTS });
    let length = 0;
    const figures = await meter(
      async (count) => {
        for (let left = count; left > 0; left -= RESULTS)
          await new Promise((resolve) => {
            client.call('bench.stream', [], resolve, (args) => {
              length += args[0].length;
            });
          });
      },
      budget,
      { step: RESULTS },
    );
    if (length === 0) throw new Error('nothing came');
    return { ...figures };
  },
};
