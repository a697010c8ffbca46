/**
 * @jest-environment <rootDir>/spec/angular/jsdom-environment.mjs
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { initTestBed, inContext, setUp, settled, show, textOf, tick, TOPIC } from './support.js';
import { createEnvironmentInjector, EnvironmentInjector, Injector, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { bufferCount, map, of } from 'rxjs';
import { isUsageError, isWampError, snapshot, WampClient } from 'rxwamp';
import { injectTopic } from 'rxwamp/angular';

beforeAll(initTestBed);

describe('injectTopic', () => {
  it('gives the first argument of the last event, and the event', () => {
    const router = setUp();
    const topic = inContext(() => injectTopic(TOPIC));
    expect(topic.value()).toBeUndefined();
    expect(topic.status()).toBe('subscribed');
    router.expectSubscribe(TOPIC).event({ args: [1, 2], kwargs: { a: 3 } });
    expect(topic.value()).toBe(1);
    expect(topic.event()?.args).toStrictEqual([1, 2]);
    expect(topic.event()?.kwargs).toStrictEqual({ a: 3 });
  });

  it('shows in a component what comes, and leaves with it', async () => {
    const router = setUp();
    class Page {
      readonly topic = injectTopic(TOPIC, { initialValue: 'nothing' });
    }
    const fixture = show(Page, `{{ topic.value() }} {{ topic.status() }}`);
    expect(await textOf(fixture)).toBe('nothing subscribed');
    const subscription = router.expectSubscribe(TOPIC);
    subscription.event(['x']);
    expect(await textOf(fixture)).toBe('x subscribed');
    fixture.destroy();
    expect(subscription.isActive).toBe(false);
  });

  it('follows its URI: the old topic is left, its value forgotten, and nothing asked for while there is none', () => {
    const router = setUp();
    const uri = signal<string | undefined>(undefined);
    const topic = inContext(() => injectTopic(() => uri(), { initialValue: 0 }));
    tick();
    expect(topic.status()).toBe('idle');
    expect(router.connections).toBe(0);
    uri.set('com.app.a');
    tick();
    const a = router.expectSubscribe('com.app.a');
    a.event([1]);
    expect([topic.value(), topic.status()]).toStrictEqual([1, 'subscribed']);
    uri.set('com.app.b');
    tick();
    expect(a.isActive).toBe(false);
    expect([topic.value(), topic.event()]).toStrictEqual([0, undefined]);
    const b = router.expectSubscribe('com.app.b');
    b.event([2]);
    expect(topic.value()).toBe(2);
    uri.set(undefined);
    tick();
    expect([b.isActive, topic.status(), topic.value()]).toStrictEqual([false, 'idle', 0]);
  });

  it('follows its options, and leaves them alone while they say the same', () => {
    const router = setUp();
    const retained = signal(false);
    const other = signal(0);
    inContext(() =>
      injectTopic(TOPIC, {
        subscribe: () => ({ get_retained: retained(), x_other: other() > 10 ? 'much' : 'little' }),
      }),
    );
    tick();
    const first = router.expectSubscribe(TOPIC);
    other.set(5);
    tick();
    router.expectNone(TOPIC);
    retained.set(true);
    tick();
    expect(first.isActive).toBe(false);
    expect(router.expectSubscribe(TOPIC).options).toMatchObject({ get_retained: true, x_other: 'little' });
  });

  it('accumulates with reduce, from the initial value, for each topic anew', () => {
    const router = setUp();
    const uri = signal('com.app.a');
    const topic = inContext(() =>
      injectTopic(() => uri(), {
        initialValue: [] as readonly unknown[],
        reduce: (values, { value }) => [...values, value],
      }),
    );
    tick();
    router.event('com.app.a', ['x']);
    router.event('com.app.a', ['y']);
    expect(topic.value()).toStrictEqual(['x', 'y']);
    uri.set('com.app.b');
    tick();
    expect(topic.value()).toStrictEqual([]);
    router.event('com.app.b', ['z']);
    expect(topic.value()).toStrictEqual(['z']);
  });

  it('shows what pipe makes of the events, and accumulates that', () => {
    const router = setUp();
    const pairs = inContext(() => injectTopic(TOPIC, { pipe: (events$) => events$.pipe(bufferCount(2)) }));
    const sum = inContext(() =>
      injectTopic(TOPIC, {
        pipe: (events$) => events$.pipe(map(({ value }) => Number(value))),
        initialValue: 100,
        reduce: (total, one) => total + one,
      }),
    );
    router.event(TOPIC, [1]);
    expect([pairs.value(), pairs.event()?.value, sum.value()]).toStrictEqual([undefined, 1, 101]);
    router.event(TOPIC, [2]);
    expect(pairs.value()?.map(({ value }) => value)).toStrictEqual([1, 2]);
    expect(sum.value()).toBe(103);
  });

  it('says what it fails with: refused, malformed, or in its own functions; reload tries again', () => {
    const router = setUp({ testing: { answers: 'manual' } });
    const refused = inContext(() => injectTopic(TOPIC));
    router.expectSubscribe(TOPIC).refuse('com.app.error.no', ['not you']);
    expect(refused.status()).toBe('error');
    expect(isWampError(refused.error()) && refused.error()?.message).toBe(
      'SUBSCRIBE com.app.topic: com.app.error.no: not you',
    );
    refused.reload();
    expect([refused.status(), refused.error()]).toStrictEqual(['subscribed', undefined]);
    const subscription = router.expectSubscribe(TOPIC);
    subscription.accept();
    subscription.event(['x']);
    expect(refused.value()).toBe('x');
    refused.reload();
    expect(refused.value()).toBe('x');

    const malformed = inContext(() => injectTopic('com..x y'));
    expect(isUsageError(malformed.error())).toBe(true);

    const failing = inContext(() =>
      injectTopic('com.app.other', {
        initialValue: 0,
        reduce: () => {
          throw new Error('cannot add');
        },
      }),
    );
    const other = router.expectSubscribe('com.app.other');
    other.accept();
    other.event([1]);
    expect([failing.status(), failing.error()?.message]).toStrictEqual(['error', 'cannot add']);
    expect(other.isActive).toBe(false);
  });

  it('is connecting while there is no session, keeps its value, and tells of the gap where it is asked to', async () => {
    const router = setUp();
    const topic = inContext(() => injectTopic(TOPIC, { subscribe: { gaps: 'notice' } }));
    router.expectSubscribe(TOPIC).event(['x']);
    router.hold();
    router.drop();
    expect([topic.status(), topic.value()]).toStrictEqual(['connecting', 'x']);
    await settled();
    router.admit();
    expect([topic.status(), topic.value(), topic.gap()?.topic]).toStrictEqual(['subscribed', 'x', TOPIC]);
    expect(topic.error()).toBeUndefined();
    router.expectSubscribe(TOPIC).event(['y']);
    expect(topic.value()).toBe('y');
  });

  it('shows the result of a snapshot as the value, and hands it to reduce', () => {
    const router = setUp();
    const subscribe = { gaps: snapshot('com.app.state') };
    const plain = inContext(() => injectTopic(TOPIC, { subscribe }));
    const kinds = inContext(() =>
      injectTopic(TOPIC, {
        subscribe,
        initialValue: [] as string[],
        reduce: (seen, item) => [...seen, 'result' in item ? 'snapshot' : 'event'],
      }),
    );
    for (const call of router.match('call')) call.flush(['state']);
    expect(plain.value()).toBe('state');
    router.event(TOPIC, ['change']);
    expect(plain.value()).toBe('change');
    expect(kinds.value()).toStrictEqual(['snapshot', 'event']);
  });

  it('of a pattern gets what matches', () => {
    const router = setUp();
    const topic = inContext(() => injectTopic('com.app.', { subscribe: { match: 'prefix' } }));
    expect(router.event('com.app.x', [1])).toBe(1);
    expect([topic.value(), topic.event()?.topic]).toStrictEqual([1, 'com.app.x']);
  });

  it('is closed with the client', async () => {
    setUp();
    const topic = inContext(() => injectTopic(TOPIC));
    await TestBed.inject(WampClient).close();
    expect(topic.status()).toBe('closed');
  });

  it('can be had outside of an injection context by an injector, with which it ends', () => {
    const router = setUp();
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    expect(() => injectTopic(TOPIC)).toThrow(/NG0203/);
    injectTopic(TOPIC, { injector: injector.get(Injector) });
    const subscription = router.expectSubscribe(TOPIC);
    injector.destroy();
    expect(subscription.isActive).toBe(false);
  });

  it('takes a client for a connection, of whatever kind', () => {
    setUp();
    const other = {
      state: { status: 'connected' },
      state$: of({ status: 'connected' }),
      topic: () => of({ value: 7 }),
    };
    // A stand-in that has what a topic needs.
    const topic = inContext(() => injectTopic(TOPIC, { connection: other as unknown as WampClient }));
    expect(topic.value()).toBe(7);
  });
});
