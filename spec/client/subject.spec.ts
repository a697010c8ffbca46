import { describe, expect, it, jest } from '@jest/globals';
import { interval, of, take } from 'rxjs';
import { Code } from 'rxwamp';
import { connected, reconnect, settled, subscribed, TOPIC, useVirtualTime, watch } from './support.js';

useVirtualTime();

describe('a subject', () => {
  it('publishes what it is given and gives what others publish', () => {
    const { router, wamp } = connected();
    const tick$ = wamp.subject<number>(TOPIC);
    router.expectSilence();
    tick$.next(1);
    expect(router.expect(Code.PUBLISH).message).toStrictEqual([Code.PUBLISH, 1, {}, TOPIC, [1]]);
    const ticks = watch(tick$);
    subscribed(router);
    router.send([Code.EVENT, 7, 1, {}, [2]]);
    router.send([Code.EVENT, 7, 2, {}]);
    expect(ticks.values).toStrictEqual([2, undefined]);
    ticks.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE);
  });

  it('shares its SUBSCRIBE with the topic of the same options', () => {
    const { router, wamp } = connected();
    watch(wamp.topic(TOPIC));
    watch(wamp.subject(TOPIC));
    router.expect(Code.SUBSCRIBE);
    router.expectSilence();
  });

  it('has options for each of its ends', () => {
    const { router, wamp } = connected();
    const tick$ = wamp.subject<number>(TOPIC, {
      subscribe: { get_retained: true },
      publish: { retain: true, exclude_me: false },
    });
    tick$.next(1);
    router.expect(Code.PUBLISH, { options: { retain: true, exclude_me: false } });
    watch(tick$);
    router.expect(Code.SUBSCRIBE, { options: { get_retained: true } });
  });

  it('is an observer of any source; completing ends publishing here and nothing else', () => {
    const { router, wamp } = connected();
    const tick$ = wamp.subject<number>(TOPIC);
    const ticks = watch(tick$);
    subscribed(router);
    interval(100).pipe(take(2)).subscribe(tick$);
    jest.advanceTimersByTime(200);
    router.expect(Code.PUBLISH, { args: [0] });
    router.expect(Code.PUBLISH, { args: [1] });
    tick$.next(5);
    of(6).subscribe(tick$);
    router.expectSilence();
    router.send([Code.EVENT, 7, 1, {}, ['still here']]);
    expect(ticks).toMatchObject({ values: ['still here'], complete: false });
  });

  it('whose source fails says so on faults$, with the cause, and publishes no more', () => {
    const { router, wamp, faults } = connected();
    const tick$ = wamp.subject<number>(TOPIC);
    tick$.error(new Error('sensor gone'));
    expect(faults).toMatchObject([{ on: TOPIC, cause: { message: 'sensor gone' } }]);
    tick$.next(1);
    router.expectSilence();
  });

  it('whose publication fails says so on faults$', async () => {
    const { wamp, faults } = connected();
    wamp.subject<unknown>(TOPIC).next(() => 1);
    await settled();
    expect(faults).toMatchObject([{ name: 'SerializationError' }]);
  });

  it('goes on after a reconnect, gaps or not', () => {
    const { router, wamp } = connected();
    const ticks = watch(wamp.subject<number>(TOPIC, { subscribe: { gaps: 'notice' } }));
    subscribed(router);
    reconnect(router);
    subscribed(router, 8);
    router.send([Code.EVENT, 8, 1, {}, [1]]);
    expect(ticks.values).toStrictEqual([1]);
  });
});
