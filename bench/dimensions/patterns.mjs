import { LoadSession } from '../load/session.mjs';
import { entriesOf } from '../measure/dimension.mjs';
import { meter } from '../measure/meter.mjs';
import { Code } from '../wire/codes.mjs';
import { payloads } from '../wire/payloads.mjs';

/** Publications that may be on their way. */
const IN_FLIGHT = 200;
/** Over how many sessions the patterns are spread. */
const SESSIONS = 10;

/**
 * @param {'prefix' | 'wildcard'} match
 * @param {readonly number[]} counts
 */
const columnsOf = (match, counts) =>
  counts.map((count) => ({
    label: `${match}, ${count.toLocaleString('en-US')}`,
    match,
    count,
    ...(count > 10_000 && { skip: { crossbar: 'takes about a minute' } }),
  }));

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'patterns',
  title: 'Router: pattern subscriptions',
  about:
    'So many different patterns are subscribed to; each publication matches one of them. The floor knows no patterns: it is given the topics themselves; fox-wamp and wamp.rt have none of ' +
    'WAMP’s.',
  side: 'router',
  inTurns: true,
  columns: (mode) => {
    const counts = mode === 'full' ? [100, 10_000, 50_000] : [10_000];
    return [...columnsOf('prefix', counts), ...columnsOf('wildcard', counts)];
  },
  entries: () => entriesOf({ 'floor-corked': ['json'], rxwamp: ['json'], crossbar: ['json'] }),
  rounds: (mode) => (mode === 'full' ? 2 : 1),
  views: [{ title: 'Router CPU per publication', metric: 'cpu', unit: 'µs', chart: 'bars', log: true }],
  /** @param {import('../measure/dimension.mjs').RouterContext} context */
  async measure({ name, port, serializer, column: { match, count }, budget, router }) {
    const exact = name.startsWith('floor');
    const sessions = await LoadSession.joinMany(SESSIONS, port, serializer);
    for (let at = 0; at < count; at += 500) {
      const some = Array.from({ length: Math.min(500, count - at) }, (_, i) => at + i);
      await Promise.all(
        some.map((i) => {
          const [options, uri] = exact ? [{}, topic(i)] : [{ match }, match === 'prefix' ? prefix(i) : wildcard(i)];
          return sessions[i % SESSIONS]?.request(Code.SUBSCRIBE, options, uri);
        }),
      );
    }
    const publisher = await LoadSession.join(port, serializer);
    const few = Math.min(count, 100);
    const bursts = Array.from({ length: few }, (_, i) =>
      publisher.burst([Code.PUBLISH, {}, topic(Math.floor((i * count) / few)), payloads['16 B']]),
    );
    let received = 0;
    let wanted = Infinity;
    let all = () => undefined;
    for (const session of sessions) {
      let seen = 0;
      session.onEvents = () => {
        received += session.events - seen;
        seen = session.events;
        if (received >= wanted) all();
      };
    }
    let next = 0;
    const figures = await meter(
      async (publications) => {
        for (let left = publications; left > 0;) {
          const some = Math.min(left, IN_FLIGHT);
          wanted = received + some;
          const arrived = new Promise((resolve) => (all = () => void resolve(undefined)));
          for (let i = 0; i < some; i++) bursts[next++ % few]?.(1);
          left -= some;
          await arrived;
        }
      },
      budget,
      { cpu: async () => (await router({ do: 'usage' })).cpuUs },
    );
    return { ...figures };
  },
};

/** @param {number} i */
const topic = (i) => `bench.n${i}.here.tick`;
/** @param {number} i */
const prefix = (i) => `bench.n${i}.`;
/** @param {number} i */
const wildcard = (i) => `bench.n${i}..tick`;
