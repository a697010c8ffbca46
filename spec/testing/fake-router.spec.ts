import { afterEach, describe, expect, it } from '@jest/globals';
import type { Subscription } from 'rxjs';
import { Code } from '../../src/protocol/code.js';
import { ConnectionLostError, ConnectionRefusedError, ProtocolViolationError } from '../../src/protocol/errors.js';
import type { WampMessage } from '../../src/protocol/message.js';
import { fakeRouter, type FakeRouter, type FakeRouterOptions } from '../../src/testing/index.js';
import type { Link } from '../../src/transports/link.js';

/** The tested end: whatever a client would do with the transport, and what it saw. */
interface Dialled {
  readonly link: Link;
  readonly seen: unknown[];
  readonly subscription: Subscription;
}

const dialled: Subscription[] = [];
const dial = (router: FakeRouter): Dialled => {
  const links: Link[] = [];
  const seen: unknown[] = [];
  const subscription = router.transport.subscribe({
    next: (link) => links.push(link),
    error: (error: unknown) => seen.push('transport errored', error),
    complete: () => seen.push('transport completed'),
  });
  dialled.push(subscription);
  const [link] = links;
  if (link === undefined) throw new Error('not connected');
  link.subscribe({
    next: (message) => seen.push(message),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push('link completed'),
  });
  return { link, seen, subscription };
};
const connected = (options?: FakeRouterOptions): Dialled & { readonly router: FakeRouter } => {
  const router = fakeRouter(options);
  return { router, ...dial(router) };
};

afterEach(() => {
  for (const subscription of dialled.splice(0)) subscription.unsubscribe();
});

describe('expect', () => {
  it('takes the messages in their order and gives their fields', () => {
    const { router, link } = connected();
    link.next([Code.SUBSCRIBE, 1, { match: 'prefix' }, 'com.app']);
    link.next([Code.PUBLISH, 2, {}, 'com.app.tick', [42]]);
    const { request, topic } = router.expect(Code.SUBSCRIBE, { topic: 'com.app', options: { match: 'prefix' } });
    expect([request, topic]).toEqual([1, 'com.app']);
    expect(router.expect(Code.PUBLISH).message).toEqual([16, 2, {}, 'com.app.tick', [42]]);
    router.expectSilence();
  });

  it('says what came instead, and leaves it there', () => {
    const { router, link } = connected();
    link.next([Code.PUBLISH, 1, {}, 'com.app.tick']);
    link.next([Code.UNSUBSCRIBE, 2, 7]);
    expect(() => router.expect(Code.SUBSCRIBE, { topic: 'com.app.tick' })).toThrow(
      new Error(
        'expected SUBSCRIBE with {"topic":"com.app.tick"}, but PUBLISH [16,1,{},"com.app.tick"] came\n' +
          'After it came:\n  UNSUBSCRIBE [34,2,7]',
      ),
    );
    router.expect(Code.PUBLISH);
  });

  it('says which field differs', () => {
    const { router, link } = connected();
    link.next([Code.CALL, 1, {}, 'com.app.add', [2, 3]]);
    expect(() => router.expect(Code.CALL, { args: [2, 4] })).toThrow(
      new Error('expected CALL with {"args":[2,4]}, but args[1] is 3, not 4: [48,1,{},"com.app.add",[2,3]]'),
    );
  });

  it('says that nothing came, and that the connection is closed', () => {
    const { router, link } = connected();
    expect(() => router.expect(Code.GOODBYE)).toThrow(new Error('expected GOODBYE, but nothing came'));
    link.complete();
    expect(() => router.expect(Code.GOODBYE)).toThrow(/nothing came\nThe connection is closed \(normal\)\./);
  });

  it('says that nobody connected', () => {
    expect(() => fakeRouter().expect(Code.HELLO)).toThrow('cannot expect HELLO: no connection was made yet');
  });

  it('says that a frame was no message', () => {
    const { router, link } = connected();
    link.sendFrame('[99]');
    expect(() => router.expect(Code.HELLO)).toThrow(/A frame came that is no message: .*unknown message type 99/);
    expect(() => {
      router.expectSilence();
    }).toThrow(/unknown message type 99/);
  });
});

describe('eventually', () => {
  it('waits for what does not come at once', async () => {
    const { router, link } = connected();
    const awaited = router.eventually(Code.AUTHENTICATE, { signature: 'secret' });
    await Promise.resolve();
    link.next([Code.AUTHENTICATE, 'secret', {}]);
    expect((await awaited).extra).toEqual({});
    link.next([Code.GOODBYE, {}, 'wamp.close.close_realm']);
    expect(await router.eventually(Code.GOODBYE)).toMatchObject({ reason: 'wamp.close.close_realm' });
  });

  it('rejects when another message comes, or the end', async () => {
    const { router, link } = connected();
    const awaited = router.eventually(Code.AUTHENTICATE);
    link.next([Code.GOODBYE, {}, 'wamp.close.close_realm']);
    await expect(awaited).rejects.toThrow('expected AUTHENTICATE, but GOODBYE');
    router.expect(Code.GOODBYE);
    const ended = router.eventually(Code.AUTHENTICATE);
    link.terminate();
    await expect(ended).rejects.toThrow('The connection is closed (terminated).');
    await expect(fakeRouter().eventually(Code.HELLO)).rejects.toThrow('cannot expect HELLO: no connection');
  });
});

describe('expectSilence', () => {
  it('lists what came', () => {
    const { router, link } = connected();
    router.expectSilence();
    for (let request = 1; request <= 7; request++) link.next([Code.UNSUBSCRIBE, request, 1]);
    expect(() => {
      router.expectSilence();
    }).toThrow(
      /^expected silence, but 7 messages came\nThere came:(\n {2}UNSUBSCRIBE \[34,\d,1\]){5}\n {2}… and 2 more$/,
    );
  });

  it('keeps a bounded number and counts the rest', () => {
    const { router, link } = connected();
    for (let request = 1; request <= 1_010; request++) link.next([Code.UNSUBSCRIBE, request, 1]);
    expect(router.received).toHaveLength(1_000);
    expect(() => {
      router.expectSilence();
    }).toThrow(/but 1010 messages came[^]*and 1005 more/);
  });

  it('is at rest before the first connection', () => {
    fakeRouter().expectSilence();
  });
});

describe('send', () => {
  it('reaches the client as a checked message', () => {
    const { router, seen } = connected();
    router.send([Code.SUBSCRIBED, 1, 7]);
    expect(seen).toEqual([[33, 1, 7]]);
  });

  it('sends garbage as it is', () => {
    const { router, seen } = connected();
    router.sendRaw('[99]');
    expect(seen).toEqual([expect.any(ProtocolViolationError)]);
    expect(router.isConnected).toBe(true);
  });

  it('says that there is nobody to send to', () => {
    const { router, link } = connected();
    link.complete();
    expect(() => {
      router.send([Code.SUBSCRIBED, 1, 7]);
    }).toThrow('cannot send SUBSCRIBED: the connection is closed (normal)');
  });

  it('is never delivered from within another delivery', () => {
    const { router, link } = connected();
    const order: string[] = [];
    link.subscribe(([code]) => {
      order.push(`in ${code}`);
      if (code === Code.PUBLISHED) router.send([Code.SUBSCRIBED, 1, 1]);
      order.push(`out ${code}`);
    });
    router.send([Code.PUBLISHED, 1, 1]);
    expect(order).toEqual(['in 17', 'out 17', 'in 33', 'out 33']);
  });
});

describe('welcome', () => {
  it('expects HELLO and announces everything', () => {
    const { router, link, seen } = connected({ welcome: { authrole: 'user' } });
    link.next([Code.HELLO, 'realm1', { roles: { caller: {} } }]);
    const { realm, details, session } = router.welcome({ authid: 'joe' });
    expect(realm).toBe('realm1');
    expect(details).toEqual({ roles: { caller: {} } });
    expect(seen).toEqual([
      [
        2,
        session,
        expect.objectContaining({
          authid: 'joe',
          authrole: 'user',
          // The values of an asymmetric matcher are untyped.
          roles: expect.objectContaining({
            dealer: { reflection: true, features: expect.objectContaining({ call_canceling: true }) as unknown },
          }) as unknown,
        }),
      ],
    ]);
  });

  it('wants the realm it was told of', () => {
    const { router, link } = connected({ realm: 'realm1' });
    link.next([Code.HELLO, 'realm2', {}]);
    expect(() => router.welcome()).toThrow('realm is "realm2", not "realm1"');
  });

  it('gives every session its own id', () => {
    const { router, link } = connected();
    link.next([Code.HELLO, 'realm1', {}]);
    const first = router.welcome().session;
    router.drop();
    dial(router).link.next([Code.HELLO, 'realm1', {}]);
    expect(router.welcome().session).not.toBe(first);
  });
});

describe('connections', () => {
  it('come one after the other, each with its own messages', () => {
    const { router, link } = connected();
    link.next([Code.UNSUBSCRIBE, 1, 1]);
    router.drop();
    expect([router.connections, router.isConnected]).toEqual([1, false]);
    const second = dial(router);
    expect([router.connections, router.isConnected]).toEqual([2, true]);
    router.expectSilence();
    second.link.next([Code.UNSUBSCRIBE, 2, 1]);
    router.expect(Code.UNSUBSCRIBE, { request: 2 });
  });

  it('break with the error of drop', () => {
    const { router, seen } = connected();
    const error = new ConnectionLostError('gone', { attempted: 'connection' });
    router.drop(error);
    expect(seen).toEqual([error, 'transport errored', error]);
    const other = dial(router);
    router.drop();
    expect(other.seen).toEqual([expect.any(ConnectionLostError), 'transport errored', expect.any(ConnectionLostError)]);
  });

  it('end in order by close', () => {
    const { router, seen } = connected();
    router.close();
    expect(seen).toEqual(['link completed', 'transport completed']);
    expect(() => {
      router.expectClosed();
    }).toThrow('expected a connection closed by the tested side, but it was closed by the script');
    expect(() => {
      router.drop();
    }).toThrow('cannot drop it: the connection is closed (by the script)');
  });

  it('are refused until they are admitted', () => {
    const router = fakeRouter();
    router.refuse();
    const seen: unknown[] = [];
    router.transport.subscribe({ error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual([expect.any(ConnectionRefusedError)]);
    expect([router.attempts, router.connections]).toEqual([1, 0]);
    router.admit();
    dial(router);
    expect([router.attempts, router.connections]).toEqual([2, 1]);
  });

  it('wait while they are held', () => {
    const router = fakeRouter();
    router.hold();
    let links = 0;
    const impatient = router.transport.subscribe(() => links++);
    dialled.push(router.transport.subscribe(() => links++));
    impatient.unsubscribe();
    expect([router.attempts, links]).toEqual([2, 0]);
    router.admit();
    expect([router.connections, links]).toEqual([1, 1]);
  });
});

describe('expectClosed', () => {
  it.each([
    [
      'normal',
      (link: Link) => {
        link.complete();
      },
    ],
    [
      'violation',
      (link: Link) => {
        link.error(new ProtocolViolationError('x', { attempted: 'receive' }));
      },
    ],
    [
      'terminated',
      (link: Link) => {
        link.terminate();
      },
    ],
  ] as const)('%s', (reason, end) => {
    const { router, link } = connected();
    expect(() => {
      router.expectClosed();
    }).toThrow('expected a connection closed by the tested side, but it stands');
    end(link);
    router.expectClosed();
    router.expectClosed(reason);
    expect(() => {
      router.expectClosed('too large');
    }).toThrow(`but it was closed (${reason})`);
  });

  it('holds when the client unsubscribes from the transport', () => {
    const { router, subscription } = connected();
    subscription.unsubscribe();
    router.expectClosed('normal');
    expect(router.isConnected).toBe(false);
  });

  it('comes after what was sent before', () => {
    const { router, link } = connected();
    link.next([Code.GOODBYE, {}, 'wamp.close.close_realm']);
    link.complete();
    router.expect(Code.GOODBYE);
    router.expectClosed('normal');
  });
});

describe('the wire', () => {
  const pongs = (link: Link): number => {
    let count = 0;
    link.ping?.().subscribe({ complete: () => count++ });
    return count;
  };

  it('answers pings, leaves them, or has none', () => {
    expect(pongs(connected().link)).toBe(1);
    const { router, link } = connected({ ping: 'ignored' });
    let answered = false;
    link.ping?.().subscribe({
      complete: () => {
        answered = true;
      },
    });
    expect(answered).toBe(false);
    router.pong();
    expect(answered).toBe(true);
    expect(connected({ ping: 'absent' }).link.ping).toBe(undefined);
  });

  it('stalls: nothing passes, and nobody is told', () => {
    const { router, link, seen } = connected();
    router.stall();
    link.next([Code.UNSUBSCRIBE, 1, 1]);
    router.send([Code.SUBSCRIBED, 1, 1]);
    expect(pongs(link)).toBe(0);
    link.complete();
    router.expectSilence();
    expect([seen, router.isConnected]).toEqual([[], true]);
    link.terminate();
    router.expectClosed('terminated');
  });

  it('lets the client stop reading, where it can', () => {
    const { router, link, seen } = connected();
    expect(link.pause()).toBe(true);
    router.send([Code.SUBSCRIBED, 1, 1]);
    router.send([Code.SUBSCRIBED, 2, 1]);
    expect(seen).toEqual([]);
    link.resume();
    expect(seen).toEqual([
      [33, 1, 1],
      [33, 2, 1],
    ]);
    expect(connected({ pausable: false }).link.pause()).toBe(false);
  });

  it('bounds what waits for a client that does not read', () => {
    const { router, link } = connected();
    link.pause();
    for (let request = 1; request <= 1_000; request++) router.send([Code.SUBSCRIBED, request, 1]);
    expect(() => {
      router.send([Code.SUBSCRIBED, 1_001, 1]);
    }).toThrow('the tested side has stopped reading');
  });

  it('bounds what waits for a router that does not read', () => {
    const { router, link } = connected();
    router.stopReading();
    for (let request = 1; request <= 1_010; request++) link.next([Code.UNSUBSCRIBE, request, 1]);
    expect(() => {
      router.expectSilence();
    }).toThrow('10 messages came');
    router.readOn();
    expect(router.received).toHaveLength(1_000);
  });

  it('lets the router stop reading, so that the buffer of the client fills', () => {
    const { router, link } = connected();
    router.stopReading();
    link.next([Code.UNSUBSCRIBE, 1, 1]);
    router.expectSilence();
    expect(link.bufferedBytes).toBe('[34,1,1]'.length);
    router.readOn();
    expect(link.bufferedBytes).toBe(0);
    router.expect(Code.UNSUBSCRIBE);
  });

  it('tells the client what the options say of the router', () => {
    const { link } = connected({ info: { peer: 'wss://router.example' } });
    expect(link.info).toEqual({ kind: 'memory', secure: true, peer: 'wss://router.example' });
  });

  it('speaks the serializer of the options', () => {
    const seen: WampMessage[] = [];
    const serializer = {
      name: 'shout',
      binary: false,
      encode: (message: WampMessage) => `${JSON.stringify(message)}!`,
      decode: (frame: string | Uint8Array) => JSON.parse(String(frame).slice(0, -1)) as unknown,
    };
    const { router, link } = connected({ serializer });
    link.subscribe((message) => seen.push(message));
    link.sendFrame('[34,1,1]!');
    router.expect(Code.UNSUBSCRIBE);
    router.sendRaw('[35,1]!');
    expect([link.protocol, seen]).toEqual(['wamp.2.shout', [[35, 1]]]);
  });
});
