import { describe, expect, it } from '@jest/globals';
import { EMPTY, from, Observable, Subject, take, throwError } from 'rxjs';
import { Code } from '../../src/protocol/code.js';
import type { WampMessage } from '../../src/protocol/message.js';
import type { Arguments, CallRequest } from '../../src/session/caller.js';
import type { Session } from '../../src/session/session.js';
import { joined, joinedAtOnce, rows, useVirtualTime, watch } from './support.js';

useVirtualTime();

const call$ = (session: Session, request: Partial<CallRequest> = {}) =>
  session.caller.call({ procedure: 'com.app.p', input: [[], {}], options: {}, cancelMode: 'killnowait', ...request });
const PROGRESS = { options: { receive_progress: true } };
const chunks = (...values: unknown[]): Observable<Arguments> => from(values.map((value): Arguments => [[value], {}]));

describe('CALL', () => {
  it('goes out on subscribe, once for each, and not before', () => {
    const { router, session } = joined();
    const call = call$(session, { input: [[1], { k: 2 }], options: { disclose_me: true } });
    router.expectSilence();
    call.subscribe();
    call.subscribe();
    router.expect(Code.CALL, {
      request: 1,
      procedure: 'com.app.p',
      args: [1],
      kwargs: { k: 2 },
      options: { disclose_me: true },
    });
    router.expect(Code.CALL, { request: 2 });
  });

  it.each([
    ['[50,1,{}]', [], {}],
    ['[50,1,{},[]]', [], {}],
    ['[50,1,{},null]', [], {}],
    ['[50,1,{},[],{}]', [], {}],
    ['[50,1,{},[0]]', [0], {}],
    ['[50,1,{},[""]]', [''], {}],
    ['[50,1,{},[false]]', [false], {}],
    ['[50,1,{},[null]]', [null], {}],
    ['[50,1,{},[],{"a":1}]', [], { a: 1 }],
    ['[50,1,{"progress":false,"callee":5},[1,2],{"a":null}]', [1, 2], { a: null }],
  ])('C-7: is answered in every shape: %s', (frame, args, kwargs) => {
    const { router, session } = joined();
    const seen = watch(call$(session));
    router.sendRaw(frame);
    expect(seen).toMatchObject({ values: [{ args, kwargs }], complete: true });
    expect(seen.values[0]?.progress).toBe(false);
    seen.subscription.unsubscribe();
    router.expect(Code.CALL);
    router.expectSilence();
  });

  it('that fails says what failed and what was said', () => {
    const { router, session } = joined();
    const seen = watch(call$(session));
    const { request } = router.expect(Code.CALL);
    router.send([Code.ERROR, Code.CALL, request, {}, 'com.app.error', ['why'], { k: 1 }]);
    expect(seen.error).toMatchObject({
      name: 'WampError',
      uri: 'com.app.error',
      args: ['why'],
      kwargs: { k: 1 },
      on: 'com.app.p',
    });
    router.expectSilence();
  });

  it('whose arguments cannot be encoded is an error; nothing is sent and nothing cancelled', () => {
    const { router, session } = joined();
    expect(watch(call$(session, { input: [[() => 1], {}] })).error).toMatchObject({ name: 'SerializationError' });
    router.expectSilence();
  });
});

describe('progressive results', () => {
  it('come one by one, then the last', () => {
    const { router, session } = joined();
    const seen = watch(call$(session, PROGRESS));
    const { request } = router.expect(Code.CALL, { options: { receive_progress: true } });
    router.send([Code.RESULT, request, { progress: true }, [1]]);
    router.send([Code.RESULT, request, { progress: true }, [2]]);
    expect(seen.complete).toBe(false);
    router.send([Code.RESULT, request, {}, [3]]);
    expect(seen.values.map(({ value, progress }) => [value, progress])).toStrictEqual([
      [1, true],
      [2, true],
      [3, false],
    ]);
    expect(seen.complete).toBe(true);
  });

  it.each(rows([Code.RESULT, 1, {}], [Code.RESULT, 1, {}, []], [Code.RESULT, 1, {}, [], {}]))(
    'a last one without payload only completes: %s',
    (_, last) => {
      const { router, session } = joined();
      const seen = watch(call$(session, PROGRESS));
      router.send([Code.RESULT, 1, { progress: true }, [1]]);
      router.send(last);
      expect(seen.values.map(({ value }) => value)).toStrictEqual([1]);
      expect(seen.complete).toBe(true);
    },
  );

  it('a last one without payload is the result, when there was no progress', () => {
    const { router, session } = joined();
    const seen = watch(call$(session, PROGRESS));
    router.send([Code.RESULT, 1, {}]);
    expect(seen).toMatchObject({ values: [{ args: [] }], complete: true });
  });

  it('C-23: that nobody asked for are dropped, and do not take the place of the result', () => {
    const { router, session } = joined();
    const seen = watch(call$(session));
    router.send([Code.RESULT, 1, { progress: true }, [1]]);
    router.send([Code.RESULT, 1, {}]);
    expect(seen).toMatchObject({ values: [{ args: [] }], complete: true });
  });

  it('may end in an ERROR', () => {
    const { router, session } = joined();
    const seen = watch(call$(session, PROGRESS));
    router.send([Code.RESULT, 1, { progress: true }, [1]]);
    router.send([Code.ERROR, Code.CALL, 1, {}, 'wamp.error.canceled']);
    expect(seen).toMatchObject({ values: [{ value: 1 }], error: { uri: 'wamp.error.canceled' } });
  });
});

describe('C-25: unsubscribing', () => {
  it.each(['skip', 'kill', 'killnowait'] as const)('sends CANCEL with its mode: %s', (cancelMode) => {
    const { router, session } = joined();
    watch(call$(session, { cancelMode })).subscription.unsubscribe();
    const { request } = router.expect(Code.CALL);
    expect(router.expect(Code.CANCEL).message).toStrictEqual([Code.CANCEL, request, { mode: cancelMode }]);
  });

  it('sends nothing where the dealer cannot cancel', () => {
    const { router, session } = joined();
    watch(call$(session, { cancelMode: undefined })).subscription.unsubscribe();
    router.expect(Code.CALL);
    router.expectSilence();
  });

  it.each(
    rows(
      [Code.ERROR, Code.CALL, 1, {}, 'wamp.error.canceled'],
      [Code.RESULT, 1, {}, ['too late']],
      [Code.RESULT, 1, { progress: true }, ['too late']],
      [Code.ERROR, Code.CANCEL, 1, {}, 'wamp.error.invalid_argument'],
    ),
  )('settles the call here; what still comes is dropped: %s', (_, late) => {
    const { router, session, sessions } = joined();
    const seen = watch(call$(session, PROGRESS));
    router.expect(Code.CALL);
    seen.subscription.unsubscribe();
    router.expect(Code.CANCEL);
    for (let turn = 0; turn < 2; turn++) router.send(late);
    router.expectSilence();
    expect(seen).toMatchObject({ values: [], error: undefined, complete: false });
    expect(sessions.error).toBeUndefined();
  });

  it('after a progressive result sends CANCEL', () => {
    const { router, session } = joined();
    const seen = watch(call$(session, PROGRESS).pipe(take(1)));
    router.expect(Code.CALL);
    router.send([Code.RESULT, 1, { progress: true }, [1]]);
    router.expect(Code.CANCEL, { request: 1 });
    expect(seen.complete).toBe(true);
  });

  it.each(rows([Code.RESULT, 1, {}, [1]], [Code.ERROR, Code.CALL, 1, {}, 'com.app.x']))(
    'after the end sends nothing: %s',
    (_, end) => {
      const { router, session } = joined();
      const seen = watch(call$(session));
      router.expect(Code.CALL);
      router.send(end);
      seen.subscription.unsubscribe();
      router.expectSilence();
    },
  );
});

describe('C-28: progressive call invocations', () => {
  it('are chunks of one request: options in the first, `progress` in all but the last', () => {
    const { router, session } = joined();
    const input = new Subject<Arguments>();
    const seen = watch(call$(session, { input, options: { receive_progress: true, disclose_me: true } }));
    router.expectSilence();
    input.next([['a'], {}]);
    const first = router.expect(Code.CALL, { procedure: 'com.app.p', args: ['a'] });
    expect(first.options).toStrictEqual({ receive_progress: true, disclose_me: true, progress: true });
    input.next([[], { k: 1 }]);
    const second = router.expect(Code.CALL, { args: [], kwargs: { k: 1 } });
    expect(second).toMatchObject({ request: first.request, procedure: 'com.app.p', options: { progress: true } });
    expect(second.options).toStrictEqual({ progress: true });
    router.send([Code.RESULT, first.request, { progress: true }, [1]]);
    input.complete();
    expect(router.expect(Code.CALL).message).toStrictEqual([Code.CALL, first.request, {}, 'com.app.p']);
    router.send([Code.RESULT, first.request, {}, [2]]);
    expect(seen.values.map(({ value }) => value)).toStrictEqual([1, 2]);
    expect(seen.complete).toBe(true);
    router.expectSilence();
  });

  it('take one id, so the next request has the next', () => {
    const { router, session } = joined();
    watch(call$(session, { input: chunks(1, 2, 3) }));
    for (let chunk = 0; chunk < 4; chunk++) router.expect(Code.CALL, { request: 1 });
    watch(call$(session));
    router.expect(Code.CALL, { request: 2 });
  });

  it('without any chunk are a plain call', () => {
    const { router, session } = joined();
    watch(call$(session, { input: EMPTY }));
    expect(router.expect(Code.CALL).message).toStrictEqual([Code.CALL, 1, {}, 'com.app.p']);
    router.expectSilence();
  });

  it('stop when the result is there before the input has ended', () => {
    const { router, session } = joined();
    const input = new Subject<Arguments>();
    const seen = watch(call$(session, { input }));
    input.next([['a'], {}]);
    router.expect(Code.CALL);
    router.send([Code.RESULT, 1, {}, ['enough']]);
    expect(seen.complete).toBe(true);
    expect(input.observed).toBe(false);
    input.next([['b'], {}]);
    router.expectSilence();
  });

  it('are cancelled when the input fails, and the call errors with that', () => {
    const { router, session } = joined();
    const input = new Subject<Arguments>();
    const seen = watch(call$(session, { input }));
    input.next([['a'], {}]);
    router.expect(Code.CALL);
    input.error(new Error('disk full'));
    router.expect(Code.CANCEL, { request: 1 });
    expect(seen.error).toMatchObject({ message: 'disk full' });
  });

  it('whose input fails before the first chunk send nothing', () => {
    const { router, session } = joined();
    expect(watch(call$(session, { input: throwError(() => new Error('no')) })).error).toBeDefined();
    router.expectSilence();
  });

  it('of which the first cannot be encoded send nothing at all', () => {
    const { router, session } = joined();
    const seen = watch(call$(session, { input: chunks(() => 1, 2, 3) }));
    expect(seen.error).toMatchObject({ name: 'SerializationError' });
    router.expectSilence();
  });

  it('of which a later one cannot be encoded are cancelled', () => {
    const { router, session } = joined();
    const seen = watch(call$(session, { input: chunks(1, () => 1, 3) }));
    router.expect(Code.CALL, { args: [1] });
    router.expect(Code.CANCEL, { request: 1 });
    router.expectSilence();
    expect(seen.error).toMatchObject({ name: 'SerializationError' });
  });

  it('that are unsubscribed stop reading the input', () => {
    const { router, session } = joined();
    const input = new Subject<Arguments>();
    const seen = watch(call$(session, { input }));
    input.next([[1], {}]);
    seen.subscription.unsubscribe();
    expect(input.observed).toBe(false);
    router.expect(Code.CALL);
    router.expect(Code.CANCEL);
    router.expectSilence();
  });
});

describe('when the answer comes before the call returns', () => {
  it('a progressive result that is enough still cancels', () => {
    const sent: WampMessage[] = [];
    const session = joinedAtOnce((message) => {
      sent.push(message);
      return message[0] === Code.CALL ? [[Code.RESULT, 1, { progress: true }, [1]]] : [];
    });
    const seen = watch(call$(session, PROGRESS).pipe(take(1)));
    expect(seen).toMatchObject({ values: [{ value: 1 }], complete: true });
    expect(sent).toStrictEqual([
      [Code.CALL, 1, { receive_progress: true }, 'com.app.p'],
      [Code.CANCEL, 1, { mode: 'killnowait' }],
    ]);
  });

  it('an endless synchronous input ends with the call', () => {
    const session = joinedAtOnce(([code]) => (code === Code.CALL ? [[Code.RESULT, 1, {}, [1]]] : []));
    let emitted = 0;
    const endless = new Observable<Arguments>((subscriber) => {
      while (!subscriber.closed && emitted < 1_000) subscriber.next([[++emitted], {}]);
    });
    expect(watch(call$(session, { input: endless })).complete).toBe(true);
    expect(emitted).toBe(1);
  });

  it('chunks made of results are chunks of the same call', () => {
    const sent: WampMessage[] = [];
    const input = new Subject<Arguments>();
    const session = joinedAtOnce((message) => {
      sent.push(message);
      return message[0] === Code.CALL && sent.length < 3 ? [[Code.RESULT, 1, { progress: true }, [sent.length]]] : [];
    });
    call$(session, { ...PROGRESS, input }).subscribe(({ value }) => {
      input.next([[value], {}]);
    });
    input.next([['start'], {}]);
    expect(sent.map(([, request]) => request)).toStrictEqual([1, 1, 1]);
  });
});
