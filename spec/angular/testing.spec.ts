import { afterEach, describe, expect, it } from '@jest/globals';
import type { EnvironmentInjector } from '@angular/core';
import { of } from 'rxjs';
import { Code, ErrorUri, payload, WampClient, type Link, type WampClientOptions, type WampMessage } from 'rxwamp';
import { provideWamp } from 'rxwamp/angular';
import { provideWampTesting, WampTestingController, type WampTestingOptions } from 'rxwamp/angular/testing';
import { injectorOf, seen } from './injectors.js';

const injectors: EnvironmentInjector[] = [];
afterEach(() => {
  for (const injector of injectors.splice(0)) injector.destroy();
});

function setUp(
  testing: WampTestingOptions = {},
  options: Partial<WampClientOptions> = {},
): { readonly wamp: WampClient; readonly router: WampTestingController } {
  const injector = injectorOf([
    provideWampTesting(testing),
    provideWamp({ url: 'ws://localhost/ws', realm: 'realm1', ...options }),
  ]);
  injectors.push(injector);
  return { wamp: injector.get<WampClient>(WampClient), router: injector.get(WampTestingController) };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('expecting a request', () => {
  it('takes it by its URI or by a function, in any order, each once', () => {
    const { wamp, router } = setUp();
    for (const at of [1, 2, 3]) wamp.call('com.app.x', [at]).subscribe({ error: () => undefined });
    wamp.call('com.app.y').subscribe({ error: () => undefined });
    router.expectCall('com.app.y');
    expect(router.expectCall(({ args }) => args[0] === 2).args).toStrictEqual([2]);
    expect(router.match('call', 'com.app.x').map(({ args }) => args[0])).toStrictEqual([1, 3]);
    expect(router.match('call')).toStrictEqual([]);
  });

  it('fails where there is none, or more than one, and says what there is', () => {
    const { wamp, router } = setUp();
    expect(() => router.expectCall('com.app.x')).toThrow(
      'expected one CALL com.app.x, but none came, and nothing else either (no client is connected)',
    );
    wamp.publish('com.app.x', [1]);
    expect(() => router.expectCall('com.app.x')).toThrow(
      'expected one CALL com.app.x, but none came; there came:\n  PUBLISH com.app.x',
    );
    expect(() => router.expectPublish(() => false)).toThrow('expected one PUBLISH that matches, but none came');
    for (let at = 0; at < 11; at++) wamp.publish('com.app.x', [2]);
    expect(() => router.expectPublish('com.app.x')).toThrow(
      /expected one PUBLISH com.app.x, but there are 12:(\n  PUBLISH com.app.x){10}\n  … and 2 more$/,
    );
    expect(() => router.expectNone('com.app.x')).toThrow('expected nothing on com.app.x, but there came:');
    router.expectNone('com.app.y');
  });
});

describe('verify', () => {
  it('wants calls and publications to be expected, and what was accepted by itself not', () => {
    const { wamp, router } = setUp();
    seen(wamp.topic('com.app.topic'));
    seen(wamp.register('com.app.x', () => 1));
    router.verify();
    const call = wamp.call('com.app.x').subscribe();
    expect(() => router.verify()).toThrow('expected no more requests, but there came:\n  CALL com.app.x');
    call.unsubscribe();
    expect(() => router.verify()).toThrow('CALL com.app.x');
    router.verify({ ignoreCancelled: true });
    router.match('call');
    wamp.publish('com.app.topic');
    expect(() => router.verify({ ignoreCancelled: true })).toThrow('PUBLISH com.app.topic');
  });

  it('wants subscriptions too where the test has to answer them', () => {
    const { wamp, router } = setUp({ answers: 'manual' });
    seen(wamp.topic('com.app.topic'));
    expect(() => router.verify()).toThrow('SUBSCRIBE com.app.topic');
  });
});

describe('a call', () => {
  it('is answered with results, progressive ones first, or an error; once', () => {
    const { wamp, router } = setUp();
    const results = seen(wamp.call('com.app.x', { args: [1], kwargs: { a: 2 } }, { progress: true }));
    const call = router.expectCall('com.app.x');
    expect(call).toMatchObject({ realm: 'realm1', args: [1], kwargs: { a: 2 }, isOpen: true, isCancelled: false });
    expect(call.options).toStrictEqual({ receive_progress: true });
    call.progress([10]);
    call.progress({ kwargs: { percent: 20 } });
    call.flush(payload(['done']));
    expect(results).toMatchObject([{ args: [10] }, { args: [], kwargs: { percent: 20 } }, { args: ['done'] }, 'end']);
    expect(call.isOpen).toBe(false);
    expect(() => call.flush()).toThrow('flush: CALL com.app.x was answered, or its connection is gone');
    const plain = seen(wamp.call('com.app.y'));
    const other = router.expectCall('com.app.y');
    expect(() => other.progress()).toThrow('progress: CALL com.app.y asked for no progress');
    other.error('com.app.error', { args: ['no'], kwargs: { a: 1 } });
    expect(plain).toMatchObject([{ uri: 'com.app.error', args: ['no'], kwargs: { a: 1 } }]);
  });

  it('that is cancelled says how, and takes no answer but where the callee is waited for', () => {
    const { wamp, router } = setUp();
    wamp.call('com.app.x').subscribe().unsubscribe();
    const call = router.expectCall('com.app.x');
    expect([call.isCancelled, call.cancelMode, call.isOpen]).toStrictEqual([true, 'killnowait', false]);
    expect(() => call.flush()).toThrow('flush: CALL com.app.x was cancelled');
    wamp.call('com.app.x', [], { cancelMode: 'kill' }).subscribe().unsubscribe();
    router.expectCall('com.app.x').error(ErrorUri.CANCELED);
  });

  it('that is cancelled is answered for, as a router does, but where the callee is waited for', () => {
    const { router } = setUp();
    const messages: WampMessage[] = [];
    const links: Link[] = [];
    router.transport.subscribe((link) => links.push(link));
    links[0]?.subscribe((message) => messages.push(message));
    links[0]?.next([Code.HELLO, 'realm1', {}]);
    for (const [request, mode] of [[1, 'skip'] as const, [2, 'kill'] as const, [3, 'killnowait'] as const]) {
      links[0]?.next([Code.CALL, request, {}, 'com.app.x']);
      links[0]?.next([Code.CANCEL, request, { mode }]);
    }
    expect(messages.slice(1)).toStrictEqual(
      [1, 3].map((request) => [Code.ERROR, Code.CALL, request, {}, ErrorUri.CANCELED, [], {}]),
    );
  });

  it('holds what is streamed in', () => {
    const { wamp, router } = setUp();
    seen(wamp.call('com.app.x', of(1, 2)));
    const call = router.expectCall('com.app.x');
    expect([call.inputs.map(({ value }) => value), call.isInputComplete]).toStrictEqual([[1, 2], true]);
  });

  it('refuses what is no payload', () => {
    const { wamp, router } = setUp();
    seen(wamp.call('com.app.x'));
    const call = router.expectCall('com.app.x');
    expect(() => call.flush({ args: [], a: 1 } as object)).toThrow('a single object goes in a list');
    expect(() => call.flush({ a: 1 } as object)).toThrow('a single object goes in a list');
    expect(() => call.flush(5 as unknown as [])).toThrow('a payload is a list of arguments or { args, kwargs }');
  });
});

describe('a publication', () => {
  it('is acknowledged or refused where that was asked for, once', () => {
    const { wamp, router } = setUp();
    const good = seen(wamp.publish('com.app.x', [1], { acknowledge: true }));
    const publication = router.expectPublish('com.app.x');
    publication.acknowledge();
    expect(good).toMatchObject([{ topic: 'com.app.x' }, 'end']);
    expect(() => publication.acknowledge()).toThrow('acknowledge: PUBLISH com.app.x was answered');
    const bad = seen(wamp.publish('com.app.x', [1], { acknowledge: true }));
    router.expectPublish('com.app.x').refuse(ErrorUri.NOT_AUTHORIZED);
    expect(bad).toMatchObject([{ uri: ErrorUri.NOT_AUTHORIZED }]);
    wamp.publish('com.app.x');
    expect(() => router.expectPublish('com.app.x').refuse('a.b')).toThrow(
      'refuse: PUBLISH com.app.x asked for no answer',
    );
  });
});

describe('a subscription', () => {
  it('gets events of its topic, by URI, prefix or wildcard', () => {
    const { wamp, router } = setUp();
    const exact = seen(wamp.topic('com.app.a'));
    const prefix = seen(wamp.topic('com.app.', { match: 'prefix' }));
    const wildcard = seen(wamp.topic('com..a', { match: 'wildcard' }));
    expect([router.event('com.app.a', ['x']), router.event('com.app.b'), router.event('com.other.a')]).toStrictEqual([
      3, 1, 1,
    ]);
    expect([exact.length, prefix.length, wildcard.length]).toStrictEqual([1, 2, 2]);
    expect(wildcard[1]).toMatchObject({ topic: 'com.other.a' });
    router.expectSubscribe('com.app.a').event(['y'], { publisher: 7 });
    expect(exact[1]).toMatchObject({ args: ['y'], details: { publisher: 7 } });
  });

  it('is accepted or refused by the test where it wants to, and taken back', () => {
    const { wamp, router } = setUp({ answers: 'manual' });
    const refused = seen(wamp.topic('com.app.a'));
    const subscription = router.expectSubscribe('com.app.a');
    expect(() => subscription.event()).toThrow('event: com.app.a was not accepted');
    subscription.refuse(ErrorUri.NOT_AUTHORIZED);
    expect(refused).toMatchObject([{ uri: ErrorUri.NOT_AUTHORIZED }]);
    expect(() => subscription.accept()).toThrow('accept: com.app.a was answered');
    const revoked = seen(wamp.topic('com.app.b'));
    const other = router.expectSubscribe('com.app.b');
    other.accept();
    other.revoke('com.app.moved');
    expect(revoked).toMatchObject([{ name: 'RevokedError', reason: 'com.app.moved' }]);
    expect(() => other.event()).toThrow('event: com.app.b has ended');
  });
});

describe('a registration', () => {
  it('is called by the test, with progress, errors and the cancel', async () => {
    const { wamp, router } = setUp();
    seen(wamp.register('com.app.later', ({ args }) => Promise.resolve(payload([args[0], 2], { a: 3 }))));
    const later = router.invoke('com.app.later', [1]);
    expect(later.result).toBeUndefined();
    expect(await later.settled()).toMatchObject({ args: [1, 2], kwargs: { a: 3 } });
    expect(() => router.invoke('com.app.none')).toThrow('invoke: the application does not offer com.app.none');
    seen(wamp.register('com.app.fail', () => Promise.reject(new Error('no'))));
    await expect(router.invoke('com.app.fail').settled()).rejects.toMatchObject({ uri: 'wamp.error.runtime_error' });
    const lost = router.expectRegister('com.app.later').invoke([1]);
    seen(wamp.register('com.app.never', () => new Promise(() => undefined)));
    const never = router.invoke('com.app.never');
    router.drop();
    await expect(never.settled()).rejects.toMatchObject({ name: 'ConnectionLostError' });
    void lost.settled().catch(() => undefined);
  });

  it('ends when the application leaves it, and when it is taken back', () => {
    const { wamp, router } = setUp();
    const subscription = wamp.register('com.app.x', () => 1).subscribe();
    const registration = router.expectRegister('com.app.x');
    subscription.unsubscribe();
    expect(registration.isActive).toBe(false);
    const revoked = seen(wamp.register('com.app.y', () => 1));
    router.expectRegister('com.app.y').revoke();
    expect(revoked[1]).toMatchObject({ name: 'RevokedError' });
  });
});

describe('the connection', () => {
  it('is lost and comes back at once; topics are subscribed to again', async () => {
    const { wamp, router } = setUp();
    const events = seen(wamp.topic('com.app.a'));
    expect([router.connections, router.isConnected]).toStrictEqual([1, true]);
    router.match('subscribe');
    router.drop();
    expect([wamp.state.status, router.isConnected]).toStrictEqual(['waiting', false]);
    await settled();
    expect([wamp.state.status, router.connections]).toStrictEqual(['connected', 2]);
    router.expectSubscribe('com.app.a').event(['x']);
    expect(events).toMatchObject([{ args: ['x'] }]);
  });

  it('is held, refused, aborted, as the test says', async () => {
    const { wamp, router } = setUp({ session: { authid: 'joe' } });
    router.hold();
    wamp.connect();
    expect(wamp.state.status).toBe('connecting');
    router.admit();
    expect(wamp.state).toMatchObject({ status: 'connected', session: { authid: 'joe' } });
    router.refuse();
    router.drop();
    await settled();
    expect(wamp.state).toMatchObject({ status: 'waiting', cause: { name: 'ConnectionRefusedError' } });
    const strict = setUp({}, { retry: false });
    strict.router.abort();
    strict.wamp.connect();
    expect(strict.wamp.state).toMatchObject({
      status: 'closed',
      cause: { name: 'ConnectionRefusedError', reason: ErrorUri.AUTHENTICATION_FAILED },
    });
  });
});
