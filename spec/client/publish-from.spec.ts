import { describe, expect, it, jest } from '@jest/globals';
import { Subject } from 'rxjs';
import { Code, payload, publishFrom } from 'rxwamp';
import { settled, watch } from '../session/support.js';
import { connected, idle, TOPIC, useVirtualTime, type Setting } from './support.js';

useVirtualTime();

const writable = { highBytes: 1_000, lowBytes: 100 };
const BIG = 'x'.repeat(1_200);

/** First arguments of what was published so far. */
const published = ({ router }: Setting): unknown[] => {
  const values: unknown[] = [];
  while (router.received.length > 0) values.push(router.expect(Code.PUBLISH).args?.[0]);
  return values;
};

describe('publishFrom', () => {
  it('publishes each value of an Observable as the one argument, a payload as what it holds', async () => {
    const setting = connected();
    const source$ = new Subject<unknown>();
    const sent = watch(publishFrom(setting.wamp, TOPIC, source$));
    await settled();
    for (const value of [1, [2], payload([3, 4])]) source$.next(value);
    await settled();
    expect(published(setting)).toStrictEqual([1, [2], 3]);
    source$.complete();
    await settled();
    expect(sent).toMatchObject({ values: [], complete: true });
  });

  it('waits for a connection, and asks for no value before', async () => {
    const setting = idle();
    const taken: number[] = [];
    function* values(): Generator<number> {
      for (let value = 1; value <= 3; value++) {
        taken.push(value);
        yield value;
      }
    }
    watch(publishFrom(setting.wamp, TOPIC, values()));
    await settled();
    expect(taken).toStrictEqual([]);
    setting.router.welcome();
    await settled();
    expect(published(setting)).toStrictEqual([1, 2, 3]);
  });

  it('waits for the socket to drain', async () => {
    const setting = connected({ writable });
    const { router, wamp } = setting;
    router.stopReading();
    const taken: number[] = [];
    async function* values(): AsyncGenerator<string> {
      for (let value = 1; value <= 3; value++) {
        taken.push(value);
        await Promise.resolve();
        yield BIG;
      }
    }
    const sent = watch(publishFrom(wamp, TOPIC, values()));
    await settled();
    expect(taken).toStrictEqual([1]);
    jest.advanceTimersByTime(1_000);
    await settled();
    expect(taken).toStrictEqual([1]);
    for (let turn = 0; turn < 4; turn++) {
      router.readOn();
      router.stopReading();
      jest.advanceTimersByTime(20);
      await settled();
    }
    router.readOn();
    expect(published(setting)).toStrictEqual([BIG, BIG, BIG]);
    expect(sent.complete).toBe(true);
  });

  it('keeps a bounded queue of an Observable’s values meanwhile', async () => {
    const setting = idle();
    const source$ = new Subject<number>();
    const dropped: number[] = [];
    watch(
      publishFrom(setting.wamp, TOPIC, source$, {
        capacity: 2,
        overflow: 'drop-oldest',
        onDrop: (value) => dropped.push(value),
      }),
    );
    setting.router.welcome();
    await settled();
    for (const value of [1, 2, 3, 4]) source$.next(value);
    await settled();
    expect(dropped).toStrictEqual([2]);
    expect(published(setting)).toStrictEqual([1, 3, 4]);
  });

  it('errors when that overflows, unless told otherwise', async () => {
    const { wamp, router } = connected();
    const source$ = new Subject<number>();
    const sent = watch(publishFrom(wamp, TOPIC, source$, { capacity: 1 }));
    await settled();
    for (const value of [1, 2, 3]) source$.next(value);
    await settled();
    expect(sent.error).toMatchObject({ name: 'OverflowError', limit: 1 });
    expect(router.received.length).toBeGreaterThan(0);
  });

  it('emits what was acknowledged, with so many on their way at most', async () => {
    const setting = connected();
    const { router, wamp } = setting;
    const sent = watch(publishFrom(wamp, TOPIC, [1, 2, 3], { publish: { acknowledge: true }, maxUnacknowledged: 2 }));
    await settled();
    const [first, second] = [router.expect(Code.PUBLISH), router.expect(Code.PUBLISH)];
    router.expectSilence();
    router.send([Code.PUBLISHED, first.request, 11]);
    await settled();
    const third = router.expect(Code.PUBLISH);
    router.send([Code.PUBLISHED, second.request, 12]);
    await settled();
    expect(sent.complete).toBe(false);
    router.send([Code.PUBLISHED, third.request, 13]);
    expect(sent.values.map(({ id }) => id)).toStrictEqual([11, 12, 13]);
    expect(sent.complete).toBe(true);
  });

  it('errors as the source does, and as publishing does', async () => {
    const { wamp } = connected();
    const source$ = new Subject<unknown>();
    const failed = watch(publishFrom(wamp, TOPIC, source$));
    const refused = watch(publishFrom(wamp, TOPIC, [(): void => undefined]));
    await settled();
    source$.error(new Error('the source'));
    await settled();
    expect(failed.error).toMatchObject({ message: 'the source' });
    expect(refused.error).toMatchObject({ name: 'SerializationError' });
  });

  it('errors when the client is closed while it waits', async () => {
    const { wamp } = idle();
    const sent = watch(publishFrom(wamp, TOPIC, [1]));
    await settled();
    await wamp.close();
    await settled();
    expect(sent.error).toMatchObject({ name: 'ClientClosedError' });
  });

  it('leaves the source when it is left', async () => {
    const { wamp } = connected();
    const source$ = new Subject<number>();
    const { subscription } = watch(publishFrom(wamp, TOPIC, source$));
    await settled();
    expect(source$.observed).toBe(true);
    subscription.unsubscribe();
    await settled();
    expect(source$.observed).toBe(false);
  });

  it.each([{ maxUnacknowledged: 0 }, { capacity: 5 }, { overflow: 'latest' as const }])(
    'refuses %p of a list',
    (options) => {
      const { wamp } = idle();
      expect(() => publishFrom(wamp, TOPIC, [1], options)).toThrow(expect.objectContaining({ name: 'UsageError' }));
    },
  );
});
