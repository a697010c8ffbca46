import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { map, retry, Subject } from 'rxjs';
import { Code, memoryTransport, type Chunk, type Frame, type Link, type Serializer, type WampMessage } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { msgpack } from 'rxwamp/msgpack';
import { ROUTER_ROLES, type FakeRouter } from 'rxwamp/testing';
import {
  again,
  connected,
  idle,
  PROCEDURE,
  registered,
  settled,
  subscribed,
  TOPIC,
  useVirtualTime,
  valuesOf,
  watch,
  type Setting,
} from '../client/support.js';

useVirtualTime();

/** The client lives: it connects again, and works. */
function expectAlive({ router, wamp }: Pick<Setting, 'router' | 'wamp'>): void {
  expect(wamp.state.status).toBe('waiting');
  again();
  router.welcome();
  const call = watch(wamp.call('com.app.alive'));
  for (const [code, request, , uri] of [...router.received])
    if (code === Code.CALL && uri === 'com.app.alive') router.send([Code.RESULT, request, {}, ['yes']]);
  expect(valuesOf(call)).toStrictEqual(['yes']);
}

/** ABORT with three elements, one typed error that says what was wrong, and the client lives. */
function expectViolation(setting: Setting, name: string, said: string | RegExp): void {
  const { router, states } = setting;
  const abort = router.expect(Code.ABORT, { reason: 'wamp.error.protocol_violation' });
  expect(abort.message).toHaveLength(3);
  expect(abort.details['message']).toMatch(said);
  router.expectSilence();
  router.expectClosed();
  const lost = states.at(-1);
  expect(lost).toMatchObject({ status: 'waiting', cause: { name } });
  expect(lost?.status === 'waiting' && lost.cause.message).toMatch(said);
  expectAlive(setting);
}

describe('a frame that cannot be decoded', () => {
  it.each([
    ['an empty one', ''],
    ['half a message', '[36,7,1,{},['],
    ['two messages in one', '[36,7,1,{}][36,7,2,{}]'],
    ['no JSON', 'hello'],
    ['a lone surrogate escape in a broken text', '[36,7,1,{},["\\ud800]'],
    ['a U+0000 text that is no Base64', '[36,7,1,{},["\\u0000*"]]'],
    ['100,000 nested lists', `[36,7,1,{},${'['.repeat(100_000)}${']'.repeat(100_000)}]`],
    ['100,000 nested dicts', `[36,7,1,{},[${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}]]`],
    ['100,000 opening brackets', '['.repeat(100_000)],
    ['bytes where text was agreed', Uint8Array.of(0x94, 36, 7, 1, 0x80)],
  ] as [string, Frame][])('%s', (_, frame) => {
    const setting = connected();
    setting.router.sendRaw(frame);
    expectViolation(setting, 'ProtocolViolationError', /a frame could not be decoded|takes text frames/);
  });

  it.each<[string, () => Serializer]>([
    ['MessagePack', msgpack],
    ['CBOR', cbor],
  ])('in %s', (_, serializer) => {
    const frames = [
      Uint8Array.of(),
      Uint8Array.of(0xc1),
      Uint8Array.of(0x9f, 36),
      new Uint8Array(100_000).fill(0x91),
      new Uint8Array(100_000).fill(0x81),
      'text',
    ];
    for (const frame of frames) {
      const setting = connected({}, { serializer: serializer() });
      setting.router.sendRaw(frame);
      expectViolation(setting, 'ProtocolViolationError', /a frame could not be decoded|takes binary frames/);
    }
  });
});

describe('a message that is none', () => {
  it.each<[string, string]>([
    ['{}', 'a message is a list, this is a dict'],
    ['5', 'a message is a list, this is 5'],
    ['null', 'a message is a list, this is null'],
    ['"EVENT"', 'a message is a list, this is a string'],
    ['[]', 'an empty list'],
    ['[0]', 'unknown message type 0'],
    ['[7,{},{}]', 'unknown message type 7'],
    ['[37,1]', 'unknown message type 37'],
    ['[1000,1]', 'unknown message type 1000'],
    ['[-36,7,1,{}]', 'unknown message type -36'],
    ['[36.5,7,1,{}]', 'unknown message type 36.5'],
    ['["36",7,1,{}]', 'unknown message type a string'],
    ['[null,7,1,{}]', 'unknown message type null'],
    ['[[36],7,1,{}]', 'unknown message type a list of 1'],
  ])('%s', (frame, said) => {
    const setting = connected();
    setting.router.sendRaw(frame);
    expectViolation(setting, 'ProtocolViolationError', said);
  });
});

describe('a message of the wrong length', () => {
  it.each<[string, string]>([
    ['[2]', 'WELCOME has 1 elements, not 3'],
    ['[3,{}]', 'ABORT has 2 elements'],
    ['[3,{},"a.b",[],{},1]', 'ABORT has 6 elements'],
    ['[6,{}]', 'GOODBYE has 2 elements, not 3'],
    ['[6,{},"a.b",1]', 'GOODBYE has 4 elements, not 3'],
    ['[8,48,1,{}]', 'ERROR has 4 elements'],
    ['[8,48,1,{},"a.b",[],{},1]', 'ERROR has 8 elements'],
    ['[17,1]', 'PUBLISHED has 2 elements, not 3'],
    ['[33,1]', 'SUBSCRIBED has 2 elements, not 3'],
    ['[35]', 'UNSUBSCRIBED has 1 elements'],
    ['[36,7,1]', 'EVENT has 3 elements'],
    ['[50,1]', 'RESULT has 2 elements'],
    ['[65,1]', 'REGISTERED has 2 elements, not 3'],
    ['[67]', 'UNREGISTERED has 1 elements'],
    ['[68,1,8]', 'INVOCATION has 3 elements'],
    ['[69,1]', 'INTERRUPT has 2 elements, not 3'],
  ])('%s', (frame, said) => {
    const setting = connected();
    setting.router.sendRaw(frame);
    expectViolation(setting, 'ProtocolViolationError', said);
  });
});

describe('an element of the wrong type', () => {
  it.each<[string, RegExp]>([
    ['[36,"7",1,{}]', /EVENT\.subscription must be/],
    ['[36,7,1,[]]', /EVENT\.details must be/],
    ['[36,7,1,null]', /EVENT\.details must be/],
    ['[36,7,1,{},{}]', /EVENT\.args must be/],
    ['[36,7,1,{},[],[]]', /EVENT\.kwargs must be/],
    ['[36,7,1,{},"hunter2"]', /EVENT\.args must be/],
    ['[36,7,1,{"topic":5}]', /EVENT\.details.topic must be/],
    ['[36,7,1,{"publisher":"joe"}]', /EVENT\.details.publisher must be/],
    ['[36,7,1,{"retained":1}]', /EVENT\.details.retained must be/],
    ['[50,1,{"progress":1}]', /RESULT\.details.progress must be/],
    ['[68,1,8,{"timeout":-1}]', /INVOCATION\.details.timeout must be/],
    ['[68,1,8,{"receive_progress":"yes"}]', /INVOCATION\.details.receive_progress must be/],
    ['[69,1,{"mode":5}]', /INTERRUPT\.options.mode must be/],
    ['[6,{},5]', /GOODBYE\.reason must be/],
    ['[6,[],"a.b"]', /GOODBYE\.details must be/],
    ['[3,{},null]', /ABORT\.reason must be/],
    ['[8,48,1,{},5]', /ERROR\.error must be/],
    ['[8,36,1,{},"a.b"]', /ERROR\.requestType must be/],
    ['[8,"48",1,{},"a.b"]', /ERROR\.requestType must be/],
    ['[8,0,1,{},"a.b"]', /ERROR\.requestType must be/],
    ['[35,0,{"subscription":true}]', /UNSUBSCRIBED\.details.subscription must be/],
    ['[67,0,{"registration":0}]', /UNREGISTERED\.details.registration must be/],
  ])('%s', (frame, said) => {
    const setting = connected();
    setting.router.sendRaw(frame);
    expectViolation(setting, 'ProtocolViolationError', said);
  });

  it('is named; what it holds is not, as it may be a secret', () => {
    const setting = connected();
    setting.router.sendRaw('[36,7,1,{},"hunter2"]');
    expect(JSON.stringify(setting.router.received) + JSON.stringify(setting.states)).not.toContain('hunter2');
  });
});

describe('an id that is none', () => {
  const bad = ['0', '-1', '1.5', '9007199254740993', '1e300', 'null', 'true', '"1"', '[1]', '{}'];
  it.each(bad)('%s', (id) => {
    const places = [
      `[2,${id},{}]`,
      `[17,${id},1]`,
      `[17,1,${id}]`,
      `[33,${id},1]`,
      `[33,1,${id}]`,
      `[36,${id},1,{}]`,
      `[36,1,${id},{}]`,
      `[50,${id},{}]`,
      `[65,${id},1]`,
      `[65,1,${id}]`,
      `[68,${id},1,{}]`,
      `[68,1,${id},{}]`,
      `[69,${id},{}]`,
      `[8,48,${id},{},"a.b"]`,
      ...(id === '0' ? [] : [`[35,${id}]`, `[67,${id}]`]),
    ];
    for (const frame of places) {
      const setting = connected();
      setting.router.sendRaw(frame);
      expectViolation(setting, 'ProtocolViolationError', /must be (an )?id( or 0)?, not/);
    }
  });

  it('2^53 is one', () => {
    const setting = connected();
    setting.router.sendRaw('[36,9007199254740992,9007199254740992,{}]');
    setting.router.expectSilence();
    expect(setting.wamp.state.status).toBe('connected');
  });
});

it('a second WELCOME', () => {
  const setting = connected();
  setting.router.send([Code.WELCOME, 5, {}]);
  expectViolation(setting, 'ProtocolViolationError', 'WELCOME has no place in an established session');
});

it('a reply nobody asked for is none of this: it is dropped', () => {
  const { router, wamp } = connected();
  const messages: WampMessage[] = [
    [Code.PUBLISHED, 1, 1],
    [Code.SUBSCRIBED, 1, 1],
    [Code.UNSUBSCRIBED, 1],
    [Code.EVENT, 1, 1, {}],
    [Code.RESULT, 1, {}],
    [Code.REGISTERED, 1, 1],
    [Code.UNREGISTERED, 1],
    [Code.INTERRUPT, 1, {}],
    [Code.ERROR, Code.CALL, 1, {}, 'a.b'],
  ];
  for (const message of messages) router.send(message);
  router.expectSilence();
  expect(wamp.state.status).toBe('connected');
});

it('a frame beyond the limit', () => {
  const links: Link[] = [];
  const received: WampMessage[] = [];
  const { wamp, states } = idle({
    transport: memoryTransport(
      (link) => {
        links.push(link);
        link.subscribe((message) => {
          if (message[0] === Code.HELLO) link.next([Code.WELCOME, 1, { roles: ROUTER_ROLES }]);
          else received.push(message);
        });
      },
      { maxMessageBytes: 10_000 },
    ),
  });
  wamp.connect();
  expect(wamp.state.status).toBe('connected');
  links[0]?.sendFrame(`[36,7,1,{},["${'x'.repeat(10_000)}"]]`);
  expect(received).toStrictEqual([
    [Code.ABORT, { message: expect.stringContaining('beyond the limit of 10000') }, 'wamp.error.protocol_violation'],
  ]);
  expect(states.at(-1)).toMatchObject({ status: 'waiting', cause: { name: 'OverflowError', limit: 10_000 } });
  again();
  expect(wamp.state.status).toBe('connected');
});

describe('in the opening handshake', () => {
  it.each<[string, string]>([
    ['[2,0,{}]', 'WELCOME.session must be an id'],
    ['[2,1,[]]', 'WELCOME.details must be'],
    ['[2,1,{"roles":5}]', 'roles must be'],
    ['[4,5,{}]', 'CHALLENGE.authmethod must be'],
    ['[36,7,1,{}]', 'EVENT has no place'],
    ['', 'a frame could not be decoded'],
  ])('%s', (frame, said) => {
    const setting = idle();
    setting.wamp.connect();
    setting.router.expect(Code.HELLO);
    setting.router.sendRaw(frame);
    expectViolation(setting, 'ProtocolViolationError', said);
  });

  it('roles that are nonsense announce nothing, and hurt nobody', () => {
    const nonsense = [
      { broker: 5, dealer: null },
      { broker: { features: [] } },
      { broker: [], dealer: { features: { call_canceling: 'yes' } } },
      { __proto__: null },
    ];
    for (const roles of nonsense) {
      const setting = idle();
      setting.wamp.connect();
      setting.router.expect(Code.HELLO);
      setting.router.send([Code.WELCOME, 1, { roles }]);
      expect(setting.wamp.state.status).toBe('connected');
      expect(watch(setting.wamp.topic(TOPIC, { get_retained: true })).error).toMatchObject({ name: 'UsageError' });
    }
  });
});

describe('whatever a router sends', () => {
  /** One of everything is open: ids 7 (topic), 8 (procedure), 9 (a procedure that streams), CALL requests 5 and 6. */
  function busy(options = {}): Setting {
    const setting = connected({}, options);
    const { router, wamp } = setting;
    wamp
      .topic(TOPIC)
      .pipe(retry({ delay: 5_000 }))
      .subscribe();
    wamp
      .topic('com.app', { match: 'prefix', gaps: 'notice' })
      .pipe(retry({ delay: 5_000 }))
      .subscribe();
    wamp
      .register(PROCEDURE, ({ args }) => args, { onConflict: 'retry' })
      .pipe(retry({ delay: 5_000 }))
      .subscribe();
    const streaming = wamp.register('com.app.stream', ({ input$ }) => input$.pipe(map(({ value }) => value)));
    streaming.pipe(retry({ delay: 5_000 })).subscribe();
    subscribed(router, 7);
    subscribed(router, 10);
    registered(router, 8);
    registered(router, 9);
    const input = new Subject<Chunk>();
    wamp.call(PROCEDURE, [], { progress: true }).subscribe({ error: () => undefined });
    wamp
      .call(PROCEDURE, input, { progress: true })
      .subscribe({ next: () => input.next('next'), error: () => undefined });
    input.next('first');
    wamp.publish(TOPIC, [], { acknowledge: true });
    wamp.subject(TOPIC).subscribe({ error: () => undefined });
    return setting;
  }

  /** Throws frames at a client, and helps it back as often as it loses its connection. */
  function bombard(setting: Setting, frames: readonly Frame[]): void {
    const { router, wamp } = setting;
    const rejoin = (): void => {
      for (let turn = 0; turn < 3 && wamp.state.status !== 'connected'; turn++) {
        again();
        if (router.isConnected && router.received.some(([code]) => code === Code.HELLO)) {
          router.welcome();
          // The router is slow to answer what is asked for again.
          jest.advanceTimersByTime(10_000);
        }
      }
    };
    for (const frame of frames) {
      if (!router.isConnected) rejoin();
      router.sendRaw(frame);
    }
    // What RxJS would report as unhandled, it throws from a timer.
    jest.advanceTimersByTime(20_000);
    rejoin();
    expect(wamp.state.status).toBe('connected');
    const call = watch(wamp.call('com.app.alive'));
    const { request } = expectLast(router);
    router.send([Code.RESULT, request, {}, ['yes']]);
    expect(valuesOf(call)).toStrictEqual(['yes']);
    void wamp.close();
    router.drop();
    jest.clearAllTimers();
  }

  /** The CALL that was sent last. */
  function expectLast(router: FakeRouter): { readonly request: number } {
    const last = router.received.at(-1);
    if (last?.[0] !== Code.CALL) throw new Error(`expected a CALL, not ${JSON.stringify(last)}`);
    return { request: last[1] };
  }

  const id = fc.oneof(
    fc.constantFrom<unknown>(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, -1, 1.5, 2 ** 53, '7', null),
    fc.integer({ min: 1, max: 20 }),
  );
  const details = fc.oneof(
    fc.constantFrom({}, { progress: true }, { receive_progress: true }, { progress: true, receive_progress: true }),
    fc.constantFrom({ mode: 'kill' }, { mode: 'killnowait' }, { subscription: 7 }, { registration: 8 }, { timeout: 5 }),
    fc.dictionary(
      fc.constantFrom('progress', 'topic', 'procedure', 'timeout', 'mode', 'subscription', '__proto__', 'x'),
      fc.jsonValue(),
    ),
  );
  const uri = fc.constantFrom<unknown>(
    'wamp.error.canceled',
    'com.app.x',
    'wamp.error.procedure_already_exists',
    '',
    5,
    null,
  );
  const tail = fc.oneof(
    fc.constant([]),
    fc.tuple(fc.array(fc.jsonValue(), { maxLength: 3 })),
    fc.tuple(fc.array(fc.jsonValue(), { maxLength: 2 }), fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 })),
  );
  const parts = (...of: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown[]> => fc.tuple(...of);
  /** What a router may send, with ids that mean something here and ids that do not. */
  const message: fc.Arbitrary<unknown[]> = fc
    .tuple(
      fc.oneof(
        parts(fc.constant(Code.EVENT), id, id, details),
        parts(fc.constant(Code.RESULT), id, details),
        parts(fc.constant(Code.INVOCATION), id, id, details),
        parts(
          fc.constant(Code.ERROR),
          fc.constantFrom<unknown>(16, 32, 34, 48, 49, 64, 66, 68, 70, 5),
          id,
          details,
          uri,
        ),
      ),
      tail,
    )
    .map(([head, rest]) => [...head, ...rest])
    .chain((withTail) =>
      fc.oneof(
        fc.constant(withTail),
        parts(fc.constantFrom(Code.PUBLISHED, Code.SUBSCRIBED, Code.REGISTERED), id, id),
        parts(fc.constantFrom(Code.UNSUBSCRIBED, Code.UNREGISTERED), id),
        parts(fc.constantFrom(Code.UNSUBSCRIBED, Code.UNREGISTERED), fc.constant(0), details),
        parts(fc.constant(Code.INTERRUPT), id, details),
        parts(fc.constantFrom(Code.GOODBYE, Code.ABORT), details, uri),
        parts(fc.constantFrom(...Object.values(Code)), fc.jsonValue(), fc.jsonValue(), fc.jsonValue()),
      ),
    );
  /** A message with one thing wrong, as text. */
  const mutated: fc.Arbitrary<string> = fc
    .tuple(message, fc.nat(6), fc.jsonValue(), fc.constantFrom('replace', 'remove', 'insert', 'cut', 'keep'))
    .map(([original, at, value, how]) => {
      const changed = [...original];
      const place = at % changed.length;
      if (how === 'replace') changed[place] = value;
      if (how === 'remove') changed.splice(place, 1);
      if (how === 'insert') changed.splice(place, 0, value);
      const text = JSON.stringify(changed);
      return how === 'cut' ? text.slice(0, text.length - 1 - at) : text;
    });

  /** What belongs into the opening handshake, more or less. */
  const opening = fc
    .oneof(
      parts(fc.constant(Code.WELCOME), id, fc.oneof(details, fc.constant({ roles: ROUTER_ROLES }))),
      parts(fc.constant(Code.CHALLENGE), fc.constantFrom<unknown>('x', 'ticket', 5), details),
    )
    .map((opened) => JSON.stringify(opened));

  it('messages, good and bad: it lives', () => {
    fc.assert(
      fc.property(fc.array(mutated, { minLength: 1, maxLength: 12 }), (frames) => {
        bombard(busy(), frames);
      }),
      { numRuns: 400 },
    );
  });

  it('any text: it lives', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (frame) => {
        bombard(busy(), [frame]);
      }),
      { numRuns: 100 },
    );
  });

  it.each<[string, () => Serializer]>([
    ['MessagePack', msgpack],
    ['CBOR', cbor],
  ])('any bytes, in %s: it lives', (_, serializer) => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    // A list of three to six, which is what most messages are.
    const header = fc.constantFrom([0x93, 0x83], [0x94, 0x84], [0x95, 0x85], [0x96, 0x86]);
    const isCbor = serializer === cbor;
    const likely = fc
      .tuple(header, fc.constantFrom(...Object.values(Code)), bytes)
      .map(([[inMsgpack = 0, inCbor = 0], code, rest]) =>
        // In CBOR an integer from 24 on has a byte of its own.
        Uint8Array.of(isCbor ? inCbor : inMsgpack, ...(isCbor && code > 23 ? [0x18, code] : [code]), ...rest),
      );
    fc.assert(
      fc.property(fc.oneof(bytes, likely), (frame) => {
        bombard(busy({ serializer: serializer() }), [frame]);
      }),
      { numRuns: 100 },
    );
  });

  it('in the opening handshake: it comes to an end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(mutated, opening), { minLength: 1, maxLength: 4 }), async (frames) => {
        const { router, wamp } = idle({
          auth: [{ method: 'x', begin: () => [{ answer: () => [{ signature: 's' }] }] }],
        });
        wamp.connect();
        for (const frame of frames) if (router.isConnected) router.sendRaw(frame);
        jest.advanceTimersByTime(10_000);
        expect(['connected', 'waiting', 'connecting', 'closed']).toContain(wamp.state.status);
        const closed = wamp.close();
        jest.advanceTimersByTime(2_000);
        await closed;
        jest.clearAllTimers();
      }),
      { numRuns: 100 },
    );
    await settled();
  });
});
