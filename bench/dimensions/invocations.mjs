import { mostClients } from '../measure/dimension.mjs';
import { meter } from '../measure/meter.mjs';
import { barrier } from '../measure/contestant.mjs';

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'invocations',
  title: 'Invocations served',
  about: 'The peer keeps so many invocations of one procedure in flight; its handler returns its argument, 16 B.',
  side: 'client',
  inTurns: true,
  together: true,
  columns: (mode) => [
    { label: '1', window: 1, serializers: ['json'], ...(mode === 'quick' && { only: ['floor', 'rxwamp'] }) },
    { label: '100', window: 100 },
  ],
  entries: mostClients,
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [
    { title: 'CPU per invocation, by invocations in flight', metric: 'cpu', unit: 'µs', chart: 'bars' },
    { title: 'Invocations per second', metric: 'rate', unit: '/s', ratio: false },
  ],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connect, column: { window }, budget }) {
    const client = await connect();
    let seen = 0;
    let wanted = Infinity;
    let all = () => undefined;
    await client.register('bench.served', (args) => {
      if (++seen === wanted) all();
      return args[0];
    });
    const figures = await meter(async (count) => {
      wanted = seen + count;
      await new Promise((resolve) => {
        all = () => void resolve(undefined);
        void client.tell({ do: 'invoke', count, window });
      });
      // Answered after the last YIELD.
      await barrier(client);
    }, budget);
    return { ...figures };
  },
};
