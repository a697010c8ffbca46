/**
 * @jest-environment <rootDir>/spec/angular/jsdom-environment.mjs
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { inContext, initTestBed, PROCEDURE, setUp, settled, show, textOf, tick, TOPIC } from './support.js';
import { ApplicationRef, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { map, scan } from 'rxjs';
import { isClientClosedError, WampClient } from 'rxwamp';
import { wampResource } from 'rxwamp/angular';

beforeAll(initTestBed);

const isStable = async (): Promise<boolean> => {
  const stable = TestBed.inject(ApplicationRef)
    .whenStable()
    .then(() => true);
  return Promise.race([stable, settled().then(() => false)]);
};

describe('wampResource of a call', () => {
  it('has the shape of a resource of Angular’s', async () => {
    const router = setUp();
    const id = signal<number | undefined>(undefined);
    const user = inContext(() =>
      wampResource({
        call: PROCEDURE,
        params: () => {
          const one = id();
          return one === undefined ? undefined : [one];
        },
        defaultValue: 'nobody',
      }),
    );
    tick();
    expect([user.status(), user.value(), router.connections]).toStrictEqual(['idle', 'nobody', 0]);
    id.set(1);
    tick();
    expect([user.status(), user.isLoading()]).toStrictEqual(['loading', true]);
    const first = router.expectCall(PROCEDURE);
    id.set(2);
    tick();
    expect(first.isCancelled).toBe(true);
    const second = router.expectCall(PROCEDURE);
    expect(second.args).toStrictEqual([2]);
    second.flush(['joe']);
    await settled();
    expect([user.status(), user.value(), user.hasValue()]).toStrictEqual(['resolved', 'joe', true]);
    expect(user.reload()).toBe(true);
    tick();
    expect([user.status(), user.value()]).toStrictEqual(['reloading', 'joe']);
    router.expectCall(PROCEDURE).error('com.app.error.gone');
    await settled();
    expect([user.status(), user.hasValue()]).toStrictEqual(['error', false]);
    expect(user.error()?.message).toContain('com.app.error.gone');
    user.set('me');
    expect([user.status(), user.value()]).toStrictEqual(['local', 'me']);
    id.set(3);
    tick();
    const third = router.expectCall(PROCEDURE);
    user.destroy();
    expect(third.isCancelled).toBe(true);
  });

  it('parses the result, and shows progressive ones as they come', async () => {
    const router = setUp();
    const size = inContext(() =>
      wampResource({
        call: PROCEDURE,
        options: { progress: true },
        parse: ({ args, kwargs }) => `${String(args[0])} ${String(kwargs['unit'])}`,
      }),
    );
    tick();
    const call = router.expectCall(PROCEDURE);
    call.progress({ args: [1], kwargs: { unit: 'kB' } });
    await settled();
    expect(size.value()).toBe('1 kB');
    call.flush({ args: [2], kwargs: { unit: 'MB' } });
    expect(size.value()).toBe('2 MB');
  });

  it('does not keep the application unstable while it waits, and ends with its component', async () => {
    const router = setUp();
    router.hold();
    class Page {
      readonly user = wampResource({ call: PROCEDURE });
    }
    const fixture = show(Page, '{{ user.status() }}');
    expect(await textOf(fixture)).toBe('loading');
    expect(await isStable()).toBe(true);
    router.admit();
    const call = router.expectCall(PROCEDURE);
    fixture.destroy();
    expect(call.isCancelled).toBe(true);
  });
});

describe('wampResource of a topic', () => {
  it('has the last event’s value, and follows its URI', async () => {
    const router = setUp();
    const uri = signal('com.app.a');
    const topic = inContext(() => wampResource({ topic: () => uri() }));
    tick();
    expect([topic.status(), await isStable()]).toStrictEqual(['loading', true]);
    const a = router.expectSubscribe('com.app.a');
    a.event([1]);
    await settled();
    expect([topic.status(), topic.value()]).toStrictEqual(['resolved', 1]);
    a.event([2]);
    expect(topic.value()).toBe(2);
    uri.set('com.app.b');
    tick();
    expect([a.isActive, topic.status(), topic.value()]).toStrictEqual([false, 'loading', undefined]);
    expect(router.event('com.app.b', [3])).toBe(1);
  });

  it('has what pipe makes of the events', async () => {
    const router = setUp();
    const sum = inContext(() =>
      wampResource({
        topic: TOPIC,
        defaultValue: 0,
        pipe: (events$) =>
          events$.pipe(
            map(({ value }) => Number(value)),
            scan((total, one) => total + one),
          ),
      }),
    );
    tick();
    router.event(TOPIC, [1]);
    router.event(TOPIC, [2]);
    await settled();
    expect(sum.value()).toBe(3);
  });

  it('fails with the client when there was no event', async () => {
    setUp();
    const topic = inContext(() => wampResource({ topic: TOPIC }));
    tick();
    await TestBed.inject(WampClient).close();
    await settled();
    expect([topic.status(), isClientClosedError(topic.error())]).toStrictEqual(['error', true]);
  });
});
