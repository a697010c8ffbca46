import { callOnce, meterInFlight } from '../measure/calling.mjs';
import { turn, barrier } from '../measure/contestant.mjs';
import { clientsWithJson } from '../measure/dimension.mjs';

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'pending',
  title: 'Calls, by the number of calls that wait',
  about: 'So many calls that are never answered in the same session; beside them 100 in flight, 16 B, JSON.',
  side: 'client',
  inTurns: true,
  columns: (mode) =>
    [0, 1000, 10_000, 100_000]
      .filter((waiting) => mode === 'full' || [0, 100_000].includes(waiting))
      .map((waiting) => ({
        label: waiting.toLocaleString('en-US'),
        waiting,
        ...([1000, 10_000].includes(waiting) && { rounds: 2 }),
        ...(waiting > 10_000 && { skip: { thruway: 'takes minutes', wamprx: 'takes a minute or more' } }),
      })),
  entries: clientsWithJson,
  rounds: (mode) => (mode === 'full' ? 3 : 1),
  views: [{ title: 'CPU per call', metric: 'cpu', unit: 'µs', chart: 'lines', log: true }],
  /** @param {import('../measure/dimension.mjs').ClientContext} context */
  async measure({ connect, column: { waiting }, budget }) {
    const client = await connect();
    await client.tell({ do: 'calls', answer: 'never' });
    for (let i = 0; i < waiting; i++) {
      client.call('bench.never', [], () => undefined);
      if (i % 1000 === 999) await turn();
    }
    // Until the peer has read them all: what comes after is answered.
    for (let read = 0; read < waiting; await turn()) read = (await client.tell({ do: 'seen' })).seen[48] ?? 0;
    await client.tell({ do: 'calls', answer: 'result' });
    await barrier(client);
    return meterInFlight(100, callOnce(client), budget);
  },
};
