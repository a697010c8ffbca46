import { LoadSession } from '../load/session.mjs';
import { routersWithJson } from '../measure/dimension.mjs';
import { Code } from '../wire/codes.mjs';

const TOPIC = 'bench.topic';
const EVENT_BYTES = 16 * 1024;
/** Events that the healthy subscriber may be behind. */
const IN_FLIGHT = 32;

/** @type {import('../measure/dimension.mjs').Dimension} */
export default {
  id: 'stalled',
  title: 'Router: a stalled subscriber beside a healthy one',
  about:
    'Two subscribers of one topic, events of 16 KiB; first both read, then one of them stops. By how much the router’s memory grows at most, what the healthy one ' +
    'loses, and how its rate compares with before. rxwamp disconnects the stalled one when 16 MiB wait for it (`maxBufferedBytes`).',
  side: 'router',
  columns: (mode) => (mode === 'full' ? [{ label: '160 MB', count: 10_000 }] : [{ label: '48 MB', count: 3000 }]),
  entries: routersWithJson,
  rounds: (mode) => (mode === 'full' ? 2 : 1),
  views: [
    { title: 'Memory grows by', metric: 'grownMb', unit: 'MB', ratio: false, chart: 'bars' },
    { title: 'Events that the healthy one lost', metric: 'lost', unit: '', ratio: false },
    { title: 'Its rate, compared with before', metric: 'kept', unit: '', ratio: false },
  ],
  /** @param {import('../measure/dimension.mjs').RouterContext} context */
  async measure({ port, serializer, column: { count }, router }) {
    const healthy = await LoadSession.join(port, serializer);
    const stalled = await LoadSession.join(port, serializer);
    const publisher = await LoadSession.join(port, serializer);
    for (const session of [healthy, stalled]) await session.request(Code.SUBSCRIBE, {}, TOPIC);
    const publish = publisher.burst([Code.PUBLISH, {}, TOPIC, ['x'.repeat(EVENT_BYTES)]]);

    /** @param {number} events @returns {Promise<number>} how many came in a second */
    const run = async (events) => {
      const start = performance.now();
      const from = healthy.events;
      for (let sent = 0; sent < events;) {
        const some = Math.min(IN_FLIGHT / 2, events - sent);
        publish(some);
        sent += some;
        await arrived(healthy, from + sent - (sent < events ? some : 0));
      }
      return (events / (performance.now() - start)) * 1000;
    };

    await run(count / 4);
    const before = await run(count);
    await router({ do: 'collect' });
    const { rssBytes } = await router({ do: 'usage' });
    stalled.pause();
    const seen = healthy.events;
    let most = rssBytes;
    const watch = setInterval(async () => {
      most = Math.max(most, (await router({ do: 'usage' })).rssBytes);
    }, 100);
    const after = await run(count).catch(() => 0);
    clearInterval(watch);
    most = Math.max(most, (await router({ do: 'usage' })).rssBytes);
    return {
      grownMb: (most - rssBytes) / 2 ** 20,
      lost: count - (healthy.events - seen),
      kept: after / before,
    };
  },
};

/** Fails when nothing comes for a while: then the rest is lost. @param {LoadSession} session @param {number} events */
const arrived = (session, events) =>
  new Promise((resolve, reject) => {
    if (session.events >= events) return resolve(undefined);
    const lost = () => reject(new Error('events were lost'));
    let patience = setTimeout(lost, 3000);
    session.onEvents = () => {
      clearTimeout(patience);
      if (session.events >= events) resolve(undefined);
      else patience = setTimeout(lost, 3000);
    };
  });
