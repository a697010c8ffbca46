import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { Subscription } from 'rxjs';
import { Code, json, linkPair, Link, type RxWampError, type Transport, WampClient, type WampMessage } from 'rxwamp';
import { Observable } from 'rxjs';
import { fakeRouter, ROUTER_ROLES, type FakeRouter } from 'rxwamp/testing';
import { useVirtualTime } from '../session/support.js';

const RETRY = { initialDelayMs: 100 } as const;
const ID = 2 ** 40;

function joined(): { wamp: WampClient; router: FakeRouter } {
  const router = fakeRouter();
  const wamp = new WampClient({ transport: router.transport, realm: 'realm1', retry: RETRY });
  wamp.connect();
  router.welcome();
  return { wamp, router };
}

const nested = (levels: number): string => `[36,1,1,{},${'['.repeat(levels)}${']'.repeat(levels)}]`;

/** What a router might send, and what the error has to say about it. */
const BAD: readonly (readonly [what: string, frame: string, why: RegExp])[] = [
  ['a frame that cannot be decoded', '[36,1,1,{}', /could not be decoded/],
  ['a message that is no array', '{"36":1}', /a message is a list/],
  ['a message that is a number', '36', /a message is a list/],
  ['an empty message', '[]', /empty/],
  ['a wrong type code', '[7,{},1]', /unknown message type 7/],
  ['a type code that is no number', '["36",1,1,{}]', /unknown message type/],
  ['a message that is too short', '[36,1,1]', /EVENT has 3 elements/],
  ['a message of a client that is too long', '[6,{},"wamp.close.normal",1]', /GOODBYE has 4 elements/],
  ['a wrong element type', '[36,1,1,[]]', /EVENT.details must be a dict, not a list/],
  ['args that are no list', '[36,1,1,{},{}]', /EVENT.args must be a list, not a dict/],
  ['an option of the wrong type', '[36,1,1,{"retained":1}]', /retained must be bool/],
  ['an id of 0', '[36,0,1,{}]', /must be an id, not 0/],
  ['an id of 2^53 + 1', '[36,1,9007199254740993,{}]', /must be an id, not 9007199254740993/],
  ['an id that is a float', '[36,1.5,1,{}]', /must be an id, not 1.5/],
  ['an id that is negative', '[36,-1,1,{}]', /must be an id, not -1/],
  ['an id that is a text', '[36,"1",1,{}]', /must be an id/],
  ['a second WELCOME', '[2,1,{}]', /WELCOME has no place/],
  ['a CHALLENGE after WELCOME', '[4,"ticket",{}]', /CHALLENGE has no place/],
  ['a HELLO from the router', '[1,"realm1",{}]', /HELLO has no place/],
  ['a PUBLISH from the router', '[16,1,{},"com.app.tick"]', /PUBLISH has no place/],
  ['an ERROR for what no client asks for', '[8,36,1,{},"wamp.error.x"]', /requestType must be/],
  ['an ERROR for an INVOCATION', '[8,68,1,{},"wamp.error.x"]', /INVOCATION/],
  ['100,000 nested arrays', nested(100_000), /could not be decoded|nest/],
];

describe('bad input to a client', () => {
  useVirtualTime();

  it.each(BAD)('%s: ABORT, one typed error, and on with the next session', (_, frame, why) => {
    const { wamp, router } = joined();
    const errors: RxWampError[] = [];
    wamp.call('com.app.long').subscribe({ error: (error: RxWampError) => errors.push(error) });
    router.expect(Code.CALL);
    router.sendRaw(frame);
    const { message } = router.expect(Code.ABORT, { reason: 'wamp.error.protocol_violation' });
    // Some peers take only three elements.
    expect(message).toHaveLength(3);
    router.expectClosed('violation');
    expect(wamp.state).toMatchObject({
      status: 'waiting',
      cause: { name: 'ProtocolViolationError', message: expect.stringMatching(why) },
    });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ name: 'ConnectionLostError', attempted: 'CALL', on: 'com.app.long' });

    jest.advanceTimersByTime(RETRY.initialDelayMs);
    router.welcome();
    expect(wamp.state.status).toBe('connected');
  });

  it('bytes where the format is text: the same', () => {
    const { wamp, router } = joined();
    router.sendRaw(new Uint8Array([0x93, 1, 2, 3]));
    router.expect(Code.ABORT, { reason: 'wamp.error.protocol_violation' });
    expect(wamp.state).toMatchObject({
      cause: { name: 'ProtocolViolationError', message: expect.stringContaining('takes text frames') },
    });
  });

  it('a message beyond the limit: the size error', () => {
    let far: Link | undefined;
    const transport: Transport = new Observable<Link>((subscriber) => {
      const [near, other] = linkPair({ maxMessageBytes: 1_000 });
      far = other;
      far.subscribe({});
      subscriber.next(near);
    });
    const wamp = new WampClient({ transport, realm: 'realm1', retry: RETRY });
    wamp.connect();
    far?.next([Code.WELCOME, 1, { roles: { broker: {}, dealer: {} } }]);
    expect(wamp.state.status).toBe('connected');
    far?.next([Code.EVENT, 1, 1, {}, ['x'.repeat(1_000)]]);
    expect(wamp.state).toMatchObject({ status: 'waiting', cause: { name: 'OverflowError', limit: 1_000 } });
  });

  it('a reply nobody asked for is dropped', () => {
    const { wamp, router } = joined();
    router.sendRaw(`[50,${ID},{},[1]]`);
    router.sendRaw(`[33,${ID},1]`);
    router.expectSilence();
    expect(wamp.state.status).toBe('connected');
  });

  it.each([
    ['ERROR', '[8,32,1,{},"wamp.error.x"]'],
    ['GOODBYE', '[6,{},"wamp.close.normal"]'],
    ['EVENT', '[36,1,1,{}]'],
    ['a SUBSCRIBED', '[33,1,1]'],
  ])('%s before WELCOME: ABORT', (_, frame) => {
    const router = fakeRouter();
    const wamp = new WampClient({ transport: router.transport, realm: 'realm1', retry: false });
    wamp.connect();
    router.expect(Code.HELLO);
    router.sendRaw(frame);
    router.expect(Code.ABORT, { reason: 'wamp.error.protocol_violation' });
    expect(wamp.state).toMatchObject({ status: 'closed', cause: { name: 'ProtocolViolationError' } });
  });
});

describe('whatever a router sends', () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): number => unhandled.push(error);
  beforeAll(() => {
    process.on('unhandledRejection', note);
    process.on('uncaughtException', note);
  });
  afterAll(() => {
    process.off('unhandledRejection', note);
    process.off('uncaughtException', note);
  });

  const id = fc.oneof(fc.constantFrom(0, 1, 2, 3, 7, 9, 2 ** 53), fc.double(), fc.string());
  const dict = fc.oneof(
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.constant({ progress: true }),
    fc.constant({ subscription: 7 }),
  );
  const code = fc.oneof(fc.constantFrom(...Object.values(Code)), fc.integer());
  const element = fc.oneof(
    { weight: 3, arbitrary: id },
    { weight: 3, arbitrary: dict },
    fc.jsonValue(),
    fc.array(fc.jsonValue()),
  );
  const random = fc
    .tuple(code, fc.array(element, { maxLength: 6 }))
    .map(([head, rest]) => JSON.stringify([head, ...rest]));

  /** Messages that fit a session in which there is a topic (7), a registration (9) and a call (4). */
  const VALID: readonly WampMessage[] = [
    [Code.EVENT, 7, 1, {}, ['x'], { a: 1 }],
    [Code.RESULT, 4, { progress: true }, ['x']],
    [Code.RESULT, 4, {}, ['x']],
    [Code.INVOCATION, 1, 9, { receive_progress: true }, [3]],
    [Code.INVOCATION, 1, 9, { progress: true }, [3]],
    [Code.INTERRUPT, 1, { mode: 'kill' }],
    [Code.ERROR, Code.CALL, 4, {}, 'com.app.error', ['x']],
    [Code.UNSUBSCRIBED, 0, { subscription: 7 }],
    [Code.UNREGISTERED, 0, { registration: 9, reason: 'x' }],
    [Code.GOODBYE, {}, 'wamp.close.normal'],
    [Code.PUBLISHED, 3, 1],
  ];
  /** One of those, with one element exchanged or one character broken. */
  const mutated = fc
    .tuple(fc.constantFrom(...VALID), fc.nat(6), element, fc.boolean())
    .map(([message, at, other, breaks]) => {
      const copy: unknown[] = [...message];
      if (!breaks) copy[Math.min(at, copy.length)] = other;
      const text = JSON.stringify(copy);
      return breaks ? text.slice(0, at) + text.slice(at + 1) : text;
    });
  const valid = fc.constantFrom(...VALID).map((message) => JSON.stringify(message));

  it('neither crashes a client nor hangs it: it stays, or ends that session alone', () => {
    jest.useFakeTimers();
    try {
      fc.assert(
        fc.property(fc.array(fc.oneof(random, mutated, valid), { maxLength: 12 }), (frames) => {
          const { wamp, router } = joined();
          const open = new Subscription();
          const ignore = { error: () => undefined };
          open.add(wamp.topic('com.app.tick', { gaps: 'notice' }).subscribe(ignore));
          router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
          open.add(wamp.register('com.app.add', ({ input$ }) => input$).subscribe(ignore));
          router.send([Code.REGISTERED, router.expect(Code.REGISTER).request, 9]);
          wamp.publish('com.app.tick', [1], { acknowledge: true }).subscribe(ignore);
          open.add(wamp.call('com.app.long', [], { progress: true }).subscribe(ignore));
          for (const frame of frames) if (router.isConnected) router.sendRaw(frame);
          const { status } = wamp.state;
          expect(['connected', 'waiting']).toContain(status);
          // Whatever it was: the next session works.
          if (status === 'waiting') {
            jest.advanceTimersByTime(60_000);
            router.welcome({ roles: ROUTER_ROLES });
          }
          const results: unknown[] = [];
          wamp.call('com.app.after').subscribe((result) => results.push(result.value));
          const calls = router.received.filter((message) => message[0] === Code.CALL && message[3] === 'com.app.after');
          router.send([Code.RESULT, calls[0]?.[1] as number, {}, ['works']]);
          expect(results).toEqual(['works']);
          open.unsubscribe();
          void wamp.close();
          jest.clearAllTimers();
        }),
        { numRuns: 300 },
      );
    } finally {
      jest.useRealTimers();
    }
    expect(unhandled).toEqual([]);
  }, 60_000);

  it('is decoded as JSON or refused as such', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        try {
          json().decode(text);
        } catch (error) {
          expect((error as Error).name).toBe('SerializationError');
        }
      }),
      { numRuns: 500 },
    );
  });
});
