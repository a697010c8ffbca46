import { afterEach, describe, expect, it } from '@jest/globals';
import { inject, InjectionToken, type EnvironmentInjector } from '@angular/core';
import { map, NEVER, of, retry, tap, throwError } from 'rxjs';
import { isClientClosedError, isUsageError, WampClient, WampResult, type Uri } from 'rxwamp';
import { provideWamp, withInterceptors, type WampInterceptorFn } from 'rxwamp/angular';
import { provideWampTesting, WampTestingController } from 'rxwamp/angular/testing';
import { injectorOf, seen } from './injectors.js';

const PREFIX = new InjectionToken<string>('prefix');

const injectors: EnvironmentInjector[] = [];
afterEach(() => {
  for (const injector of injectors.splice(0)) injector.destroy();
});

function setUp(...interceptors: readonly WampInterceptorFn[]): {
  readonly wamp: WampClient;
  readonly router: WampTestingController;
  readonly injector: EnvironmentInjector;
} {
  const injector = injectorOf([
    { provide: PREFIX, useValue: 'com.tenant' },
    provideWamp({ url: 'ws://localhost/ws', realm: 'realm1' }, withInterceptors(interceptors)),
    provideWampTesting(),
  ]);
  injectors.push(injector);
  return { wamp: injector.get<WampClient>(WampClient), router: injector.get(WampTestingController), injector };
}

const prefixed: WampInterceptorFn = (request, next) => next({ ...request, uri: `${inject(PREFIX)}.${request.uri}` });

describe('an interceptor', () => {
  it('sees every kind of request, in an injection context, and may change its URI', () => {
    const kinds: string[] = [];
    const { wamp, router } = setUp((request, next) => {
      kinds.push(request.kind);
      return next(request);
    }, prefixed);
    seen(wamp.call('add', [2, 3]));
    expect(router.expectCall('com.tenant.add').args).toStrictEqual([2, 3]);
    wamp.publish('tick', [1]);
    expect(router.expectPublish('com.tenant.tick').args).toStrictEqual([1]);
    const events = seen(wamp.topic('tick'));
    router.event('com.tenant.tick', [1]);
    expect(events).toHaveLength(1);
    const registered = seen(wamp.register('add', ({ args }) => args[0]));
    expect(registered).toMatchObject([{ procedure: 'com.tenant.add' }]);
    expect(router.invoke('com.tenant.add', [7]).result?.args).toStrictEqual([7]);
    const subject = wamp.subject<number>('news');
    subject.next(5);
    expect(router.expectPublish('com.tenant.news').args).toStrictEqual([5]);
    const news = seen(subject);
    router.event('com.tenant.news', [6]);
    expect(news).toStrictEqual([6]);
    expect(kinds).toStrictEqual(['call', 'publish', 'subscribe', 'register', 'publish', 'subscribe']);
  });

  it('is one of several, in their order on the way out and in the reverse on the way back', () => {
    const steps: string[] = [];
    const named =
      (name: string): WampInterceptorFn =>
      (request, next) => {
        steps.push(`${name} out`);
        return next(request).pipe(tap(() => steps.push(`${name} back`)));
      };
    const { wamp, router } = setUp(named('a'), named('b'));
    const call$ = wamp.call('com.app.x');
    expect(steps).toStrictEqual([]);
    seen(call$);
    router.expectCall('com.app.x').flush([1]);
    expect(steps).toStrictEqual(['a out', 'b out', 'b back', 'a back']);
    seen(call$);
    expect(steps.slice(4)).toStrictEqual(['a out', 'b out']);
  });

  it('may change payload and options, of each kind', () => {
    const { wamp, router } = setUp((request, next) => {
      switch (request.kind) {
        case 'call':
          return next({ ...request, payload: ['call'], options: { ...request.options, disclose_me: true } });
        case 'publish':
          return next({ ...request, payload: { kwargs: { a: 1 } }, options: { exclude_me: false } });
        case 'subscribe':
          return next({ ...request, options: { ...request.options, get_retained: true } });
        case 'register':
          return next({
            ...request,
            handler: (invocation) => `<${String(request.handler(invocation))}>`,
            options: { invoke: 'roundrobin' },
          });
      }
    });
    seen(wamp.call('com.app.x', [1]));
    expect(router.expectCall('com.app.x')).toMatchObject({ args: ['call'], options: { disclose_me: true } });
    wamp.publish('com.app.x', [1]);
    expect(router.expectPublish('com.app.x')).toMatchObject({ kwargs: { a: 1 }, options: { exclude_me: false } });
    seen(wamp.topic('com.app.x'));
    expect(router.expectSubscribe('com.app.x').options).toStrictEqual({ get_retained: true });
    seen(wamp.register('com.app.x', () => 'y'));
    expect(router.expectRegister('com.app.x').invoke().result?.args).toStrictEqual(['<y>']);
  });

  it('may answer without going on, change what comes back, and fail', () => {
    const { wamp, router } = setUp((request, next) => {
      if (request.uri === 'com.app.cached') return of(new WampResult(['cached'], {}, {}));
      if (request.uri === 'com.app.forbidden') return throwError(() => new Error('forbidden'));
      if (request.uri === 'com.app.broken') throw new Error('broken');
      return request.kind === 'call'
        ? next(request).pipe(map(({ args, kwargs, details }) => new WampResult([args.length], kwargs, details)))
        : next(request);
    });
    expect(seen(wamp.call('com.app.cached'))).toMatchObject([{ args: ['cached'] }, 'end']);
    expect(seen(wamp.call('com.app.forbidden'))).toMatchObject([{ message: 'forbidden' }]);
    expect(seen(wamp.call('com.app.broken'))).toMatchObject([{ message: 'broken' }]);
    expect(router.connections).toBe(0);
    const lengths = seen(wamp.call('com.app.x'));
    router.expectCall('com.app.x').flush([7, 8, 9]);
    expect(lengths).toMatchObject([{ args: [3] }, 'end']);
  });

  it('may try again: the rest of the way is gone again', () => {
    let inner = 0;
    const { wamp, router } = setUp(
      (request, next) => next(request).pipe(retry(1)),
      (request, next) => {
        inner++;
        return next(request);
      },
    );
    const results = seen(wamp.call('com.app.x'));
    router.expectCall('com.app.x').error('com.app.error.busy');
    router.expectCall('com.app.x').flush([1]);
    expect([inner, results.length]).toStrictEqual([2, 2]);
  });

  it('cancels the call when it is left', () => {
    const { wamp, router } = setUp(prefixed);
    const subscription = wamp.call('x').subscribe();
    subscription.unsubscribe();
    expect(router.expectCall('com.tenant.x').isCancelled).toBe(true);
  });

  it('must not make a request of another kind', () => {
    const { wamp } = setUp((request, next) =>
      next({ kind: 'publish', uri: request.uri, payload: undefined, options: {} }),
    );
    const results = seen(wamp.call('com.app.x'));
    expect(results.map(isUsageError)).toStrictEqual([true]);
    expect(results).toMatchObject([{ message: 'publish com.app.x: an interceptor made a publish of a call' }]);
  });
});

describe('a publication through interceptors', () => {
  it('is sent whether or not anybody subscribes, once, and its acknowledgement is replayed', () => {
    const { wamp, router } = setUp(prefixed);
    const answer$ = wamp.publish('x', [1], { acknowledge: true });
    const publication = router.expectPublish('com.tenant.x');
    publication.acknowledge();
    expect(seen(answer$)).toMatchObject([{ topic: 'com.tenant.x' }, 'end']);
    expect(seen(answer$)).toHaveLength(2);
    router.verify();
  });

  it('that fails unheard is a fault; heard, it is not', async () => {
    const { wamp } = setUp(() => throwError(() => new Error('no')));
    const faults: unknown[] = [];
    wamp.faults$.subscribe(({ cause }) => faults.push(cause));
    wamp.publish('com.app.x');
    await Promise.resolve();
    expect(faults).toMatchObject([{ message: 'no' }]);
    expect(seen(wamp.publish('com.app.x'))).toMatchObject([{ message: 'no' }]);
    await Promise.resolve();
    expect(faults).toHaveLength(1);
  });

  it('has its faults end with the client', async () => {
    const { wamp } = setUp(prefixed);
    let ended = false;
    wamp.faults$.subscribe({ complete: () => (ended = true) });
    await wamp.close();
    await Promise.resolve();
    expect(ended).toBe(true);
  });

  it('ends with the client, wherever an interceptor keeps it', async () => {
    const { wamp } = setUp(() => NEVER);
    const results = seen(wamp.publish('com.app.x'));
    injectors.pop()?.destroy();
    await Promise.resolve();
    await Promise.resolve();
    expect(results.map(isClientClosedError)).toStrictEqual([true]);
    expect(seen(wamp.call('com.app.x')).map(isClientClosedError)).toStrictEqual([true]);
  });
});

it('a subject’s ends are reported as those of any', () => {
  const { wamp, router } = setUp(prefixed);
  const faults: unknown[] = [];
  wamp.faults$.subscribe((fault) => faults.push(fault));
  const subject = wamp.subject<Uri>('x');
  subject.error(new Error('source'));
  subject.next('late');
  subject.complete();
  expect(faults).toMatchObject([{ cause: { message: 'source' } }]);
  expect(router.match('publish')).toStrictEqual([]);
});
