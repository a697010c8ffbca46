import { describe, expect, it, jest } from '@jest/globals';
import { concat, of, Subject, throwError } from 'rxjs';
import { Code, json, payload, WampError, type RxWampError, type Serializer } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { msgpack } from 'rxwamp/msgpack';
import { encryption, packing, passthru } from 'rxwamp/passthru';
import { connected, idle, registered, subscribed, useVirtualTime, valuesOf, watch } from '../client/support.js';
import { hex, keyOf, PROCEDURE, TOPIC } from './support.js';

useVirtualTime();

const PPT = { ppt_scheme: 'wamp', ppt_serializer: 'cbor' };
/** In CBOR (RFC 8949): { args: [n] }, { kwargs: { a: 1 } }, {}. */
const one = (n: number): Uint8Array => hex(`a1 64 61726773 81 0${n}`);
const KWARGS = hex('a1 66 6b7761726773 a1 61 61 01');
const EMPTY = hex('a0');

const packingClient = (serializer: Serializer = json()) =>
  connected({ passthru: passthru(packing({ scheme: 'wamp' })) }, { serializer });

const key = keyOf(7);
const secret = (keyid = 'k') =>
  encryption({ cipher: 'xsalsa20poly1305', keyId: keyid, key: (id) => (id === 'k' ? key : undefined) });
const secretClient = (keyid?: string) => connected({ passthru: passthru(secret(keyid)) });
/** What somebody else who has the key sends. */
function sealed(kind: 'event' | 'call' | 'result' | 'error', uri: string, args: readonly unknown[], error?: string) {
  const { attributes, payload: bytes } = secret().pack({ kind, uri, error }, args, {});
  return { details: { ...attributes }, args: [bytes] };
}
const names = (errors: readonly RxWampError[]): string[] => errors.map(({ name }) => name);

describe('C-40: the announcement', () => {
  it('is made by a client that packs, in every role, and by no other', () => {
    const rolesOf = (options: Parameters<typeof idle>[0]): unknown => {
      const { router, wamp } = idle(options);
      wamp.connect();
      return router.welcome().details['roles'];
    };
    expect(JSON.stringify(rolesOf({}))).not.toContain('payload_passthru_mode');
    const features = { features: { payload_passthru_mode: true } };
    expect(rolesOf({ passthru: passthru(packing({ scheme: 'wamp' })) })).toMatchObject({
      publisher: features,
      subscriber: features,
      caller: features,
      callee: features,
    });
  });
});

describe.each<[string, () => Serializer]>([
  ['json', json],
  ['msgpack', msgpack],
  ['cbor', cbor],
])('C-40: over a session in %s', (_, serializer) => {
  it('a publication is one binary argument, whatever it holds', () => {
    const { router, wamp } = packingClient(serializer());
    wamp.publish(TOPIC, [1], { acknowledge: true, retain: true });
    wamp.publish(TOPIC, { kwargs: { a: 1 } });
    wamp.publish(TOPIC);
    expect(router.expect(Code.PUBLISH).message).toStrictEqual([
      Code.PUBLISH,
      1,
      { acknowledge: true, retain: true, ...PPT },
      TOPIC,
      [one(1)],
    ]);
    expect(router.expect(Code.PUBLISH).message).toStrictEqual([Code.PUBLISH, 2, PPT, TOPIC, [KWARGS]]);
    expect(router.expect(Code.PUBLISH).message).toStrictEqual([Code.PUBLISH, 3, PPT, TOPIC, [EMPTY]]);
  });

  it('an event is read as its details say', () => {
    const { router, wamp } = packingClient(serializer());
    const events = watch(wamp.topic(TOPIC, { get_retained: true }));
    subscribed(router);
    router.send([Code.EVENT, 7, 1, { ...PPT, retained: true }, [one(1)]]);
    router.send([Code.EVENT, 7, 2, PPT, [KWARGS], {}]);
    router.send([Code.EVENT, 7, 3, {}, ['plain'], { b: 2 }]);
    expect(events.values).toMatchObject([
      { args: [1], kwargs: {}, details: { ...PPT, retained: true }, topic: TOPIC },
      { args: [], kwargs: { a: 1 } },
      { args: ['plain'], kwargs: { b: 2 } },
    ]);
  });

  it('a call, its progressive results and its result', () => {
    const { router, wamp } = packingClient(serializer());
    const results = watch(wamp.call(PROCEDURE, [1], { progress: true }));
    const { request, message } = router.expect(Code.CALL);
    expect(message).toStrictEqual([Code.CALL, request, { receive_progress: true, ...PPT }, PROCEDURE, [one(1)]]);
    router.send([Code.RESULT, request, { progress: true, ...PPT }, [one(2)]]);
    router.send([Code.RESULT, request, { progress: true, ...PPT }, [one(3)]]);
    router.send([Code.RESULT, request, PPT, [EMPTY]]);
    expect(results).toMatchObject({ values: [{ args: [2] }, { args: [3] }], complete: true });
  });

  it('arguments that are streamed in', () => {
    const { router, wamp } = packingClient(serializer());
    watch(wamp.call(PROCEDURE, of([1], [2])));
    for (const [options, args] of [
      [{ progress: true, ...PPT }, [one(1)]],
      [{ progress: true, ...PPT }, [one(2)]],
      [PPT, [EMPTY]],
    ])
      expect(router.expect(Code.CALL).message).toStrictEqual([Code.CALL, 1, options, PROCEDURE, args]);
  });

  it('the error of a call', () => {
    const { router, wamp } = packingClient(serializer());
    const failing = watch(wamp.call(PROCEDURE));
    const { request } = router.expect(Code.CALL);
    router.send([Code.ERROR, Code.CALL, request, PPT, 'com.app.error', [one(5)]]);
    expect(failing.error).toMatchObject({ name: 'WampError', uri: 'com.app.error', args: [5], details: PPT });
  });

  it('an invocation and its answers', () => {
    const { router, wamp } = packingClient(serializer());
    const asked: unknown[] = [];
    watch(
      wamp.register(PROCEDURE, ({ args, kwargs, wantsProgress }) => {
        asked.push([args, kwargs]);
        if (args[0] === 4) throw new WampError('com.app.error', { args: [5] });
        if (args[0] === 3) throw new WampError('com.app.error');
        return wantsProgress ? of(1, 2) : payload([], { a: 1 });
      }),
    );
    registered(router);
    router.send([Code.INVOCATION, 1, 7, PPT, [one(1)]]);
    expect(router.expect(Code.YIELD).message).toStrictEqual([Code.YIELD, 1, PPT, [KWARGS]]);
    router.send([Code.INVOCATION, 2, 7, { receive_progress: true, ...PPT }, [one(2)]]);
    for (const args of [one(1), one(2)])
      expect(router.expect(Code.YIELD).message).toStrictEqual([Code.YIELD, 2, { progress: true, ...PPT }, [args]]);
    expect(router.expect(Code.YIELD).message).toStrictEqual([Code.YIELD, 2, PPT, [EMPTY]]);
    router.send([Code.INVOCATION, 3, 7, PPT, [one(4)]]);
    expect(router.expect(Code.ERROR).message).toStrictEqual([
      Code.ERROR,
      Code.INVOCATION,
      3,
      PPT,
      'com.app.error',
      [one(5)],
    ]);
    router.send([Code.INVOCATION, 4, 7, PPT, [one(3)]]);
    expect(router.expect(Code.ERROR).message).toStrictEqual([Code.ERROR, Code.INVOCATION, 4, {}, 'com.app.error']);
    expect(asked).toStrictEqual([
      [[1], {}],
      [[2], {}],
      [[4], {}],
      [[3], {}],
    ]);
  });

  it('what is streamed in of an invocation, also when it is not registered any more', () => {
    const { router, wamp } = packingClient(serializer());
    const chunks: unknown[] = [];
    const registration = watch(
      wamp.register(PROCEDURE, ({ input$ }) => {
        input$.subscribe({ next: ({ args }) => chunks.push(args), complete: () => chunks.push('complete') });
        return new Subject();
      }),
    );
    registered(router);
    router.send([Code.INVOCATION, 1, 7, { progress: true, ...PPT }, [one(1)]]);
    registration.subscription.unsubscribe();
    router.send([Code.INVOCATION, 1, 7, { progress: true, ...PPT }, [one(2)]]);
    router.send([Code.INVOCATION, 1, 7, PPT, [EMPTY]]);
    expect(chunks).toStrictEqual([[1], [2], 'complete']);
  });
});

describe('C-40: patterns', () => {
  it('events and invocations are bound to the real URI', () => {
    const { router, wamp, faults } = secretClient();
    const events = watch(wamp.topic('com.app', { match: 'prefix' }));
    subscribed(router);
    watch(wamp.register('com.app', ({ args }) => args[0], { match: 'prefix' }));
    registered(router);
    const event = sealed('event', 'com.app.a', [1]);
    router.send([Code.EVENT, 7, 1, { ...event.details, topic: 'com.app.a' }, event.args]);
    router.send([Code.EVENT, 7, 2, { ...event.details, topic: 'com.app.b' }, event.args]);
    const call = sealed('call', 'com.app.p', ['x']);
    router.send([Code.INVOCATION, 1, 7, { ...call.details, procedure: 'com.app.p' }, call.args]);
    router.send([Code.INVOCATION, 2, 7, { ...call.details, procedure: 'com.app.q' }, call.args]);
    expect(valuesOf(events)).toStrictEqual([1]);
    const { options, args } = router.expect(Code.YIELD);
    expect(secret().unpack({ kind: 'result', uri: 'com.app.p' }, options, args?.[0])).toStrictEqual([['x'], {}]);
    expect(router.expect(Code.ERROR)).toMatchObject({ request: 2, error: 'wamp.error.invalid_argument' });
    expect(names(faults)).toStrictEqual(['DecryptionError', 'DecryptionError']);
  });
});

describe('C-40: what cannot be read', () => {
  it('of an event goes to faults$, and the topic goes on', () => {
    const { router, wamp, faults } = secretClient();
    const events = watch(wamp.topic(TOPIC));
    subscribed(router);
    const good = sealed('event', TOPIC, ['good']);
    const moved = sealed('event', 'com.app.other', ['moved']);
    router.send([Code.EVENT, 7, 1, {}, ['plain']]);
    router.send([Code.EVENT, 7, 2, { ...good.details, ppt_keyid: 'lost' }, good.args]);
    router.send([Code.EVENT, 7, 3, moved.details, moved.args]);
    router.send([Code.EVENT, 7, 4, { ppt_scheme: 'x_other', ppt_cipher: 'rot13' }, good.args]);
    router.send([Code.EVENT, 7, 5, good.details, good.args]);
    expect(valuesOf(events)).toStrictEqual(['good']);
    expect(events.error).toBeUndefined();
    expect(faults).toMatchObject([
      { name: 'DecryptionError', reason: 'plain', on: TOPIC },
      { name: 'DecryptionError', reason: 'key', keyid: 'lost' },
      { name: 'DecryptionError', reason: 'authenticity' },
      { name: 'SerializationError' },
    ]);
    expect(wamp.state.status).toBe('connected');
  });

  it('of a call that came in is answered invalid_argument, and goes to faults$', () => {
    const { router, wamp, faults } = secretClient();
    let asked = 0;
    watch(wamp.register(PROCEDURE, () => asked++));
    registered(router);
    const { details, args } = sealed('call', PROCEDURE, [1]);
    router.send([Code.INVOCATION, 1, 7, { ...details, ppt_keyid: 'lost' }, args]);
    router.send([Code.INVOCATION, 2, 7, {}, [1]]);
    for (const request of [1, 2])
      expect(router.expect(Code.ERROR).message).toStrictEqual([
        Code.ERROR,
        Code.INVOCATION,
        request,
        {},
        'wamp.error.invalid_argument',
        ['the payload cannot be read'],
      ]);
    expect(asked).toBe(0);
    expect(names(faults)).toStrictEqual(['DecryptionError', 'DecryptionError']);
    router.send([Code.INVOCATION, 3, 7, details, args]);
    router.expect(Code.YIELD);
  });

  it('of more that is streamed in ends the invocation', () => {
    const { router, wamp } = secretClient();
    let aborted = false;
    watch(
      wamp.register(PROCEDURE, ({ signal }) => {
        signal.addEventListener('abort', () => (aborted = true));
        return new Promise(() => undefined);
      }),
    );
    registered(router);
    const { details, args } = sealed('call', PROCEDURE, [1]);
    router.send([Code.INVOCATION, 1, 7, { ...details, progress: true }, args]);
    router.send([Code.INVOCATION, 1, 7, { progress: true }, ['plain']]);
    expect(router.expect(Code.ERROR)).toMatchObject({ request: 1, error: 'wamp.error.invalid_argument' });
    expect(aborted).toBe(true);
    router.send([Code.INVOCATION, 1, 7, {}]);
    router.expectSilence();
  });

  it('of a result is the error of its call alone', () => {
    const { router, wamp, faults } = secretClient();
    const { details, args } = sealed('result', 'com.app.other', [1]);
    for (const [said, payload] of [
      [{}, [1]],
      [details, args],
    ] as const) {
      const call = watch(wamp.call(PROCEDURE));
      router.send([Code.RESULT, router.expect(Code.CALL).request, said, payload]);
      expect(call.error).toMatchObject({ name: 'DecryptionError', attempted: 'RESULT', on: PROCEDURE });
    }
    expect(faults).toStrictEqual([]);
    router.expectSilence();
  });

  it('of a progressive result ends its call, and tells the callee', () => {
    const { router, wamp } = secretClient();
    const call = watch(wamp.call(PROCEDURE, [], { progress: true }));
    const { request } = router.expect(Code.CALL);
    router.send([Code.RESULT, request, { progress: true }, [1]]);
    expect(call.error).toMatchObject({ name: 'DecryptionError', reason: 'plain' });
    expect(router.expect(Code.CANCEL).message).toStrictEqual([Code.CANCEL, request, { mode: 'killnowait' }]);
    router.send([Code.RESULT, request, {}, [1]]);
    router.expectSilence();
  });

  it('of an error is the error of its call; the router may have errors of its own', () => {
    const { router, wamp, faults } = secretClient();
    const { details, args } = sealed('error', PROCEDURE, ['why'], 'com.app.a');
    const failing = (error: string, said: object, ...payload: readonly [unknown[]?]) => {
      const call = watch(wamp.call(PROCEDURE));
      router.send([Code.ERROR, Code.CALL, router.expect(Code.CALL).request, { ...said }, error, ...payload]);
      return call.error;
    };
    expect(failing('com.app.a', details, args)).toMatchObject({ name: 'WampError', args: ['why'] });
    expect(failing('com.app.b', details, args)).toMatchObject({ name: 'DecryptionError', attempted: 'ERROR' });
    expect(failing('wamp.error.canceled', {})).toMatchObject({ name: 'WampError', uri: 'wamp.error.canceled' });
    expect(failing('wamp.error.no_such_procedure', {}, ['none'])).toMatchObject({ name: 'WampError', args: ['none'] });
    expect(faults).toStrictEqual([]);
  });
});

describe('C-40: what cannot be packed', () => {
  it('is not sent: a publication and a call error, and their request ids are free', () => {
    const { router, wamp, faults } = secretClient('lost');
    const publication = watch(wamp.publish(TOPIC, ['secret'], { acknowledge: true }));
    expect(publication.error).toMatchObject({ name: 'EncryptionError', keyid: 'lost', on: TOPIC });
    expect(watch(wamp.call(PROCEDURE, ['secret'])).error).toMatchObject({ name: 'EncryptionError', on: PROCEDURE });
    router.expectSilence();
    watch(wamp.call('wamp.session.count'));
    expect(router.expect(Code.CALL).request).toBe(1);
    expect(faults).toStrictEqual([]);
  });

  it('of a handler: its caller is answered all the same, without a word of it', () => {
    const { router, wamp, faults } = secretClient('lost');
    watch(
      wamp.register(PROCEDURE, ({ args: [how], wantsProgress }) => {
        if (how === 'throws') throw new WampError('com.app.error', { args: ['secret'] });
        return wantsProgress
          ? concat(
              of('secret'),
              throwError(() => new Error('secret')),
            )
          : 'secret';
      }),
    );
    registered(router);
    const asks = (how: string, more: object = {}) => {
      const { details, args } = sealed('call', PROCEDURE, [how]);
      router.send([Code.INVOCATION, faults.length + 1, 7, { ...details, ...more }, args]);
      return router.expect(Code.ERROR).message;
    };
    expect(asks('returns')).toStrictEqual([Code.ERROR, Code.INVOCATION, 1, {}, 'wamp.error.invalid_payload']);
    expect(asks('throws')).toStrictEqual([Code.ERROR, Code.INVOCATION, 2, {}, 'com.app.error']);
    const progressive = asks('returns', { receive_progress: true });
    expect(progressive).toStrictEqual([Code.ERROR, Code.INVOCATION, 3, {}, 'wamp.error.invalid_payload']);
    expect(names(faults)).toStrictEqual(['EncryptionError', 'EncryptionError', 'EncryptionError']);
    router.expectSilence();
  });
});

describe('C-40: a router that does not announce payload_passthru_mode', () => {
  const roles = { broker: {}, dealer: { features: { call_canceling: true, progressive_call_results: true } } };

  it('gets nothing packed, and nothing that was to be', () => {
    const { router, wamp } = connected({ passthru: passthru(secret()) }, { welcome: { roles } });
    const refused = { name: 'UsageError', uri: 'wamp.error.feature_not_supported' };
    expect(watch(wamp.publish(TOPIC, [1], { acknowledge: true })).error).toMatchObject(refused);
    expect(watch(wamp.call(PROCEDURE, [1])).error).toMatchObject(refused);
    router.expectSilence();
  });

  it('is asked whether it lives', () => {
    const { router, states } = connected(
      { passthru: passthru(secret()), heartbeat: { intervalMs: 1_000, timeoutMs: 500 } },
      { welcome: { roles }, ping: 'absent' },
    );
    jest.advanceTimersByTime(1_000);
    const { request, options, procedure, args } = router.expect(Code.CALL);
    expect({ options, args }).toStrictEqual({ options: {}, args: undefined });
    router.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.no_such_procedure', [procedure]]);
    jest.advanceTimersByTime(900);
    expect(states.at(-1)?.status).toBe('connected');
  });
});
