import { describe, expect, it } from '@jest/globals';
import { Code, json } from 'rxwamp';
import { encryption, packing, passthru, type PassthruOptions, type PayloadCodec, type Purpose } from 'rxwamp/passthru';
import { context, hex, keyOf, PROCEDURE, thrownBy, TOPIC, type Message } from './support.js';

const inCbor = packing({ scheme: 'wamp' });
const inJson = packing({ scheme: 'mqtt', serializer: json() });
const secret = encryption({ cipher: 'aes256gcm', keyId: 'k', key: () => keyOf(1) });

const IN_CBOR = { ppt_scheme: 'wamp', ppt_serializer: 'cbor' };
const IN_JSON = { ppt_scheme: 'mqtt', ppt_serializer: 'json' };
/** { args: [1] } in CBOR and in JSON. */
const [ONE, ONE_IN_JSON] = [hex('a1 64 61726773 81 01'), Uint8Array.from(Buffer.from('{"args":[1]}'))];

const publish = (uri: string, options: object = {}): Message => [Code.PUBLISH, 1, { ...options }, uri, [1]];
/** Options and arguments of a PUBLISH or CALL. */
const partsOf = (message: Message): readonly [object, readonly unknown[]] => {
  if (message[0] !== Code.PUBLISH && message[0] !== Code.CALL) throw new Error('neither');
  return [message[2], message[4] ?? []];
};
const sessionOn = (uri: string) =>
  context({ topicOf: () => uri, registeredAs: () => uri, calledBy: () => uri, invokedBy: () => undefined });

describe('rules', () => {
  const schemeOf = (rules: PassthruOptions['rules'], message: Message): unknown => {
    const [options] = partsOf(passthru({ rules }).outgoing(message, context()));
    return 'ppt_scheme' in options ? options.ppt_scheme : undefined;
  };

  it('a codec alone packs everything', () => {
    expect(passthru(inCbor).outgoing(publish(TOPIC, { acknowledge: true }), context())).toStrictEqual([
      Code.PUBLISH,
      1,
      { acknowledge: true, ...IN_CBOR },
      TOPIC,
      [ONE],
    ]);
    expect(passthru(inCbor).outgoing([Code.PUBLISH, 1, {}, TOPIC], context())).toStrictEqual([
      Code.PUBLISH,
      1,
      IN_CBOR,
      TOPIC,
      [hex('a0')],
    ]);
  });

  it('the first that applies counts: exact, prefix, wildcard, a function', () => {
    const rules = [
      { uri: 'com.app.a', codec: 'plain' },
      { uri: 'com.app.b.', match: 'prefix', codec: inJson },
      { uri: 'com..c', match: 'wildcard', codec: inCbor },
      { uri: ({ kind, uri }: Purpose) => kind === 'event' && uri.endsWith('.d'), codec: inJson },
    ] as const;
    expect(schemeOf(rules, publish('com.app.a'))).toBeUndefined();
    expect(schemeOf(rules, publish('com.app.a.x'))).toBeUndefined();
    expect(schemeOf(rules, publish('com.app.b.c'))).toBe('mqtt');
    expect(schemeOf(rules, publish('com.x.c'))).toBe('wamp');
    expect(schemeOf(rules, publish('com.x.y.d'))).toBe('mqtt');
    expect(schemeOf(rules, [Code.CALL, 1, {}, 'com.x.y.d'])).toBeUndefined();
    expect(schemeOf([...rules, inCbor], publish('com.app.a'))).toBeUndefined();
    expect(schemeOf([...rules, inCbor], [Code.CALL, 1, {}, 'com.x.y.d'])).toBe('wamp');
    expect(passthru(rules[0], inCbor).outgoing(publish('com.app.a'), context())).toStrictEqual(publish('com.app.a'));
  });

  it('what the router answers itself is never packed', () => {
    for (const uri of ['wamp.session.count', 'wamp', 'rxwamp.heartbeat.probe'])
      expect(schemeOf([secret], [Code.CALL, 1, {}, uri, [1]])).toBeUndefined();
    expect(schemeOf([secret], [Code.CALL, 1, {}, 'wampum.x', [1]])).toBe('wamp');
  });

  it('a function that fails is a UsageError with its cause', () => {
    const cause = new Error('broken');
    const fails = (): never => {
      throw cause;
    };
    expect(thrownBy(() => schemeOf([{ uri: fails, codec: inCbor }], publish(TOPIC)))).toMatchObject({
      name: 'UsageError',
      on: TOPIC,
      cause,
    });
  });

  it('packing by hand is left alone where no rule packs, and refused where one does', () => {
    const byHand = publish(TOPIC, { ppt_scheme: 'x_hand' });
    expect(passthru({ uri: 'com.other', codec: inCbor }).outgoing(byHand, context())).toBe(byHand);
    expect(thrownBy(() => passthru(inCbor).outgoing(byHand, context()))).toMatchObject({ name: 'UsageError' });
  });

  it.each<[string, unknown]>([
    ['at least one', { rules: [] }],
    ['unknown', { rules: [inCbor], unknown: 'drop' }],
    ['plain', { rules: [inCbor], plain: 'maybe' }],
    ['match', { uri: TOPIC, match: 'regex', codec: inCbor }],
    ['match', { uri: () => true, match: 'exact', codec: inCbor }],
    ['not well-formed', { uri: 'com..x', codec: inCbor }],
    ['not well-formed', { uri: 7, codec: inCbor }],
    ['codec', { uri: TOPIC, codec: 'cbor' }],
    ['codec', { uri: TOPIC }],
  ])('%s is said of what makes no sense', (what, given) => {
    const error = thrownBy(() => passthru(given as PassthruOptions));
    expect(error).toMatchObject({ name: 'UsageError', attempted: 'passthru' });
    expect(String(error)).toContain(what);
    expect(() => passthru()).toThrow('at least one');
    // As users of JavaScript may have it.
    expect(() => passthru(inCbor, { rules: [inCbor] } as unknown as PayloadCodec)).toThrow('either');
  });
});

describe('what comes in', () => {
  const event = (details: object, ...payload: readonly unknown[]): Message =>
    // Some are not as they should be.
    [Code.EVENT, 1, 2, { ...details }, ...payload] as unknown as Message;

  it('is read by the codec that its details name, wherever it stands in the rules', () => {
    const both = passthru(inCbor, inJson);
    expect(both.incoming(event(IN_CBOR, [ONE]), sessionOn(TOPIC))).toStrictEqual(event(IN_CBOR, [1]));
    expect(both.incoming(event(IN_JSON, [ONE_IN_JSON]), sessionOn(TOPIC))).toStrictEqual(event(IN_JSON, [1]));
    const elsewhere = passthru({ uri: 'com.other', codec: inJson });
    expect(elsewhere.incoming(event(IN_JSON, [ONE_IN_JSON]), sessionOn(TOPIC))).toStrictEqual(event(IN_JSON, [1]));
  });

  it('of two codecs for the same details, by that of its URI', () => {
    const keyed = (byte: number) => encryption({ cipher: 'aes256gcm', keyId: 'k', key: () => keyOf(byte) });
    const two = passthru({ uri: 'com.app.a', codec: keyed(1) }, { uri: 'com.app.b', codec: keyed(2) });
    for (const uri of ['com.app.a', 'com.app.b']) {
      const [options, args] = partsOf(two.outgoing(publish(uri), context()));
      expect(two.incoming(event(options, args), sessionOn(uri))).toStrictEqual(event(options, [1]));
    }
  });

  it('is left as it is when it is not packed', () => {
    for (const message of [event({}, [1], { a: 2 }), event({ ppt_scheme: '' }, [1]), event({ ppt_scheme: null })])
      expect(passthru(inCbor).incoming(message, sessionOn(TOPIC))).toStrictEqual(message);
  });

  it.each([[[]], [[ONE, ONE]], [[ONE], { a: 1 }], [[], { a: 1 }]])(
    'is refused when it is not one argument: %j',
    (...payload) => {
      expect(thrownBy(() => passthru(inCbor).incoming(event(IN_CBOR, ...payload), sessionOn(TOPIC)))).toMatchObject({
        name: 'SerializationError',
        attempted: 'EVENT',
        on: TOPIC,
      });
    },
  );

  it('may have keyword arguments that are none', () => {
    expect(passthru(inCbor).incoming(event(IN_CBOR, [ONE], {}), sessionOn(TOPIC))).toStrictEqual(event(IN_CBOR, [1]));
  });

  it('of a scheme that nobody reads is an error, or is handed over as it came', () => {
    const foreign = event({ ppt_scheme: 'x_other', ppt_cipher: 'rot13' }, [ONE]);
    const error = thrownBy(() => passthru(inCbor).incoming(foreign, sessionOn(TOPIC)));
    expect(error).toMatchObject({ name: 'SerializationError', on: TOPIC });
    expect(String(error)).toContain('ppt_scheme "x_other", ppt_cipher "rot13"');
    const raw = passthru({ rules: [inCbor], unknown: 'raw' });
    expect(raw.incoming(foreign, sessionOn(TOPIC))).toStrictEqual(foreign);
  });

  it('may be for nobody any more', () => {
    const messages: readonly Message[] = [
      event(IN_CBOR, ['no']),
      [Code.RESULT, 1, IN_CBOR, ['no']],
      [Code.ERROR, Code.CALL, 1, IN_CBOR, 'com.app.error', ['no']],
      [Code.INVOCATION, 1, 2, IN_CBOR, ['no']],
    ];
    for (const message of messages) expect(passthru(inCbor).incoming(message, context())).toBe(message);
  });
});

describe('what is to be encrypted', () => {
  const guarded = passthru({ uri: 'com.app.', match: 'prefix', codec: secret }, inCbor);
  const plain: readonly Message[] = [
    [Code.EVENT, 1, 2, {}, [1]],
    [Code.INVOCATION, 1, 2, {}, [1]],
    [Code.RESULT, 1, {}, [1]],
  ];

  it.each<[string, Message]>(plain.map((message) => [JSON.stringify(message), message]))(
    'is not taken unencrypted: %s',
    (_, message) => {
      // The same type of message, with its details and arguments exchanged.
      const packed = message.map((part, at) =>
        typeof part === 'object' && !Array.isArray(part) ? IN_CBOR : at > 1 && Array.isArray(part) ? [ONE] : part,
      ) as unknown as Message;
      for (const one of [message, packed])
        expect(thrownBy(() => guarded.incoming(one, sessionOn('com.app.x')))).toMatchObject({
          name: 'DecryptionError',
          reason: 'plain',
          on: 'com.app.x',
        });
      expect(guarded.incoming(message, sessionOn('com.other'))).toStrictEqual(message);
      const lenient = passthru({ rules: [secret, inCbor], plain: 'accept' });
      expect(lenient.incoming(message, sessionOn('com.app.x'))).toStrictEqual(message);
      lenient.incoming(packed, sessionOn('com.app.x'));
    },
  );

  it('is not taken for empty, either', () => {
    const nothing: Message = [Code.EVENT, 1, 2, {}];
    expect(thrownBy(() => guarded.incoming(nothing, sessionOn('com.app.x')))).toMatchObject({ reason: 'plain' });
  });

  it('is not handed over raw', () => {
    const raw = passthru({ rules: [secret], unknown: 'raw' });
    const foreign: Message = [Code.EVENT, 1, 2, { ppt_scheme: 'x_other', ppt_cipher: 'rot13' }, [ONE]];
    expect(thrownBy(() => raw.incoming(foreign, sessionOn(TOPIC)))).toMatchObject({ name: 'SerializationError' });
  });

  it('does not keep routers from errors of their own, and from the meta API', () => {
    const error: Message = [Code.ERROR, Code.CALL, 1, {}, 'wamp.error.no_such_procedure', ['no such procedure']];
    expect(guarded.incoming(error, sessionOn('com.app.x'))).toStrictEqual(error);
    const all = passthru(secret);
    for (const message of plain)
      expect(all.incoming(message, sessionOn('wamp.session.on_join'))).toStrictEqual(message);
  });

  it('of an invocation that is not known stays here', () => {
    expect(thrownBy(() => passthru(secret).outgoing([Code.YIELD, 1, {}, [1]], context()))).toMatchObject({
      name: 'UsageError',
    });
  });
});

describe('the URI', () => {
  /** Who has subscribed and registered with `match`, as ids 5 and 6. */
  function having(match: string, uri: string) {
    const through = passthru(secret);
    const session = context({
      topicOf: (id) => (id === 5 ? uri : undefined),
      registeredAs: (id) => (id === 6 ? uri : undefined),
    });
    through.outgoing([Code.SUBSCRIBE, 1, { match }, uri], session);
    through.outgoing([Code.REGISTER, 2, { match }, uri], session);
    through.incoming([Code.SUBSCRIBED, 1, 5], session);
    through.incoming([Code.REGISTERED, 2, 6], session);
    return { through, session };
  }
  const sealed = (message: Message) => partsOf(passthru(secret).outgoing(message, context()));
  const eventOf = (topic: string): Message => {
    const [options, args] = sealed(publish(topic));
    return [Code.EVENT, 5, 2, { ...options, topic }, args];
  };
  const invocationOf = (procedure: string): Message => {
    const [options, args] = sealed([Code.CALL, 1, {}, procedure, [1]]);
    return [Code.INVOCATION, 1, 6, { ...options, procedure }, args];
  };

  it.each([
    ['exact', 'com.app.a', 'com.app.a'],
    ['prefix', 'com.app', 'com.app.a.b'],
    ['wildcard', 'com..a', 'com.app.a'],
  ])('of %s %s may be %s', (match, pattern, uri) => {
    const { through, session } = having(match, pattern);
    expect(through.incoming(eventOf(uri), session)[4]).toStrictEqual([1]);
    expect(through.incoming(invocationOf(uri), session)[4]).toStrictEqual([1]);
  });

  it.each([
    ['exact', 'com.app.a', 'com.app.a.b'],
    ['exact', 'com.app.a', 'com.app.ab'],
    ['exact', 'com.app.a', 'com.app.b'],
    ['prefix', 'com.app', 'com.other'],
    ['wildcard', 'com..a', 'com.app.b'],
  ])('of %s %s is not %s, whatever the router says', (match, pattern, uri) => {
    const { through, session } = having(match, pattern);
    for (const message of [eventOf(uri), invocationOf(uri)])
      expect(thrownBy(() => through.incoming(message, session))).toMatchObject({
        name: 'DecryptionError',
        reason: 'authenticity',
        on: pattern,
      });
  });

  it('of a pattern that is given up is that of what comes after it under the same id', () => {
    const { through, session } = having('prefix', 'com.app');
    const asked: readonly Message[] = [
      [Code.UNSUBSCRIBE, 3, 5],
      [Code.UNREGISTER, 4, 6],
    ];
    for (const message of asked) through.outgoing(message, session);
    expect(() => through.incoming(eventOf('com.app.a'), session)).toThrow('another URI');
    expect(() => through.incoming(invocationOf('com.app.a'), session)).toThrow('another URI');
  });

  it('of a pattern that is revoked, or was refused, too', () => {
    const { through, session } = having('prefix', 'com.app');
    through.incoming([Code.UNSUBSCRIBED, 0, { subscription: 5 }], session);
    through.incoming([Code.UNREGISTERED, 0, { registration: 6 }], session);
    expect(() => through.incoming(eventOf('com.app.a'), session)).toThrow('another URI');
    expect(() => through.incoming(invocationOf('com.app.a'), session)).toThrow('another URI');
    through.outgoing([Code.SUBSCRIBE, 7, { match: 'prefix' }, 'com.app'], session);
    through.incoming([Code.ERROR, Code.SUBSCRIBE, 7, {}, 'wamp.error.not_authorized'], session);
    through.incoming([Code.SUBSCRIBED, 7, 5], session);
    expect(() => through.incoming(eventOf('com.app.a'), session)).toThrow('another URI');
  });

  it('of what one session has asked for says nothing of another', () => {
    const { through, session } = having('prefix', 'com.app');
    const other = context({ topicOf: session.topicOf.bind(session) });
    expect(() => through.incoming(eventOf('com.app.a'), other)).toThrow('another URI');
  });
});

describe('a router that does not announce payload_passthru_mode', () => {
  const without = context({ supports: () => false, invokedBy: () => PROCEDURE });
  const messages: readonly Message[] = [
    publish(TOPIC),
    [Code.CALL, 1, {}, PROCEDURE, [1]],
    [Code.CALL, 1, {}, 'wamp.session.add_testament', [TOPIC, [1], {}]],
    [Code.YIELD, 1, {}, [1]],
    [Code.ERROR, Code.INVOCATION, 1, {}, 'com.app.error', [1]],
  ];
  it.each<[string, Message]>(messages.map((message) => [JSON.stringify(message), message]))(
    'does not get %s',
    (_, message) => {
      for (const codec of [secret, inCbor])
        expect(thrownBy(() => passthru(codec).outgoing(message, without))).toMatchObject({
          name: 'UsageError',
          uri: 'wamp.error.feature_not_supported',
        });
    },
  );

  it('gets what is not packed', () => {
    const call: Message = [Code.CALL, 1, {}, 'wamp.session.count'];
    expect(passthru(secret).outgoing(call, without)).toBe(call);
    expect(passthru({ uri: 'com.other', codec: secret }).outgoing(publish(TOPIC), without)).toStrictEqual(
      publish(TOPIC),
    );
  });

  it('asks for the role that it goes to', () => {
    const asked: unknown[] = [];
    const session = context({ supports: (...what) => asked.push(what) > 0 });
    passthru(inCbor).outgoing(publish(TOPIC), session);
    passthru(inCbor).outgoing([Code.CALL, 1, {}, PROCEDURE], session);
    expect(asked).toStrictEqual([
      ['broker', 'payload_passthru_mode'],
      ['dealer', 'payload_passthru_mode'],
    ]);
  });
});

describe('a testament', () => {
  const call = (...args: readonly unknown[]): Message => [
    Code.CALL,
    1,
    {},
    'wamp.session.add_testament',
    args,
    { scope: 'detached', publish_options: { retain: true } },
  ];

  it('has the payload packed that will be an event', () => {
    expect(passthru(inCbor).outgoing(call(TOPIC, [1], {}), context())).toStrictEqual([
      Code.CALL,
      1,
      {},
      'wamp.session.add_testament',
      [TOPIC, [ONE], {}],
      { scope: 'detached', publish_options: { retain: true, ...IN_CBOR } },
    ]);
    expect(passthru(inCbor).outgoing(call(TOPIC), context())[4]).toStrictEqual([TOPIC, [hex('a0')], {}]);
  });

  it('is as the rules have its topic', () => {
    const message = call(TOPIC, [1], {});
    expect(passthru({ uri: 'com.other', codec: inCbor }).outgoing(message, context())).toBe(message);
    expect(passthru(inCbor).outgoing(call(7), context())).toStrictEqual(call(7));
  });

  it.each([[[TOPIC, 'no list', {}]], [[TOPIC, [], []]]])('is refused when it is none: %j', (args) => {
    expect(thrownBy(() => passthru(inCbor).outgoing(call(...args), context()))).toMatchObject({ name: 'UsageError' });
  });
});

describe('the history of events', () => {
  const GET_EVENTS = 'wamp.subscription.get_events';
  const session = context({ topicOf: (id) => (id === 5 ? TOPIC : undefined), calledBy: () => GET_EVENTS });
  const asking = (rule = inCbor, subscription = 5) => {
    const through = passthru(rule);
    through.outgoing([Code.CALL, 1, {}, GET_EVENTS, [subscription], {}], session);
    return through;
  };
  const result = (...args: readonly unknown[]): Message => [Code.RESULT, 1, {}, args, { more: false }];

  it('is unpacked event by event', () => {
    const rest = { timestamp: '2026-01-01T00:00:00Z', subscription: 5, publication: 9 };
    const stored = [
      { ...rest, details: IN_CBOR, args: [ONE] },
      { ...rest, details: {}, args: [2], kwargs: { a: 3 } },
    ];
    const read = [
      { ...rest, details: IN_CBOR, args: [1] },
      { ...rest, details: {}, args: [2], kwargs: { a: 3 } },
    ];
    expect(asking().incoming(result(...stored), session)).toStrictEqual(result(...read));
    // As Crossbar.io has it, and the names that nexus has.
    expect(asking().incoming(result(stored), session)).toStrictEqual(result(read));
    expect(asking().incoming(result({ Publication: 9, Details: IN_CBOR, Arguments: [ONE] }), session)).toStrictEqual(
      result({ Publication: 9, Details: IN_CBOR, args: [1] }),
    );
  });

  it('of a pattern has the topic that is said', () => {
    const through = asking(secret);
    const pattern = context({ topicOf: () => 'com.app', calledBy: () => GET_EVENTS });
    through.outgoing([Code.SUBSCRIBE, 2, { match: 'prefix' }, 'com.app'], pattern);
    through.incoming([Code.SUBSCRIBED, 2, 5], pattern);
    through.outgoing([Code.CALL, 1, {}, GET_EVENTS, [5]], pattern);
    const [options, args] = partsOf(through.outgoing(publish(TOPIC), pattern));
    const stored = (topic: string) => result({ publication: 9, details: { ...options, topic }, args });
    expect(through.incoming(stored(TOPIC), pattern)[3]).toMatchObject([{ args: [1] }]);
    through.outgoing([Code.CALL, 1, {}, GET_EVENTS, [5]], pattern);
    expect(thrownBy(() => through.incoming(stored('com.app.other'), pattern))).toMatchObject({
      reason: 'authenticity',
    });
  });

  it('is an error when one event cannot be read, or came unencrypted', () => {
    const broken = result({ publication: 9, details: IN_CBOR, args: ['no'] });
    expect(thrownBy(() => asking().incoming(broken, session))).toMatchObject({ name: 'SerializationError', on: TOPIC });
    const plain = result({ publication: 9, details: {}, args: [1] });
    expect(thrownBy(() => asking(secret).incoming(plain, session))).toMatchObject({ reason: 'plain', on: TOPIC });
  });

  it('stays as it is where nobody can say what topic it is of', () => {
    const stored = result({ publication: 9, details: IN_CBOR, args: [ONE] });
    expect(asking(inCbor, 6).incoming(stored, session)).toStrictEqual(stored);
    expect(passthru(inCbor).incoming(stored, session)).toStrictEqual(stored);
    const through = asking();
    through.outgoing([Code.CANCEL, 1, {}], session);
    expect(through.incoming(stored, session)).toStrictEqual(stored);
  });

  it('may be anything', () => {
    for (const args of [[], [1], [null], ['text'], [[]], [{}], [{ details: 1, args: 1 }]])
      expect(() => asking().incoming(result(...args), session)).not.toThrow();
    expect(asking().incoming([Code.RESULT, 1, {}], session)).toStrictEqual([Code.RESULT, 1, {}]);
  });
});
