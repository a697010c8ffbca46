import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, take, toArray } from 'rxjs';
import { history, isTopicGap, type WampEvent } from 'rxwamp';
import { sessions, status, through, TOPIC } from './support.js';

/**
 * What the topic's stream has, from the event before an outage on: the router keeps so many events, four were missed, one
 * comes when it is over.
 */
async function throughAnOutage(maxEvents: number, count: number): Promise<unknown[]> {
  const realms = { realm1: { history: [{ topic: TOPIC, maxEvents }] } };
  const { router, proxy, wamp, neighbor } = await through({}, { realms });
  const publish = (n: number): Promise<unknown> => firstValueFrom(neighbor.publish(TOPIC, [n], { acknowledge: true }));
  const items = firstValueFrom(wamp.topic(TOPIC, { gaps: history() }).pipe(take(count), toArray()));
  await status(wamp, 'connected');
  await publish(0);
  await firstValueFrom(wamp.call('wamp.session.count'));
  const heal = proxy.start({ kind: 'refuse' });
  proxy.start({ kind: 'reset' });
  await status(wamp, 'waiting');
  await sessions(router, 1);
  for (const n of [1, 2, 3, 4]) await publish(n);
  heal();
  await status(wamp, 'connected');
  await firstValueFrom(wamp.call('wamp.session.count'));
  await publish(5);
  // A topic's stream has events and, on request, notices.
  return (await items).map((one) => (isTopicGap(one) ? 'gap' : (one as WampEvent).value));
}

describe('gaps: history(), through an outage', () => {
  it('gives what was missed, in order, each once', async () => {
    expect(await throughAnOutage(10, 6)).toStrictEqual([0, 1, 2, 3, 4, 5]);
  });

  it('of which the router keeps too little: a notice, where events are missing', async () => {
    const [before, ...rest] = await throughAnOutage(2, 3);
    expect(before).toBe(0);
    expect(rest[0]).toBe('gap');
  });
});
