/**
 * @jest-environment <rootDir>/spec/angular/jsdom-environment.mjs
 */
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { seen } from './injectors.js';
import { inContext, initTestBed, PROCEDURE, setUp as setUpPage, settled, tick, TOPIC } from './support.js';
import {
  ApplicationRef,
  PendingTasks,
  PLATFORM_ID,
  provideZonelessChangeDetection,
  signal,
  TransferState,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { of } from 'rxjs';
import { WampClient, WampResult } from 'rxwamp';
import {
  injectCall,
  injectRegistration,
  injectTopic,
  wampResource,
  withInterceptors,
  type WampFeature,
  type WampOptions,
} from 'rxwamp/angular';
import type { WampTestingController } from 'rxwamp/angular/testing';

beforeAll(initTestBed);
afterEach(() => {
  jest.useRealTimers();
});

const setUp = (
  platform: 'server' | 'browser',
  options: Partial<WampOptions> = {},
  features: readonly WampFeature[] = [],
): WampTestingController =>
  setUpPage({
    options,
    features,
    providers: [provideZonelessChangeDetection(), { provide: PLATFORM_ID, useValue: platform }],
  });
const client = (): WampClient => TestBed.inject<WampClient>(WampClient);

/** Whether rendering would end now. */
const isStable = async (): Promise<boolean> => {
  let stable = false;
  void TestBed.inject(ApplicationRef)
    .whenStable()
    .then(() => (stable = true));
  await settled();
  await settled();
  return stable;
};

describe('on a server', () => {
  it('nothing connects: streams complete at once, publications are dropped, what is injected is idle', async () => {
    const router = setUp('server', { url: '/only-a-page-can-resolve-this' });
    client().connect();
    expect([
      seen(client().topic(TOPIC)),
      seen(client().call(PROCEDURE)),
      seen(client().publish(TOPIC, [], { acknowledge: true })),
      seen(client().register(PROCEDURE, () => 1)),
    ]).toStrictEqual([['end'], ['end'], ['end'], ['end']]);
    await expect(client().reconnect()).rejects.toThrow('this server does not connect');
    const page = inContext(() => ({
      topic: injectTopic(TOPIC, { initialValue: 0 }),
      call: injectCall(PROCEDURE, { payload: () => [] }),
      registration: injectRegistration(PROCEDURE, () => 1),
      data: wampResource({ call: PROCEDURE }),
      stream: wampResource({ topic: TOPIC }),
    }));
    tick();
    expect(Object.values(page).map(({ status }) => status())).toStrictEqual(['idle', 'idle', 'idle', 'idle', 'idle']);
    await expect(page.call.call([])).rejects.toMatchObject({ name: 'AbortError' });
    expect([router.connections, client().state.status, await isStable()]).toStrictEqual([0, 'idle', true]);
  });

  it('interceptors still answer what they answer', () => {
    setUp('server', {}, [withInterceptors([() => of(new WampResult(['from elsewhere'], {}, {}))])]);
    const call = inContext(() => injectCall(PROCEDURE, { payload: () => [] }));
    tick();
    expect([call.value(), call.status()]).toStrictEqual(['from elsewhere', 'resolved']);
  });

  it('that was asked to connects, and rendering waits for the first values', async () => {
    const router = setUp('server', { connectOnServer: true });
    const page = inContext(() => ({
      topic: injectTopic(TOPIC),
      call: injectCall(PROCEDURE, { payload: () => [1] }),
      data: wampResource({ call: PROCEDURE, params: () => [2] }),
    }));
    tick();
    expect(await isStable()).toBe(false);
    router.event(TOPIC, ['event']);
    expect(await isStable()).toBe(false);
    for (const call of router.match('call')) call.flush(['result', ...call.args]);
    expect(await isStable()).toBe(true);
    expect([page.topic.value(), page.call.value(), page.data.value()]).toStrictEqual(['event', 'result', 'result']);
  });

  it('rendering waits no longer than serverTimeoutMs, nor for what failed or was left', async () => {
    // The clock of RxJS alone: Angular's own tasks, for which `isStable` waits, go on.
    jest.useFakeTimers({
      doNotFake: [
        'setTimeout',
        'clearTimeout',
        'setImmediate',
        'clearImmediate',
        'queueMicrotask',
        'nextTick',
        'requestAnimationFrame',
        'cancelAnimationFrame',
        'performance',
        'Date',
      ],
    });
    const router = setUp('server', { connectOnServer: true, serverTimeoutMs: 20 });
    const uri = signal<string | undefined>('com.app.left');
    inContext(() => injectTopic(() => uri()));
    inContext(() => injectCall(PROCEDURE, { payload: () => [1] }));
    tick();
    uri.set(undefined);
    tick();
    router.expectCall(PROCEDURE).error('com.app.error');
    expect(await isStable()).toBe(true);
    inContext(() => injectTopic(TOPIC));
    expect(await isStable()).toBe(false);
    jest.advanceTimersByTime(19);
    expect(await isStable()).toBe(false);
    jest.advanceTimersByTime(1);
    expect(await isStable()).toBe(true);
  });

  it('a timeout that makes no sense is refused', () => {
    setUp('server', { connectOnServer: true, serverTimeoutMs: NaN });
    expect(() => client()).toThrow('serverTimeoutMs must be a number of milliseconds');
  });
});

describe('with transfer', () => {
  /** Renders on a server and gives what is in its page. */
  async function rendered(page: () => unknown, answer: (router: WampTestingController) => void): Promise<string> {
    const router = setUp('server', { connectOnServer: true });
    inContext(page);
    tick();
    answer(router);
    await settled();
    const json = TestBed.inject(TransferState).toJson();
    TestBed.resetTestingModule();
    return json;
  }
  const send = (json: string): void => {
    const state = TestBed.inject(TransferState);
    for (const [key, value] of Object.entries(JSON.parse(json) as Record<string, unknown>))
      state.set(key as unknown as Parameters<typeof state.set>[0], value);
  };
  const page = () => ({
    topic: injectTopic(TOPIC, { transfer: true }),
    call: injectCall(PROCEDURE, { payload: () => [1], transfer: true }),
    data: wampResource({ call: PROCEDURE, params: () => [2], transfer: true }),
    stream: wampResource({ topic: 'com.app.stream', transfer: true }),
  });
  const answer = (router: WampTestingController): void => {
    router.event(TOPIC, { args: ['event'], kwargs: { a: 1 } });
    router.event('com.app.stream', ['stream']);
    for (const call of router.match('call')) call.flush(['result', ...call.args]);
  };

  it('the page begins with what the server rendered: topics go on, calls are not made again', async () => {
    const json = await rendered(page, answer);
    const router = setUp('browser');
    send(json);
    // Something of the page's own is still loading, as when it starts.
    const release = TestBed.inject(PendingTasks).add();
    const { topic, call, data, stream } = inContext(page);
    expect([topic.value(), topic.event()?.kwargs]).toStrictEqual(['event', { a: 1 }]);
    tick();
    await settled();
    expect([call.value(), call.result()?.args]).toStrictEqual(['result', ['result', 1]]);
    expect([data.value(), data.status(), stream.value()]).toStrictEqual(['result', 'resolved', 'stream']);
    expect(router.match('call')).toStrictEqual([]);
    router.event(TOPIC, ['live']);
    router.event('com.app.stream', ['live too']);
    expect([topic.value(), stream.value()]).toStrictEqual(['live', 'live too']);
    data.reload();
    call.reload();
    tick();
    expect(router.match('call')).toHaveLength(2);
    release();
  });

  it('what comes to life later asks for itself', async () => {
    const json = await rendered(page, answer);
    const router = setUp('browser');
    send(json);
    inContext(page);
    await TestBed.inject(ApplicationRef).whenStable();
    const { topic } = inContext(page);
    expect(topic.value()).toBeUndefined();
    tick();
    expect(router.match('call').length).toBeGreaterThanOrEqual(2);
  });

  it('leaves out what JSON would not give back, and what was not asked to be transferred', async () => {
    const json = await rendered(
      () => [
        injectTopic(TOPIC, { transfer: true, pipe: () => of(5n) }),
        injectTopic('com.app.other'),
        injectTopic('com.app.date', { transfer: true, pipe: () => of({ at: new Date(0) }) }),
      ],
      answer,
    );
    expect(json).toBe('{}');
  });
});

it('in a page nothing waits, though it was asked to connect on a server', async () => {
  const router = setUp('browser', { connectOnServer: true });
  router.hold();
  inContext(() => [injectTopic(TOPIC), injectCall(PROCEDURE, { payload: () => [] }), wampResource({ topic: TOPIC })]);
  tick();
  expect(await isStable()).toBe(true);
});
