import { cellOf, ratioTo, ratioToFloor, valueOf } from '../measure/results.mjs';

/**
 * What rxwamp is to reach, and whether it does.
 *
 * @typedef {import('../measure/results.mjs').Cell} Cell
 * @typedef {import('../measure/results.mjs').DimensionResults} DimensionResults
 *
 * @typedef {object} Target
 * @property {string} what in words; targets of the same belong together
 * @property {string} dimension
 * @property {string} metric
 * @property {string} against what the limit multiplies, or its unit
 * @property {(dimension: DimensionResults, cell: Cell) => number | undefined} value
 * @property {(cell: Cell) => number | undefined} limit undefined: this cell has none
 * @property {boolean} [atLeast] whether more is better
 *
 * @typedef {object} Verdict
 * @property {DimensionResults} dimension
 * @property {Cell} cell
 * @property {Target} target
 * @property {number} value
 * @property {number} limit
 * @property {boolean} isMet
 * @property {number} by how far beyond the limit, as part of it; negative when there is room
 */

/** @param {string} metric @returns {Target['value']} */
const toFloor = (metric) => (dimension, cell) => ratioToFloor(dimension, cell, metric);

/** @param {string} metric @param {string} column @returns {Target['value']} */
const toOwn = (metric, column) => (dimension, cell) =>
  ratioTo(cell, cellOf(dimension, cell.contestant, cell.serializer, column), metric);

/** @param {string} metric @returns {Target['value']} */
const absolute = (metric) => (_, cell) => valueOf(cell, metric);

/** Of the Node routers, the cheapest. @param {string} metric @returns {Target['value']} */
const toNodeRouters = (metric) => (dimension, cell) => {
  const ratios = ['fox-wamp', 'wamp.rt']
    .map((name) => ratioTo(cell, cellOf(dimension, name, 'json', cell.column), metric))
    .filter((one) => one !== undefined);
  return ratios.length === 0 ? undefined : Math.max(...ratios);
};

/** @param {Record<string, number>} limits by column @returns {Target['limit']} */
const byColumn =
  (limits) =>
  ({ column }) =>
    limits[column];

const FLOOR = '× floor';
const NODE_ROUTERS = '× the best Node router';

/** @type {readonly Target[]} */
export const targets = [
  {
    what: 'an event received',
    dimension: 'events',
    metric: 'cpu',
    against: FLOOR,
    value: toFloor('cpu'),
    limit: byColumn({ '16 B': 1.15, '1 KiB': 1.05, '64 KiB': 1.05, structured: 1.05 }),
  },
  {
    what: 'an event received in MessagePack or CBOR, beside JSON',
    dimension: 'events',
    metric: 'cpu',
    against: '× our JSON',
    value: (dimension, cell) => ratioTo(cell, cellOf(dimension, cell.contestant, 'json', cell.column), 'cpu'),
    limit: ({ column, serializer }) => (column === '16 B' && serializer !== 'json' ? 1 : undefined),
  },
  {
    what: 'an event that is thrown away',
    dimension: 'discarded',
    metric: 'cpu',
    against: '× floor receiving',
    value: toFloor('cpu'),
    limit: byColumn({
      '16 B, unsubscribed': 0.6,
      '16 B, overflow': 0.6,
      '64 KiB, unsubscribed': 0.2,
      '64 KiB, overflow': 0.2,
    }),
  },
  {
    what: 'an event, many subscriptions open',
    dimension: 'subscriptions',
    metric: 'cpu',
    against: FLOOR,
    value: toFloor('cpu'),
    limit: byColumn({ '10,000': 1.2, '100,000': 1.2 }),
  },
  {
    what: 'an event, many subscriptions open',
    dimension: 'subscriptions',
    metric: 'cpu',
    against: '× our own at 1',
    value: toOwn('cpu', '1'),
    limit: byColumn({ '10,000': 3, '100,000': 3 }),
  },
  {
    what: 'a call',
    dimension: 'calls',
    metric: 'cpu',
    against: FLOOR,
    value: toFloor('cpu'),
    limit: byColumn({ 1: 1.1, 100: 0.7, '1,000': 0.7 }),
  },
  {
    what: 'a call, p99',
    dimension: 'calls',
    metric: 'p50',
    against: '× floor (p99)',
    value: toFloor('p99'),
    limit: byColumn({ 1: 1.2 }),
  },
  {
    what: 'a call, many waiting',
    dimension: 'pending',
    metric: 'cpu',
    against: FLOOR,
    value: toFloor('cpu'),
    limit: byColumn({ '100,000': 0.7 }),
  },
  {
    // “Flat”: a table that outgrows the caches costs a little.
    what: 'a call, many waiting',
    dimension: 'pending',
    metric: 'cpu',
    against: '× our own at 0',
    value: toOwn('cpu', '0'),
    limit: byColumn({ '10,000': 1.25, '100,000': 1.5 }),
  },
  {
    what: 'an invocation served',
    dimension: 'invocations',
    metric: 'cpu',
    against: FLOOR,
    value: toFloor('cpu'),
    limit: byColumn({ 100: 0.7 }),
  },
  {
    what: 'a publication, unacknowledged, in bursts',
    dimension: 'publishes',
    metric: 'cpu',
    against: FLOOR,
    value: toFloor('cpu'),
    limit: byColumn({ '16 B': 0.5, '1 KiB': 0.5, '64 KiB': 1 }),
  },
  {
    // “No worse”: within what two equal programs differ by.
    what: 'a lone publication, p50',
    dimension: 'lone-publish',
    metric: 'p50',
    against: FLOOR,
    value: toFloor('p50'),
    limit: byColumn({ '16 B': 1.1 }),
  },
  {
    what: 'heap each',
    dimension: 'heap',
    metric: 'bytes',
    against: 'B',
    value: absolute('bytes'),
    limit: byColumn({ subscription: 500, 'pending call': 500 }),
  },
  {
    what: 'reconnecting with so many subscriptions',
    dimension: 'reconnect',
    metric: 'ms',
    against: FLOOR,
    value: toFloor('ms'),
    limit: byColumn({ '10,000': 3 }),
  },
  {
    what: 'router: a delivered event',
    dimension: 'fan-out',
    metric: 'cpu',
    against: '× corked floor',
    value: toFloor('cpu'),
    limit: byColumn({ '1 → 1': 1.5, '1 → 100': 1.5, '1 → 1,000': 1.5 }),
  },
  {
    what: 'router: a delivered event',
    dimension: 'fan-out',
    metric: 'cpu',
    against: NODE_ROUTERS,
    value: toNodeRouters('cpu'),
    limit: byColumn({ '1 → 1': 0.2, '1 → 100': 0.2, '1 → 1,000': 0.2 }),
  },
  {
    what: 'router: a call',
    dimension: 'round-trips',
    metric: 'cpu',
    against: NODE_ROUTERS,
    value: toNodeRouters('cpu'),
    limit: byColumn({ 1: 0.5, 100: 0.5 }),
  },
  {
    what: 'router: accepting a session',
    dimension: 'sessions',
    metric: 'cpu',
    against: 'µs',
    value: absolute('cpu'),
    limit: () => 300,
  },
  {
    what: 'router: an idle session',
    dimension: 'sessions',
    metric: 'kib',
    against: 'KiB',
    value: absolute('kib'),
    limit: () => 15,
  },
  // What waits for the stalled one (16 MiB), what is on its way, and what the collector has not yet taken.
  {
    what: 'router: a stalled subscriber, memory grows by',
    dimension: 'stalled',
    metric: 'grownMb',
    against: 'MB',
    value: absolute('grownMb'),
    limit: () => 48,
  },
  {
    what: 'router: events that the healthy subscriber beside it loses',
    dimension: 'stalled',
    metric: 'lost',
    against: '',
    value: absolute('lost'),
    limit: () => 0,
  },
  {
    what: 'router: rate the healthy subscriber keeps',
    dimension: 'stalled',
    metric: 'kept',
    against: '',
    value: absolute('kept'),
    limit: () => 0.9,
    atLeast: true,
  },
  {
    what: 'browser bundle, minified and gzipped, RxJS apart',
    dimension: 'bundle',
    metric: 'bytes',
    against: 'B',
    value: absolute('bytes'),
    limit: () => 12_000,
  },
];

/** What the targets ask for that no run measures. */
export const unmeasured = [
  {
    what: 'router: a call, beside nexus (Go) and wampcc (C++)',
    limit: 'below the one, level with the other',
    why: 'neither comes as a Node package, so neither is in this run',
  },
];

/**
 * @param {DimensionResults} dimension
 * @returns {Verdict[]}
 */
export function verdictsOf(dimension) {
  const ours = dimension.cells.filter(({ contestant }) => contestant === 'rxwamp');
  return targets
    .filter(({ dimension: id }) => id === dimension.id)
    .flatMap((target) =>
      ours.flatMap((cell) => {
        const limit = target.limit(cell);
        const value = target.value(dimension, cell);
        if (limit === undefined || value === undefined) return [];
        const isMet = target.atLeast === true ? value >= limit : value <= limit;
        const by = target.atLeast === true ? limit / value - 1 : limit === 0 ? value : value / limit - 1;
        return [{ dimension, cell, target, value, limit, isMet, by }];
      }),
    );
}

/**
 * Every target with what became of it, those of one kind together.
 *
 * @param {readonly DimensionResults[]} dimensions
 * @returns {{ target: Target, verdicts: Verdict[] }[]} verdicts: none where nothing was measured
 */
export function allVerdicts(dimensions) {
  const verdicts = dimensions.flatMap(verdictsOf);
  return targets.map((target) => ({ target, verdicts: verdicts.filter((one) => one.target === target) }));
}

/** `≤ 1.15 × floor` @param {Verdict} verdict */
export const limitText = ({ target, limit }) =>
  `${target.atLeast === true ? '≥' : '≤'} ${limit} ${target.against}`.trim();

/** `1.02` @param {Verdict} verdict */
export const valueText = ({ value }) =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

/** `met` or `missed by 13 %` @param {Verdict} verdict */
export function verdictText({ isMet, by, limit, value }) {
  if (isMet) return 'met';
  // Nothing can be said as a part of nothing.
  return limit === 0
    ? `missed by ${value}`
    : `missed by ${Math.max(1, Math.round(by * 100)).toLocaleString('en-US')} %`;
}

/** `1.02, met` or `1.30, missed by 13 %` @param {Verdict} verdict */
export const outcomeText = (verdict) => `${valueText(verdict)}, ${verdictText(verdict)}`;
