import type { Cell, Conditions, DimensionResults } from '../../bench/measure/results.mjs';

/** Where and of what all of it was measured, unless a spec says otherwise. */
export const conditions: Conditions = {
  machine: { cpu: 'cpu', cores: 2, memoryGib: 8, system: 'linux', node: 'v20.20.2', v8: '11' },
  library: { version: '0.1.0', commit: '0123456789', isChanged: false, fingerprint: 'abc' },
  mode: 'full',
  load: 0,
};

/** A dimension with one column, `1`, in which the floor takes 10, 20 and 10. */
export const dimensionOf = (
  id: string,
  cells: readonly Cell[],
  more: Partial<DimensionResults> = {},
): DimensionResults => ({
  id,
  title: id,
  about: '',
  columns: ['1'],
  floorColumns: { '1': '1' },
  entries: [],
  floor: 'floor',
  rounds: 3,
  fewerRounds: {},
  measuredAt: '2026-01-01T00:00:00.000Z',
  seconds: 1,
  conditions,
  contenders: {},
  missing: {},
  views: [],
  cells: [
    { contestant: 'floor', serializer: 'json', column: '1', samples: { cpu: [10, 20, 10], p99: [1, 1, 1] } },
    ...cells,
  ],
  ...more,
});
