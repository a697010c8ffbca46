import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, take, toArray, type Observable } from 'rxjs';
import { isOverflowError, isTimeoutError } from 'rxwamp';
import { errorOf, HEARTBEAT, sessions, status, through, TOPIC, type Setting } from './support.js';

/** First arguments of the next events that the neighbor, whom no fault reaches, sees. */
async function seenBy({ neighbor }: Setting, count: number): Promise<{ readonly values: Promise<unknown[]> }> {
  const values = firstValueFrom(neighbor.topic(TOPIC).pipe(take(count), toArray())).then((events) =>
    events.map(({ value }) => value),
  );
  await status(neighbor, 'connected');
  return { values };
}

/** Cuts the connection and lets none come about; returns what heals it. */
async function away({ proxy, wamp }: Setting): Promise<() => void> {
  await status(wamp, 'connected');
  const heal = proxy.start({ kind: 'refuse' });
  proxy.start({ kind: 'reset' });
  await status(wamp, 'waiting');
  return heal;
}

const done = (source: Observable<unknown>): Promise<unknown> => firstValueFrom(source, { defaultValue: 'completed' });

describe('publications while no connection comes about', () => {
  it('wait, and go out in order as soon as there is one', async () => {
    const setting = await through();
    const { wamp } = setting;
    const seen = await seenBy(setting, 4);
    wamp.connect();
    const heal = await away(setting);
    for (const value of ['one', 'two', 'three']) wamp.publish(TOPIC, [value]);
    const acknowledged = done(wamp.publish(TOPIC, ['four'], { acknowledge: true }));
    expect(wamp.outbox).toStrictEqual({ waiting: 4, dropped: 0 });
    heal();
    expect(await seen.values).toStrictEqual(['one', 'two', 'three', 'four']);
    expect(await acknowledged).toMatchObject({ topic: TOPIC });
    expect(wamp.outbox).toStrictEqual({ waiting: 0, dropped: 0 });
  });

  it.each([
    ['drop-oldest', ['two', 'three']],
    ['drop-newest', ['one', 'two']],
    ['error', ['one', 'two']],
  ] as const)('overflow %s: what is dropped is told and counted, the rest arrives', async (overflow, rest) => {
    const setting = await through({ outbox: { capacity: 2, overflow } });
    const { wamp } = setting;
    const seen = await seenBy(setting, 2);
    wamp.connect();
    const heal = await away(setting);
    const publications = ['one', 'two', 'three'].map((value) => wamp.publish(TOPIC, [value]));
    const dropped = publications[overflow === 'drop-oldest' ? 0 : 2];
    expect(dropped !== undefined && isOverflowError(await errorOf(dropped))).toBe(true);
    expect(wamp.outbox).toStrictEqual({ waiting: 2, dropped: 1 });
    heal();
    expect(await seen.values).toStrictEqual(rest);
  });

  it('ttlMs: what has waited too long is told and counted, and never arrives', async () => {
    const setting = await through({ outbox: { ttlMs: 1 } });
    const { wamp } = setting;
    const seen = await seenBy(setting, 1);
    wamp.connect();
    const heal = await away(setting);
    expect(isTimeoutError(await errorOf(wamp.publish(TOPIC, ['late'])))).toBe(true);
    expect(wamp.outbox).toStrictEqual({ waiting: 0, dropped: 1 });
    heal();
    await status(wamp, 'connected');
    await done(wamp.publish(TOPIC, ['in time'], { acknowledge: true }));
    expect(await seen.values).toStrictEqual(['in time']);
  });

  it('nothing is sent twice: an acknowledgement that is lost is an error, and the event was seen once', async () => {
    const setting = await through(HEARTBEAT);
    const { proxy, wamp, router } = setting;
    const seen = await seenBy(setting, 2);
    wamp.connect();
    await status(wamp, 'connected');
    proxy.start({ kind: 'vanish', direction: 'down' });
    const error = await errorOf(wamp.publish(TOPIC, ['once'], { acknowledge: true }));
    expect(error).toMatchObject({ name: 'ConnectionLostError', attempted: 'PUBLISH', on: TOPIC });
    await proxy.heal();
    await status(wamp, 'connected');
    await sessions(router, 2);
    await done(wamp.publish(TOPIC, ['after'], { acknowledge: true }));
    expect(await seen.values).toStrictEqual(['once', 'after']);
  });
});
