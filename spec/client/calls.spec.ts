import { describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom, Subject, take, throwError } from 'rxjs';
import { Code, retryCall, value, type CallOptions, type Chunk } from 'rxwamp';
import { again, connected, idle, PROCEDURE, rows, useVirtualTime, valuesOf, watch } from './support.js';

useVirtualTime();

describe('a call', () => {
  it('is cold: each subscription is one CALL', () => {
    const { router, wamp } = connected();
    const call = wamp.call(PROCEDURE, [2, 3]);
    router.expectSilence();
    const sums = [watch(call.pipe(value())), watch(call.pipe(value()))];
    for (const sum of [5, 6]) {
      const { request } = router.expect(Code.CALL, { procedure: PROCEDURE, args: [2, 3], options: {} });
      router.send([Code.RESULT, request, {}, [sum]]);
    }
    expect(sums).toMatchObject([
      { values: [5], complete: true },
      { values: [6], complete: true },
    ]);
    router.expectSilence();
  });

  it('takes arguments, both kinds, or none', () => {
    const { router, wamp } = connected();
    wamp.call(PROCEDURE, { args: [1], kwargs: { k: 2 } }).subscribe();
    router.expect(Code.CALL, { args: [1], kwargs: { k: 2 } });
    wamp.call(PROCEDURE, { kwargs: { k: 2 } }).subscribe();
    router.expect(Code.CALL, { args: [], kwargs: { k: 2 } });
    wamp.call(PROCEDURE).subscribe();
    router.expect(Code.CALL, { args: undefined, kwargs: undefined });
  });

  it('works with firstValueFrom', async () => {
    const { router, wamp } = connected();
    const result = firstValueFrom(wamp.call(PROCEDURE));
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}, [1]]);
    await expect(result).resolves.toMatchObject({ value: 1 });
    router.expectSilence();
  });

  it('errors with what the callee said', () => {
    const { router, wamp } = connected();
    const call = watch(wamp.call(PROCEDURE));
    router.send([Code.ERROR, Code.CALL, router.expect(Code.CALL).request, {}, 'com.app.error', ['why'], { a: 1 }]);
    expect(call.error).toMatchObject({
      name: 'WampError',
      uri: 'com.app.error',
      args: ['why'],
      kwargs: { a: 1 },
      attempted: 'CALL',
      on: PROCEDURE,
    });
  });

  it('sends its options under their names on the wire, and custom ones as they are', () => {
    const { router, wamp } = connected();
    wamp
      .call(PROCEDURE, [], { progress: true, timeout: 500, disclose_me: true, cancelMode: 'kill', _x: 1, x_y: 2 })
      .subscribe();
    const { options } = router.expect(Code.CALL);
    expect(options).toStrictEqual({ receive_progress: true, timeout: 500, disclose_me: true, _x: 1, x_y: 2 });
  });

  it('gives progressive results when they are wanted, and only then', () => {
    const { router, wamp } = connected();
    const [wanted, plain] = [watch(wamp.call(PROCEDURE, [], { progress: true })), watch(wamp.call(PROCEDURE))];
    for (let call = 0; call < 2; call++) {
      const { request } = router.expect(Code.CALL);
      router.send([Code.RESULT, request, { progress: true }, [1]]);
      router.send([Code.RESULT, request, {}, [2]]);
    }
    expect([valuesOf(wanted), valuesOf(plain)]).toStrictEqual([[1, 2], [2]]);
  });
});

describe('streaming in', () => {
  it('sends each payload at once, bare values as the one argument', () => {
    const { router, wamp } = connected();
    const input = new Subject<Chunk>();
    const call = watch(wamp.call(PROCEDURE, input, { progress: true }));
    const chunks: Chunk[] = [5, 'text', null, false, [1, 2], { args: [3], kwargs: { k: 4 } }, { kwargs: { k: 5 } }];
    const wire = [[5], ['text'], [null], [false], [1, 2], [3], []];
    for (const [at, chunk] of chunks.entries()) {
      input.next(chunk);
      router.expect(Code.CALL, { request: 1, options: { progress: true }, args: wire[at] ?? [] });
    }
    input.complete();
    expect(router.expect(Code.CALL).message).toStrictEqual([Code.CALL, 1, {}, PROCEDURE]);
    router.send([Code.RESULT, 1, {}, ['sum']]);
    expect(valuesOf(call)).toStrictEqual(['sum']);
  });

  it('bytes are a value, not a payload', () => {
    const { router, wamp } = connected();
    const input = new Subject<Chunk>();
    wamp.call(PROCEDURE, input).subscribe();
    input.next(Uint8Array.of(1, 2));
    router.expect(Code.CALL, { args: [Uint8Array.of(1, 2)] });
  });

  it('what is no payload is an error, and the call is cancelled', () => {
    const { router, wamp } = connected();
    const input = new Subject<Chunk>();
    const call = watch(wamp.call(PROCEDURE, input));
    input.next(1);
    input.next({ wrong: 1 } as object);
    expect(call.error).toMatchObject({ name: 'UsageError', uri: 'wamp.error.invalid_argument' });
    router.expect(Code.CALL);
    router.expect(Code.CANCEL);
    expect(input.observed).toBe(false);
  });

  it('begins when there is a connection, so that nothing is lost of what is cold', () => {
    const { router, wamp } = idle();
    const input = new Subject<Chunk>();
    wamp.call(PROCEDURE, input).subscribe();
    expect(input.observed).toBe(false);
    router.welcome();
    expect(input.observed).toBe(true);
  });

  it('an input that fails fails the call', () => {
    const { wamp } = connected();
    expect(
      watch(
        wamp.call(
          PROCEDURE,
          throwError(() => new Error('disk full')),
        ),
      ).error,
    ).toMatchObject({ message: 'disk full' });
  });
});

describe('C-25: unsubscribing', () => {
  it.each([undefined, 'skip', 'kill', 'killnowait'] as const)('sends CANCEL: mode %s', (cancelMode) => {
    const { router, wamp } = connected();
    watch(wamp.call(PROCEDURE, [], { ...(cancelMode && { cancelMode }) })).subscription.unsubscribe();
    const { request } = router.expect(Code.CALL, { options: { cancelMode: undefined } });
    router.expect(Code.CANCEL, { request, options: { mode: cancelMode ?? 'killnowait' } });
  });

  it('sends nothing where the router cannot cancel', () => {
    const { router, wamp } = connected({}, { welcome: { roles: { dealer: {} } } });
    watch(wamp.call(PROCEDURE)).subscription.unsubscribe();
    router.expect(Code.CALL);
    router.expectSilence();
  });

  it('while it waits for a connection sends nothing at all', () => {
    const { router, wamp } = idle();
    watch(wamp.call(PROCEDURE)).subscription.unsubscribe();
    router.welcome();
    router.expectSilence();
  });

  it('after enough results cancels', () => {
    const { router, wamp } = connected();
    const call = watch(wamp.call(PROCEDURE, [], { progress: true }).pipe(take(2)));
    const { request } = router.expect(Code.CALL);
    for (const result of [1, 2]) router.send([Code.RESULT, request, { progress: true }, [result]]);
    router.expect(Code.CANCEL, { request });
    expect(valuesOf(call)).toStrictEqual([1, 2]);
  });
});

describe('C-27: timeout', () => {
  it('bounds the call, cancels it, and tells the router', () => {
    const { router, wamp } = connected();
    const call = watch(wamp.call(PROCEDURE, [], { timeout: 500 }));
    const { request } = router.expect(Code.CALL, { options: { timeout: 500 } });
    jest.advanceTimersByTime(499);
    expect(call.error).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(call.error).toMatchObject({ name: 'TimeoutError', timeoutMs: 500, attempted: 'CALL', on: PROCEDURE });
    router.expect(Code.CANCEL, { request });
    router.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.canceled']);
    router.expectSilence();
  });

  it('bounds the whole of it, progressive results and waiting for a connection included', () => {
    const { router, wamp } = idle();
    const call = watch(wamp.call(PROCEDURE, [], { timeout: 500, progress: true }));
    jest.advanceTimersByTime(300);
    router.welcome();
    const { request } = router.expect(Code.CALL);
    jest.advanceTimersByTime(199);
    router.send([Code.RESULT, request, { progress: true }, [1]]);
    jest.advanceTimersByTime(1);
    expect(call).toMatchObject({ values: [{ value: 1 }], error: { name: 'TimeoutError' } });
    router.expect(Code.CANCEL);
  });

  it('while it waits for a connection: nothing is ever sent', () => {
    const { router, wamp } = idle();
    const call = watch(wamp.call(PROCEDURE, [], { timeout: 500 }));
    jest.advanceTimersByTime(500);
    expect(call.error).toMatchObject({ name: 'TimeoutError' });
    router.welcome();
    router.expectSilence();
  });

  it('is not told to a router that does not announce call_timeout: Crossbar.io would take it for seconds', () => {
    const { router, wamp } = connected({}, { welcome: { roles: { dealer: { features: { call_canceling: true } } } } });
    const call = watch(wamp.call(PROCEDURE, [], { timeout: 500 }));
    router.expect(Code.CALL, { options: { timeout: undefined } });
    jest.advanceTimersByTime(500);
    expect(call.error).toMatchObject({ name: 'TimeoutError' });
    router.expect(Code.CANCEL);
  });

  it('that the router finds first is the same error', () => {
    const { router, wamp } = connected();
    const call = watch(wamp.call(PROCEDURE, [], { timeout: 500 }));
    router.send([Code.ERROR, Code.CALL, router.expect(Code.CALL).request, {}, 'wamp.error.timeout']);
    expect(call.error).toMatchObject({ name: 'TimeoutError', timeoutMs: 500, cause: { uri: 'wamp.error.timeout' } });
  });

  it('that was not set is the callee’s own word', () => {
    const { router, wamp } = connected();
    const call = watch(wamp.call(PROCEDURE));
    router.send([Code.ERROR, Code.CALL, router.expect(Code.CALL).request, {}, 'wamp.error.timeout']);
    expect(call.error).toMatchObject({ name: 'WampError', uri: 'wamp.error.timeout' });
  });

  it('of 0 is none', () => {
    const { router, wamp } = connected({ heartbeat: false });
    const call = watch(wamp.call(PROCEDURE, [], { timeout: 0 }));
    router.expect(Code.CALL, { options: { timeout: undefined } });
    jest.advanceTimersByTime(10_000_000);
    expect(call.error).toBeUndefined();
  });

  it('longer than a timer can wait does not end it at once', () => {
    const { wamp } = connected();
    const call = watch(wamp.call(PROCEDURE, [], { timeout: 2 ** 40 }));
    jest.advanceTimersByTime(10_000);
    expect(call.error).toBeUndefined();
  });

  it('ends with the call', () => {
    const { router, wamp } = connected({ heartbeat: false, retry: { stableAfterMs: 0 } });
    again();
    watch(wamp.call(PROCEDURE, [], { timeout: 500 }));
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('options that make no sense', () => {
  it.each<[string, object]>([
    ['timeout: NaN', { timeout: NaN }],
    ['timeout: Infinity', { timeout: Infinity }],
    ['timeout: -1', { timeout: -1 }],
    ['timeout: 1.5', { timeout: 1.5 }],
    ["timeout: '5'", { timeout: '5' }],
    ["cancelMode: 'abort'", { cancelMode: 'abort' }],
    ["disclose_me: 'yes'", { disclose_me: 'yes' }],
  ])('are refused before anything is sent: %s', (_, options) => {
    const { router, wamp } = connected();
    // What a program in JavaScript may hand over.
    const call = watch(wamp.call(PROCEDURE, [], options as CallOptions));
    expect(call.error).toMatchObject({ name: 'UsageError', uri: 'wamp.error.invalid_argument', on: PROCEDURE });
    router.expectSilence();
  });

  it('undefined is not given', () => {
    const { router, wamp } = connected();
    const options: object = { timeout: undefined, cancelMode: undefined, progress: undefined, disclose_me: undefined };
    watch(wamp.call(PROCEDURE, [], options as CallOptions)).subscription.unsubscribe();
    router.expect(Code.CALL, { options: { timeout: undefined } });
    router.expect(Code.CANCEL, { options: { mode: 'killnowait' } });
  });

  it.each<[string, unknown]>([
    ['a number', 5],
    ['a text', 'abc'],
    ['an object with other keys', { a: 1 }],
    ['args that are no list', { args: 5 }],
    ['kwargs that are no dict', { kwargs: [1] }],
  ])('a payload that is none: %s', (_, payload) => {
    const { router, wamp } = connected();
    expect(watch(wamp.call(PROCEDURE, payload as unknown[])).error).toMatchObject({ name: 'UsageError' });
    router.expectSilence();
  });
});

describe('C-13: a procedure’s URI', () => {
  it.each(['', 'com..app', 'com.app.', 'com app', 'com#app', '.'])('is refused before anything is sent: %j', (uri) => {
    const { router, wamp } = connected();
    expect(watch(wamp.call(uri)).error).toMatchObject({ name: 'UsageError', uri: 'wamp.error.invalid_uri' });
    router.expectSilence();
  });

  it('may be one of the router’s own', () => {
    const { router, wamp } = connected();
    wamp.call('wamp.session.count').subscribe();
    router.expect(Code.CALL);
  });
});

describe('C-3: what the router did not announce', () => {
  const bare = { welcome: { roles: { dealer: {} } } };

  it.each<[CallOptions, string]>([
    [{ progress: true }, 'progressive_call_results'],
    [{ disclose_me: true }, 'caller_identification'],
  ])('is refused: %j needs %s', (options, feature) => {
    const { router, wamp } = connected({}, bare);
    expect(watch(wamp.call(PROCEDURE, [], options)).error).toMatchObject({
      uri: 'wamp.error.feature_not_supported',
      message: expect.stringContaining(feature),
    });
    router.expectSilence();
  });

  it('is refused: streaming in needs progressive_call_invocations', () => {
    const { router, wamp } = connected({}, bare);
    const input = new Subject<Chunk>();
    expect(watch(wamp.call(PROCEDURE, input)).error).toMatchObject({
      message: expect.stringContaining('progressive_call_invocations'),
    });
    expect(input.observed).toBe(false);
    router.expectSilence();
  });

  it('is not needed for what asks for nothing', () => {
    const { router, wamp } = connected({}, bare);
    wamp.call(PROCEDURE, [], { progress: false, disclose_me: false, timeout: 5, _x: 1 }).subscribe();
    router.expect(Code.CALL, { options: { receive_progress: undefined, _x: 1 } });
  });
});

describe('without a connection', () => {
  it('calls wait, and go out in order', () => {
    const { router, wamp } = idle();
    for (const n of [1, 2, 3]) wamp.call(PROCEDURE, [n]).subscribe();
    router.welcome();
    for (const n of [1, 2, 3]) router.expect(Code.CALL, { request: n, args: [n] });
  });

  it('so many wait and no more, and that does not touch publications', () => {
    const { router, wamp } = idle({ outbox: { capacity: 2 } });
    const calls = [1, 2, 3].map((n) => watch(wamp.call(PROCEDURE, [n])));
    expect(calls.map(({ error }) => error)).toStrictEqual([
      undefined,
      undefined,
      expect.objectContaining({ name: 'OverflowError', limit: 2, attempted: 'CALL', on: PROCEDURE }),
    ]);
    const published = watch(wamp.publish('com.app.topic', ['a']));
    router.welcome();
    router.expect(Code.PUBLISH, { args: ['a'] });
    for (const n of [1, 2]) router.expect(Code.CALL, { args: [n] });
    expect(published).toMatchObject({ complete: true, error: undefined });
    router.drop();
    wamp.publish('com.app.topic', ['b']);
    again();
    router.welcome();
    router.expect(Code.PUBLISH, { args: ['b'] });
  });

  it('publications that wait do not take the room of calls', () => {
    const { router, wamp } = idle({ outbox: { capacity: 1 } });
    wamp.publish('com.app.topic');
    expect(watch(wamp.call(PROCEDURE)).error).toBeUndefined();
    router.welcome();
    router.expect(Code.PUBLISH);
    router.expect(Code.CALL);
  });

  it('who gives up makes room', () => {
    const { wamp } = idle({ outbox: { capacity: 1 } });
    watch(wamp.call(PROCEDURE)).subscription.unsubscribe();
    expect(watch(wamp.call(PROCEDURE)).error).toBeUndefined();
    expect(watch(wamp.call(PROCEDURE)).error).toMatchObject({ name: 'OverflowError' });
  });

  it('with capacity 0 none waits, but the client connects', () => {
    const { router, wamp } = idle({ outbox: { capacity: 0 } });
    expect(watch(wamp.call(PROCEDURE)).error).toMatchObject({ name: 'OverflowError', limit: 0 });
    router.welcome();
    router.expectSilence();
    expect(watch(wamp.call(PROCEDURE)).error).toBeUndefined();
    router.expect(Code.CALL);
  });
});

describe('a lost connection', () => {
  it('errors the calls in flight, and none is repeated', () => {
    const { router, wamp } = connected();
    const call = watch(wamp.call(PROCEDURE));
    router.drop();
    expect(call.error).toMatchObject({ name: 'ConnectionLostError', attempted: 'CALL', on: PROCEDURE });
    again();
    router.welcome();
    router.expectSilence();
  });

  it('unless the user says so', () => {
    const { router, wamp } = connected();
    const call = watch(wamp.call(PROCEDURE).pipe(retryCall({ idempotent: true })));
    router.drop();
    again();
    router.welcome();
    again();
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}, [1]]);
    expect(valuesOf(call)).toStrictEqual([1]);
  });

  it.each(rows([Code.GOODBYE, {}, 'wamp.close.system_shutdown'], [Code.ABORT, {}, 'wamp.close.killed']))(
    'may be the router’s own doing: %s',
    (_, message) => {
      const { router, wamp } = connected();
      const call = watch(wamp.call(PROCEDURE));
      router.send(message);
      expect(call.error).toMatchObject({ name: 'ConnectionLostError', cause: { reason: message[2] } });
    },
  );
});

describe('runmode and rkey', () => {
  it('are sent where the dealer has sharded_registration, and refused where it has not', () => {
    const { router, wamp } = connected();
    watch(wamp.call(PROCEDURE, [], { runmode: 'partition', rkey: 'a' }));
    router.expect(Code.CALL, { options: { runmode: 'partition', rkey: 'a' } });
    const other = idle();
    other.wamp.connect();
    other.router.welcome({ roles: { broker: {}, dealer: {} } });
    expect(watch(other.wamp.call(PROCEDURE, [], { runmode: 'partition', rkey: 'a' })).error).toMatchObject({
      uri: 'wamp.error.feature_not_supported',
    });
  });
});
