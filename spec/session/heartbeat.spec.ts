import { describe, expect, it, jest } from '@jest/globals';
import { Subject } from 'rxjs';
import { Code } from '../../src/protocol/code.js';
import type { FakeRouterOptions } from '../../src/testing/index.js';
import { eventsOf, joined, useVirtualTime, watch } from './support.js';

useVirtualTime();

const BEAT = { intervalMs: 30_000, timeoutMs: 10_000 };
const beating = (ping: FakeRouterOptions['ping'], hurry$?: Subject<void>, heartbeat = BEAT) =>
  joined({ heartbeat, hurry$ }, { ping });
const SILENT = { name: 'ConnectionLostError', attempted: 'heartbeat' };

describe('by the transport’s ping', () => {
  it('a router that answers is kept, and no message is sent', () => {
    const { router, sessions } = beating('answered');
    jest.advanceTimersByTime(1_000_000);
    expect(sessions.error).toBeUndefined();
    router.expectSilence();
  });

  it('a router that is silent is given up, after the interval and the time-out', () => {
    const { router, session, sessions } = beating('ignored');
    const topic = watch(eventsOf(session, 'com.app.topic'));
    jest.advanceTimersByTime(39_999);
    expect(sessions.error).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(sessions.error).toMatchObject({ ...SILENT, message: expect.stringContaining('10000 ms') });
    expect(topic.error).toMatchObject({ name: 'ConnectionLostError', on: 'com.app.topic', cause: SILENT });
    router.expectClosed('terminated');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('a late pong is a sign of life, while it is waited for', () => {
    const { router, sessions } = beating('ignored');
    jest.advanceTimersByTime(39_000);
    router.pong();
    jest.advanceTimersByTime(30_000);
    expect(sessions.error).toBeUndefined();
  });

  it('whatever comes in is a sign of life', () => {
    const { router, sessions } = beating('ignored');
    for (let turn = 0; turn < 10; turn++) {
      jest.advanceTimersByTime(20_000);
      router.send([Code.EVENT, 1, 1, {}]);
    }
    expect(sessions.error).toBeUndefined();
  });

  it('a cable that was pulled is found', () => {
    const { router, sessions } = beating('answered');
    router.stall();
    jest.advanceTimersByTime(40_000);
    expect(sessions.error).toMatchObject(SILENT);
  });
});

describe('by a round trip of WAMP, where the platform has no ping', () => {
  it('asks what the router must answer, whatever it allows', () => {
    const { router, sessions } = beating('absent');
    jest.advanceTimersByTime(29_999);
    router.expectSilence();
    jest.advanceTimersByTime(1);
    const { request, args } = router.expect(Code.CALL);
    expect(args).toBeUndefined();
    router.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.not_authorized']);
    jest.advanceTimersByTime(39_999);
    expect(sessions.error).toBeUndefined();
    jest.advanceTimersByTime(1);
    router.expect(Code.CALL, { request: request + 1 });
    router.send([Code.RESULT, request + 1, {}]);
    jest.advanceTimersByTime(10_000);
    expect(sessions.error).toBeUndefined();
  });

  it('asks once, and gives up', () => {
    const { router, sessions } = beating('absent');
    jest.advanceTimersByTime(40_000);
    router.expect(Code.CALL);
    router.expectSilence();
    expect(sessions.error).toMatchObject(SILENT);
    router.expectClosed('terminated');
  });
});

describe('in a hurry', () => {
  it('asks at once', () => {
    const hurry$ = new Subject<void>();
    const { sessions } = beating('ignored', hurry$);
    jest.advanceTimersByTime(1_000);
    hurry$.next();
    jest.advanceTimersByTime(10_000);
    expect(sessions.error).toMatchObject(SILENT);
    expect(hurry$.observed).toBe(false);
  });

  it('again and again does not put the verdict off, nor ask twice', () => {
    const hurry$ = new Subject<void>();
    const { router, sessions } = beating('absent', hurry$);
    for (let turn = 0; turn < 4; turn++) {
      hurry$.next();
      jest.advanceTimersByTime(2_500);
    }
    router.expect(Code.CALL);
    router.expectSilence();
    expect(sessions.error).toMatchObject(SILENT);
  });
});

it('longer than a timer can wait does not ask all the time', () => {
  const { router, sessions } = beating('absent', undefined, { intervalMs: Infinity, timeoutMs: Infinity });
  jest.advanceTimersByTime(1_000_000);
  router.expectSilence();
  expect(sessions.error).toBeUndefined();
});

it('undefined does not ask', () => {
  const { router } = joined({}, { ping: 'absent' });
  jest.advanceTimersByTime(1_000_000);
  router.expectSilence();
  expect(jest.getTimerCount()).toBe(0);
});

describe('when timers are late', () => {
  it('a verdict is late as well: it asks once more before it counts', () => {
    const { router, sessions } = beating('absent');
    jest.advanceTimersByTime(30_000);
    router.expect(Code.CALL);
    // The machine slept for an hour; what came in is read after the timers that are due.
    jest.setSystemTime(Date.now() + 3_600_000);
    jest.advanceTimersByTime(10_000);
    expect(sessions.error).toBeUndefined();
    const { request } = router.expect(Code.CALL);
    router.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.no_such_procedure']);
    jest.advanceTimersByTime(10_000);
    expect(sessions.error).toBeUndefined();
    router.expectSilence();
  });

  it.each([200, 3_000])('a verdict that is only %i ms late asks once more as well', (lateMs) => {
    const { router, sessions } = beating('absent');
    jest.advanceTimersByTime(30_000);
    router.expect(Code.CALL);
    jest.setSystemTime(Date.now() + lateMs);
    jest.advanceTimersByTime(10_000);
    expect(sessions.error).toBeUndefined();
    const { request } = router.expect(Code.CALL);
    router.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.no_such_procedure']);
    jest.advanceTimersByTime(10_000);
    expect(sessions.error).toBeUndefined();
  });

  it('a dead connection is found all the same', () => {
    const { router, sessions } = beating('absent');
    jest.advanceTimersByTime(30_000);
    router.expect(Code.CALL);
    jest.setSystemTime(Date.now() + 3_600_000);
    jest.advanceTimersByTime(10_000);
    router.expect(Code.CALL);
    jest.setSystemTime(Date.now() + 3_600_000);
    jest.advanceTimersByTime(10_000);
    expect(sessions.error).toMatchObject(SILENT);
  });
});

describe('the round trip', () => {
  it.each(['answered', 'absent'] as const)('of each answer is told, with ping %s', (ping) => {
    const times: number[] = [];
    const { router } = joined({ heartbeat: BEAT, roundTrip: (ms) => times.push(ms) }, { ping });
    jest.advanceTimersByTime(30_000);
    if (ping === 'absent') {
      const { request } = router.expect(Code.CALL);
      jest.advanceTimersByTime(70);
      router.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.no_such_procedure']);
    }
    expect(times).toStrictEqual([ping === 'absent' ? 70 : 0]);
  });
});

describe('while reading is paused', () => {
  it('nothing is asked, and silence is no verdict', () => {
    const { router, session, sessions } = beating('absent');
    session.pause();
    jest.advanceTimersByTime(1_000_000);
    router.expectSilence();
    expect(sessions.error).toBeUndefined();
    session.resume();
    jest.advanceTimersByTime(30_000);
    router.expect(Code.CALL);
    jest.advanceTimersByTime(10_000);
    expect(sessions.error).toMatchObject(SILENT);
  });

  it('an answer that was asked for before is not missed', () => {
    const { session, sessions } = beating('ignored');
    jest.advanceTimersByTime(35_000);
    session.pause();
    jest.advanceTimersByTime(100_000);
    expect(sessions.error).toBeUndefined();
  });
});
