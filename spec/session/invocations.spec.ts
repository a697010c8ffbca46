import { describe, expect, it, jest } from '@jest/globals';
import { EMPTY, NEVER, Observable, of, Subject, tap, throwError, timer, map } from 'rxjs';
import { Code } from '../../src/protocol/code.js';
import { WampError } from '../../src/protocol/errors.js';
import type { Dict } from '../../src/protocol/message.js';
import { payload } from '../../src/protocol/payload.js';
import type { Handler, Invocation } from '../../src/session/invocation.js';
import type { JoinOptions } from '../../src/session/join.js';
import { joined, settled, useVirtualTime, watch } from './support.js';

useVirtualTime();

/** A procedure that was called, with what its handler was given. */
function called(handler: Handler, details: Dict = {}, options: Partial<JoinOptions> = {}, welcome: Dict = {}) {
  const { router, session, sessions } = joined(options, { welcome });
  const given: Invocation[] = [];
  watch(
    session.callee.register('com.app.p', {}, (invocation) => {
      given.push(invocation);
      return handler(invocation);
    }),
  );
  router.send([Code.REGISTERED, router.expect(Code.REGISTER).request, 7]);
  router.send([Code.INVOCATION, 1, 7, details, ['a']]);
  const [invocation] = given;
  if (invocation === undefined) throw new Error('the handler was not called');
  return { router, session, sessions, invocation, given };
}
const PROGRESS = { receive_progress: true };
const INPUT = { progress: true };

describe('C-20: what a handler returns is answered with one YIELD', () => {
  class Point {
    constructor(readonly x: number) {}
  }
  it.each<[string, unknown, readonly unknown[]]>([
    ['nothing', undefined, [70, 1, {}]],
    ['null', null, [70, 1, {}, [null]]],
    ['0', 0, [70, 1, {}, [0]]],
    ['an empty text', '', [70, 1, {}, ['']]],
    ['false', false, [70, 1, {}, [false]]],
    ['a list, as the one argument', [1, 2], [70, 1, {}, [[1, 2]]]],
    ['an object', { a: 1 }, [70, 1, {}, [{ a: 1 }]]],
    ['an object with args and kwargs of its own', { args: [1] }, [70, 1, {}, [{ args: [1] }]]],
    ['an instance of a class', new Point(1), [70, 1, {}, [{ x: 1 }]]],
    ['an empty payload', payload([]), [70, 1, {}]],
    ['a payload of several arguments', payload([1, 2]), [70, 1, {}, [1, 2]]],
    ['a payload of keyword arguments', payload([], { k: 1 }), [70, 1, {}, [], { k: 1 }]],
    ['a payload of both', payload([1], { k: 1 }), [70, 1, {}, [1], { k: 1 }]],
  ])('%s', async (_, result, message) => {
    const outcomes: readonly (() => unknown)[] = [
      () => result,
      async () => result,
      () => of(result),
      () => of('before', result),
      async function* () {
        yield 'before';
        yield result;
      },
    ];
    for (const handler of outcomes) {
      const { router } = called(handler);
      await settled();
      expect(router.expect(Code.YIELD).message).toStrictEqual(message);
      router.expectSilence();
    }
  });

  it('of an empty stream: nothing', async () => {
    for (const handler of [() => EMPTY, async function* () {}]) {
      const { router } = called(handler);
      await settled();
      expect(router.expect(Code.YIELD).message).toStrictEqual([70, 1, {}]);
    }
  });

  it('a thenable is waited for', async () => {
    const thenable = {
      then: (resolve: (value: unknown) => void) => {
        resolve('later');
      },
    };
    const { router } = called(() => thenable);
    await settled();
    router.expect(Code.YIELD, { args: ['later'] });
  });
});

describe('C-21: progressive results', () => {
  it('of an Observable come as they are, and an empty last one', () => {
    const results = new Subject<unknown>();
    const { router } = called(() => results, PROGRESS);
    router.expectSilence();
    results.next(1);
    expect(router.expect(Code.YIELD).message).toStrictEqual([70, 1, { progress: true }, [1]]);
    results.next(undefined);
    expect(router.expect(Code.YIELD).message).toStrictEqual([70, 1, { progress: true }]);
    results.next(payload([1], { k: 2 }));
    expect(router.expect(Code.YIELD).message).toStrictEqual([70, 1, { progress: true }, [1], { k: 2 }]);
    results.complete();
    expect(router.expect(Code.YIELD).message).toStrictEqual([70, 1, {}]);
    router.expectSilence();
  });

  it('of an async iterable come as they are, and an empty last one', async () => {
    const { router } = called(async function* () {
      yield 1;
      await Promise.resolve();
      yield 2;
    }, PROGRESS);
    await settled();
    router.expect(Code.YIELD, { options: { progress: true }, args: [1] });
    router.expect(Code.YIELD, { options: { progress: true }, args: [2] });
    expect(router.expect(Code.YIELD).message).toStrictEqual([70, 1, {}]);
  });

  it('are not sent to who did not ask: only the last value is', () => {
    const { router } = called(() => of(1, 2, 3));
    router.expect(Code.YIELD, { options: { progress: undefined }, args: [3] });
    router.expectSilence();
  });

  it('C-6: receive_progress null or false is absent', () => {
    for (const receive_progress of [null, false]) {
      const { router, invocation } = called(() => of(1, 2), { receive_progress });
      expect(invocation.wantsProgress).toBe(false);
      router.expect(Code.YIELD, { options: { progress: undefined }, args: [2] });
    }
  });

  it('may end in an ERROR', () => {
    const { router } = called(
      () =>
        new Observable((subscriber) => {
          subscriber.next(1);
          subscriber.error(new WampError('com.app.broken'));
        }),
      PROGRESS,
    );
    router.expect(Code.YIELD, { args: [1] });
    router.expect(Code.ERROR, { requestType: Code.INVOCATION, request: 1, error: 'com.app.broken' });
    router.expectSilence();
  });
});

describe('C-20: what a handler throws is answered with one ERROR', () => {
  const named = new WampError('com.app.error', { args: ['a', 1], kwargs: { k: 2 } });
  class Unprintable {
    get message(): string {
      throw new Error('no');
    }
  }
  it.each<[string, unknown, readonly unknown[]]>([
    ['a WampError, as it is', named, [8, 68, 1, {}, 'com.app.error', ['a', 1], { k: 2 }]],
    ['a WampError without payload', new WampError('com.app.e'), [8, 68, 1, {}, 'com.app.e']],
    ['an Error', new Error('boom'), [8, 68, 1, {}, 'wamp.error.runtime_error', ['boom']]],
    ['a text', 'boom', [8, 68, 1, {}, 'wamp.error.runtime_error', ['boom']]],
    ['nothing', undefined, [8, 68, 1, {}, 'wamp.error.runtime_error', ['the handler failed']]],
    ['what has no text', Object.create(null), [8, 68, 1, {}, 'wamp.error.runtime_error', ['the handler failed']]],
    ['what throws itself', new Unprintable(), [8, 68, 1, {}, 'wamp.error.runtime_error', ['the handler failed']]],
    [
      'a WampError whose URI no router would take',
      new WampError('not a URI'),
      [8, 68, 1, {}, 'wamp.error.runtime_error', ['ERROR: not a URI']],
    ],
  ])('%s', async (_, thrown, message) => {
    const outcomes: readonly Handler[] = [
      () => {
        throw thrown;
      },
      () => Promise.reject(thrown),
      () => throwError(() => thrown),
      async function* () {
        yield 'before';
        throw thrown;
      },
    ];
    for (const handler of outcomes) {
      const { router } = called(handler);
      await settled();
      expect(router.expect(Code.ERROR).message).toStrictEqual(message);
      router.expectSilence();
    }
  });

  it('without a stack trace, unless it was asked for', () => {
    const handler = (): never => {
      throw new Error('boom');
    };
    expect(called(handler).router.expect(Code.ERROR).kwargs).toBeUndefined();
    const { kwargs } = called(handler, {}, { traceback: true }).router.expect(Code.ERROR);
    expect(kwargs?.['traceback']).toStrictEqual(
      expect.arrayContaining(['Error: boom', expect.stringContaining('at ')]),
    );
  });
});

describe('C-20: what cannot be encoded is answered with an ERROR that says so', () => {
  it.each<[string, Handler]>([
    ['a value', () => () => 1],
    ['a Promise', async () => Symbol('x')],
    ['the last of an Observable', () => of(() => 1)],
    ['the payload of an error', () => throwError(() => new WampError('com.app.e', { args: [() => 1] }))],
  ])('%s', async (_, handler) => {
    const { router, session } = called(handler);
    await settled();
    const { request, error, args } = router.expect(Code.ERROR);
    expect([request, error]).toStrictEqual([1, 'wamp.error.invalid_payload']);
    expect(args?.[0]).toMatch(/holds a (function|symbol)/);
    router.expectSilence();
    expect(session.isOpen).toBe(true);
  });

  it('a progressive result; the handler is stopped', () => {
    const results = new Subject<unknown>();
    const { router, invocation } = called(() => results, PROGRESS);
    results.next(1);
    router.expect(Code.YIELD);
    results.next(() => 1);
    router.expect(Code.ERROR, { error: 'wamp.error.invalid_payload' });
    expect(results.observed).toBe(false);
    expect(invocation.signal.aborted).toBe(true);
    results.next(2);
    router.expectSilence();
  });

  it('one of an endless synchronous stream', () => {
    let emitted = 0;
    const endless = new Observable((subscriber) => {
      while (!subscriber.closed && emitted < 1_000) subscriber.next(() => 'a function');
    });
    const counted = endless.pipe(tap(() => emitted++));
    const { router } = called(() => counted, PROGRESS);
    router.expect(Code.ERROR, { error: 'wamp.error.invalid_payload' });
    router.expectSilence();
    expect(emitted).toBe(1);
  });
});

describe('C-24: INTERRUPT', () => {
  it.each([
    ['kill', [[8, 68, 1, {}, 'wamp.error.canceled']]],
    ['killnowait', []],
    [undefined, [[8, 68, 1, {}, 'wamp.error.canceled']]],
  ])('with mode %s stops the handler', async (mode, answers) => {
    const ended = jest.fn();
    const handlers: readonly Handler[] = [
      () => NEVER,
      () => new Promise(() => undefined),
      async function* (): AsyncGenerator {
        yield await new Promise(() => undefined);
      },
      () => new Observable(() => ended),
    ];
    for (const handler of handlers) {
      const { router, invocation } = called(handler);
      const aborted = jest.fn();
      invocation.signal.addEventListener('abort', aborted);
      router.send([Code.INTERRUPT, 1, mode === undefined ? {} : { mode, reason: 'wamp.error.canceled' }]);
      expect(aborted).toHaveBeenCalledTimes(1);
      expect(router.received).toStrictEqual(answers);
      // Late, and repeated: nexus does both.
      for (const again of ['kill', 'killnowait']) router.send([Code.INTERRUPT, 1, { mode: again }]);
      await settled();
      expect(router.received).toStrictEqual(answers);
    }
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('what the handler still says is dropped', async () => {
    let finish: (value: unknown) => void = () => undefined;
    const { router } = called(() => new Promise((resolve) => (finish = resolve)));
    router.send([Code.INTERRUPT, 1, { mode: 'kill' }]);
    router.expect(Code.ERROR);
    finish('late');
    await settled();
    router.expectSilence();
  });

  it('after the answer is ignored', () => {
    const { router, sessions } = called(() => 1);
    router.expect(Code.YIELD);
    router.send([Code.INTERRUPT, 1, { mode: 'kill' }]);
    router.expectSilence();
    expect(sessions.error).toBeUndefined();
  });

  it('ends an async iterable at once, not with its next value', async () => {
    const ended = jest.fn(async () => ({ done: true, value: undefined }) as const);
    const iterable = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined), return: ended }),
    };
    const { router } = called(() => iterable);
    router.send([Code.INTERRUPT, 1, { mode: 'killnowait' }]);
    await settled();
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('an async iterable that fails to end hurts nobody', async () => {
    for (const end of [
      () => Promise.reject(new Error('no')),
      () => {
        throw new Error('no');
      },
    ]) {
      const iterable = {
        [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined), return: end }),
      };
      const { router, session } = called(() => iterable);
      router.send([Code.INTERRUPT, 1, { mode: 'kill' }]);
      await settled();
      router.expect(Code.ERROR);
      expect(session.isOpen).toBe(true);
    }
  });
});

describe('signal', () => {
  it('does not abort when the handler has come to its end by itself', async () => {
    for (const handler of [() => 1, async () => 1, () => of(1), () => throwError(() => new Error('x'))]) {
      const { invocation } = called(handler);
      const { signal } = invocation;
      await settled();
      expect(signal.aborted).toBe(false);
    }
  });

  it('asked for after the call was cancelled is aborted', () => {
    const { router, invocation } = called(() => NEVER);
    router.send([Code.INTERRUPT, 1, { mode: 'killnowait' }]);
    expect(invocation.signal.aborted).toBe(true);
  });

  it.each(['drop', 'close'] as const)('aborts when the session ends: %s', (how) => {
    const results = new Subject();
    const { router, invocation } = called(() => results);
    router[how]();
    expect(invocation.signal.aborted).toBe(true);
    expect(results.observed).toBe(false);
  });
});

describe('C-26: a timeout that was forwarded', () => {
  it('is answered with ERROR wamp.error.timeout when it is over', () => {
    const { router, invocation } = called(() => NEVER, { timeout: 500 });
    jest.advanceTimersByTime(499);
    router.expectSilence();
    jest.advanceTimersByTime(1);
    expect(router.expect(Code.ERROR).message).toStrictEqual([8, 68, 1, {}, 'wamp.error.timeout']);
    expect(invocation.signal.aborted).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('starts anew with each progressive result', () => {
    const { router } = called(() => timer(400, 400).pipe(map((at) => (at < 2 ? at : at))), {
      timeout: 500,
      ...PROGRESS,
    });
    jest.advanceTimersByTime(1_900);
    for (let at = 0; at < 4; at++) router.expect(Code.YIELD, { args: [at] });
    router.expectSilence();
  });

  it('ends with the answer', () => {
    const { router } = called(() => 1, { timeout: 500 });
    router.expect(Code.YIELD);
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([0, null, undefined])('of %s is none', (timeout) => {
    const { router } = called(() => NEVER, { timeout });
    jest.advanceTimersByTime(1_000_000);
    router.expectSilence();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('longer than a timer can wait does not end at once', () => {
    const { router } = called(() => NEVER, { timeout: 9_007_199_254_740_992 });
    jest.advanceTimersByTime(1_000_000);
    router.expectSilence();
  });

  it('is not one where the dealer does not announce call_timeout: Crossbar.io forwards seconds', () => {
    const { router } = called(() => NEVER, { timeout: 10 }, {}, { roles: { dealer: {} } });
    jest.advanceTimersByTime(10_000);
    router.expectSilence();
  });
});

describe('C-29: what a caller streams in', () => {
  it('is one invocation, with the details of its first chunk', () => {
    const { router, invocation, given } = called(() => NEVER, { ...INPUT, caller: 5 });
    const input = watch(invocation.input$);
    router.send([Code.INVOCATION, 1, 7, { progress: true, caller: 99 }, ['b'], { k: 1 }]);
    router.send([Code.INVOCATION, 1, 7, {}, ['c']]);
    expect(given).toHaveLength(1);
    expect(invocation.details['caller']).toBe(5);
    expect(input).toMatchObject({
      values: [{ args: ['a'] }, { args: ['b'], kwargs: { k: 1 } }, { args: ['c'] }],
      complete: true,
    });
  });

  it('an empty last chunk only completes it', () => {
    const { router, invocation } = called(() => NEVER, INPUT);
    const input = watch(invocation.input$);
    router.send([Code.INVOCATION, 1, 7, {}, []]);
    expect(input).toMatchObject({ values: [{ args: ['a'] }], complete: true });
  });

  it('waits for a handler that reads later', () => {
    const { router, invocation } = called(() => NEVER, INPUT);
    router.send([Code.INVOCATION, 1, 7, { progress: true }, ['b']]);
    router.send([Code.INVOCATION, 1, 7, {}]);
    expect(watch(invocation.input$)).toMatchObject({ values: [{ args: ['a'] }, { args: ['b'] }], complete: true });
  });

  it('of a plain call is its one payload', () => {
    const { invocation } = called(() => NEVER);
    expect(watch(invocation.input$)).toMatchObject({ values: [{ args: ['a'] }], complete: true });
  });

  it('goes through to results, chunk by chunk', () => {
    const { router } = called(({ input$ }) => input$.pipe(map(({ value }) => `${String(value)}!`)), {
      ...INPUT,
      ...PROGRESS,
    });
    router.expect(Code.YIELD, { options: { progress: true }, args: ['a!'] });
    router.send([Code.INVOCATION, 1, 7, { progress: true }, ['b']]);
    router.expect(Code.YIELD, { args: ['b!'] });
    router.send([Code.INVOCATION, 1, 7, {}, []]);
    expect(router.expect(Code.YIELD).message).toStrictEqual([70, 1, {}]);
  });

  it('after the answer is dropped, and the next call is not taken for it', () => {
    const { router, given } = called(() => 'enough', INPUT);
    router.expect(Code.YIELD, { args: ['enough'] });
    router.send([Code.INVOCATION, 1, 7, { progress: true }, ['late']]);
    router.send([Code.INVOCATION, 1, 7, {}]);
    router.expectSilence();
    expect(given).toHaveLength(1);
    router.send([Code.INVOCATION, 2, 7, {}]);
    router.expect(Code.YIELD, { request: 2 });
  });

  it.each(['kill', 'killnowait'])('after an INTERRUPT (%s) is dropped', (mode) => {
    const { router, given } = called(() => NEVER, INPUT);
    router.send([Code.INTERRUPT, 1, { mode }]);
    if (mode === 'kill') router.expect(Code.ERROR);
    router.send([Code.INVOCATION, 1, 7, { progress: true }, ['late']]);
    router.expectSilence();
    expect(given).toHaveLength(1);
  });

  it('and nobody reads has a limit', () => {
    const { router, invocation } = called(() => NEVER, INPUT);
    for (let chunk = 1; chunk < 1_000; chunk++) router.send([Code.INVOCATION, 1, 7, { progress: true }, [chunk]]);
    router.expectSilence();
    router.send([Code.INVOCATION, 1, 7, { progress: true }, ['one too many']]);
    router.expect(Code.ERROR, { request: 1, error: 'wamp.error.unavailable' });
    expect(invocation.signal.aborted).toBe(true);
    router.send([Code.INVOCATION, 1, 7, { progress: true }, ['late']]);
    router.expectSilence();
  });

  it('when nobody reads any more is let go', () => {
    const { router, invocation } = called(() => NEVER, INPUT);
    watch(invocation.input$).subscription.unsubscribe();
    for (let chunk = 0; chunk < 2_000; chunk++) router.send([Code.INVOCATION, 1, 7, { progress: true }, [chunk]]);
    router.expectSilence();
  });

  it('C-20: of more calls that were cut short than are remembered: the oldest is answered again, and nothing else happens', () => {
    const { router, session } = called(() => 1);
    router.expect(Code.YIELD);
    for (let id = 10; id <= 1_010; id++) {
      router.send([Code.INVOCATION, id, 7, { progress: true }]);
      router.expect(Code.YIELD, { request: id });
    }
    router.send([Code.INVOCATION, 1_010, 7, { progress: true }, ['late']]);
    router.expectSilence();
    expect(session.isOpen).toBe(true);
  });
});

describe('a handler that ends its own session', () => {
  it('is not listened to', () => {
    const subscribed = jest.fn<() => void>();
    const { router, session } = joined();
    watch(
      session.callee.register('com.app.p', {}, () => {
        session.lost(new WampError('com.app.x'));
        return new Observable(subscribed);
      }),
    );
    router.send([Code.REGISTERED, router.expect(Code.REGISTER).request, 7]);
    router.send([Code.INVOCATION, 1, 7, {}]);
    expect(subscribed).not.toHaveBeenCalled();
    router.expectSilence();
  });
});
