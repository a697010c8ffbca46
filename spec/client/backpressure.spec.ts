import { describe, expect, it, jest } from '@jest/globals';
import { Code, WampClient } from 'rxwamp';
import { processQueue } from 'rxwamp/operators';
import { concat, NEVER, of } from 'rxjs';
import { writable as sending } from '../../src/client/writable.js';
import { canPause as inBrowsers } from '../../src/transports/websocket.browser.js';
import { canPause as inNode } from '../../src/transports/websocket.node.js';
import { settled, watch } from '../session/support.js';
import { connected, idle, reconnect, subscribed, TOPIC, useVirtualTime, valuesOf } from './support.js';

useVirtualTime();

describe('pause()', () => {
  it('stops everything that comes in, until it was taken back as often', async () => {
    const { router, wamp } = connected();
    const topic = watch(wamp.topic(TOPIC));
    subscribed(router);
    expect([wamp.pause(), wamp.pause()]).toStrictEqual([true, true]);
    router.send([Code.EVENT, 7, 1, {}, ['held']]);
    wamp.resume();
    await settled();
    expect(valuesOf(topic)).toStrictEqual([]);
    wamp.resume();
    await settled();
    expect(valuesOf(topic)).toStrictEqual(['held']);
  });

  it('stays in force in the next session, once that has been announced', async () => {
    const { router, wamp } = connected();
    const topic = watch(wamp.topic(TOPIC));
    subscribed(router);
    wamp.pause();
    reconnect(router);
    subscribed(router, 8);
    expect(wamp.state.status).toBe('connected');
    router.send([Code.EVENT, 8, 1, {}, ['held']]);
    expect(valuesOf(topic)).toStrictEqual([]);
    wamp.resume();
    await settled();
    expect(valuesOf(topic)).toStrictEqual(['held']);
  });

  it('does not keep the client from closing', async () => {
    const { router, wamp } = connected();
    wamp.pause();
    const closed = wamp.close();
    router.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    await settled();
    await closed;
    expect(wamp.state.status).toBe('closed');
  });

  it('more often taken back than asked for changes nothing', () => {
    const { wamp } = connected();
    wamp.resume();
    expect(wamp.pause()).toBe(true);
  });

  it('is what processQueue stops a topic with', async () => {
    const { router, wamp } = connected();
    const paused = jest.spyOn(wamp, 'pause');
    const work = watch(
      wamp.topic(TOPIC).pipe(processQueue(() => NEVER, { overflow: 'pause', capacity: 4, pausable: wamp })),
    );
    subscribed(router);
    for (let id = 1; id <= 5; id++) router.send([Code.EVENT, 7, id, {}]);
    expect(paused).toHaveBeenCalledTimes(1);
    work.subscription.unsubscribe();
    await settled();
    expect(wamp.pause()).toBe(true);
  });
});

describe('canPause', () => {
  const stopping = (pausable: WampClient) => () => processQueue(() => NEVER, { overflow: 'pause', pausable });

  it('says whether the socket of the session can stop, so that an operator is refused when it is built', () => {
    const able = connected().wamp;
    expect(able.canPause).toBe(true);
    expect(stopping(able)).not.toThrow();
    const unable = connected({}, { pausable: false }).wamp;
    expect(unable.canPause).toBe(false);
    expect(stopping(unable)).toThrow('the source cannot stop on this platform');
  });

  it('is true before a transport of the user has connected, for nobody knows', () => {
    expect(idle({}, { pausable: false }).wamp.canPause).toBe(true);
  });

  it('is what the platform’s own WebSocket can, where a URL is given', async () => {
    const wamp = new WampClient({ url: 'ws://127.0.0.1:1/', realm: 'realm1' });
    expect(wamp.canPause).toBe(true);
    await wamp.close();
    expect([inBrowsers, inNode]).toStrictEqual([false, true]);
  });
});

describe('writable$', () => {
  const writable = { highBytes: 1_000, lowBytes: 100 };
  const message = 'x'.repeat(600);

  it('is false with no connection, and true with one', () => {
    const { router, wamp } = idle();
    const seen = watch(wamp.writable$);
    wamp.connect();
    router.welcome();
    router.drop();
    expect(seen.values).toStrictEqual([false, true, false]);
  });

  it('is false from the high mark until the low one', () => {
    const { router, wamp } = connected({ writable });
    const seen = watch(wamp.writable$);
    router.stopReading();
    wamp.publish(TOPIC, [message]);
    jest.advanceTimersByTime(20);
    expect(seen.values).toStrictEqual([true]);
    wamp.publish(TOPIC, [message]);
    jest.advanceTimersByTime(20);
    expect(seen.values).toStrictEqual([true, false]);
    router.readOn();
    jest.advanceTimersByTime(20);
    expect(seen.values).toStrictEqual([true, false, true]);
  });

  it('is false between the marks when it comes from the high one, and true when it comes from the low one', () => {
    const session = { bufferedBytes: 0 };
    const seen = watch(sending({ state$: concat(of({ status: 'connected' }), NEVER), session }, writable));
    const marks: unknown[] = [];
    for (const bytes of [500, 999, 1_000, 500, 101, 100, 500]) {
      session.bufferedBytes = bytes;
      jest.advanceTimersByTime(20);
      marks.push([bytes, seen.values.at(-1)]);
    }
    expect(marks).toStrictEqual([
      [500, true],
      [999, true],
      [1_000, false],
      [500, false],
      [101, false],
      [100, true],
      [500, true],
    ]);
    seen.subscription.unsubscribe();
  });

  it('completes when the client is closed, and looks only while somebody watches', async () => {
    const { router, wamp } = connected();
    const seen = watch(wamp.writable$);
    watch(wamp.writable$).subscription.unsubscribe();
    const closed = wamp.close();
    router.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    await closed;
    expect(seen).toMatchObject({ values: [true, false], complete: true });
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([{ highBytes: -1 }, { lowBytes: 2_000_000 }, { highBytes: Number.NaN }])('refuses %p', (wrong) => {
    expect(() => idle({ writable: wrong })).toThrow(expect.objectContaining({ name: 'UsageError' }));
  });
});
