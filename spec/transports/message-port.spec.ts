import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom, NEVER, take, toArray, type Subscription } from 'rxjs';
import { WampClient } from '../../src/index.js';
import {
  ConnectionLostError,
  isConnectionRefusedError,
  OverflowError,
  ProtocolViolationError,
  SerializationError,
  UsageError,
} from '../../src/protocol/errors.js';
import type { WampMessage } from '../../src/protocol/message.js';
import { Router } from '../../src/router/index.js';
import { json } from '../../src/serializers/json.js';
import { msgpack } from '../../src/serializers/msgpack.js';
import { Link } from '../../src/transports/link.js';
import { acceptPort, type AcceptedPort } from '../../src/transports/message-port-accept.js';
import type { PortLike } from '../../src/transports/message-port-like.js';
import {
  messagePortTransport,
  type MessagePortOptions,
  type MessagePortTransportOptions,
} from '../../src/transports/message-port.js';
import { fakeLocks, FakePort, portPair } from './message-port-fakes.js';
import { recording } from './recording.js';
import { settled } from '../session/support.js';

const event = (publication: number): WampMessage => [36, 1, publication, {}];
const text = '[36,1,1,{}]';

interface Ends {
  readonly links: Link[];
  readonly accepted: AcceptedPort[];
  readonly acceptor: Subscription;
  readonly gone: () => number;
}

function accepting(port: PortLike, options: MessagePortOptions = {}): Ends {
  const links: Link[] = [];
  const accepted: AcceptedPort[] = [];
  let gone = 0;
  const acceptor = acceptPort(
    port,
    (link, how) => {
      links.push(link);
      accepted.push(how);
    },
    options,
    () => gone++,
  );
  return { links, accepted, acceptor, gone: () => gone };
}

/** A connection over a fake channel. */
function connected(options: MessagePortTransportOptions = {}, there: MessagePortOptions = options) {
  const [near, far] = portPair();
  const ends = accepting(far, there);
  const { seen, stop } = recording(messagePortTransport(near, options));
  const [client] = seen;
  const [router] = ends.links;
  if (!(client instanceof Link) || router === undefined) throw new Error(`not connected: ${String(client)}`);
  return { near, far, ...ends, seen, stop, client, router, atClient: recording(client), atRouter: recording(router) };
}

function last(links: readonly Link[]): Link {
  const link = links.at(-1);
  if (link === undefined) throw new Error('nothing was accepted');
  return link;
}

/** What a dial failed with. */
function refusal(seen: readonly unknown[]) {
  const error = seen.at(-1);
  if (!isConnectionRefusedError(error)) throw new Error(`not refused: ${String(error)}`);
  return { message: error.message, fatal: error.fatal, cause: error.cause };
}

/** What was posted, without our mark and the connection. */
const said = ({ posted }: FakePort): unknown[][] => posted.map((one) => (one as unknown[]).slice(2));

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
});
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

describe('messagePortTransport', () => {
  it('opens, carries messages in order both ways, and closes in order', async () => {
    const { client, router, seen, atClient, atRouter, near, far } = connected();
    client.next([48, 1, {}, 'com.example.p', [undefined, new Uint8Array([1])]]);
    client.next(event(2));
    router.next(event(3));
    client.complete();
    await settled();
    expect(atRouter.seen).toStrictEqual([
      [48, 1, {}, 'com.example.p', [null, new Uint8Array([1])]],
      event(2),
      'complete',
    ]);
    expect(atClient.seen).toStrictEqual([event(3), 'complete']);
    expect(seen).toStrictEqual([client, 'complete']);
    expect([client.info.kind, client.info.secure, client.protocol]).toStrictEqual([
      'message-port',
      true,
      'wamp.2.json',
    ]);
    expect([near.started, near.closed, far.started, near.listening]).toStrictEqual([true, true, true, 0]);
  });

  it('is cold: asks for a port at every subscription, and gives up a dial that is unsubscribed', () => {
    const ports: FakePort[] = [];
    const transport = messagePortTransport(() => {
      const [near] = portPair();
      ports.push(near);
      return near;
    });
    expect(ports).toStrictEqual([]);
    transport.subscribe().unsubscribe();
    transport.subscribe().unsubscribe();
    expect(ports.map(({ closed, listening }) => [closed, listening])).toStrictEqual([
      [true, 0],
      [true, 0],
    ]);
    expect(said(ports[0] ?? new FakePort())).toStrictEqual([
      ['open', ['wamp.2.json'], undefined],
      ['close', 'terminated'],
    ]);
  });

  it('takes the first format offered that is spoken there too, bytes among them', () => {
    const { client, router, atRouter, near } = connected(
      { serializers: [msgpack(), json()] },
      { serializers: [json(), msgpack()] },
    );
    expect([client.protocol, router.protocol]).toStrictEqual(['wamp.2.msgpack', 'wamp.2.msgpack']);
    client.next(event(2));
    expect(atRouter.seen).toStrictEqual([event(2)]);
    expect(said(near).at(-1)).toStrictEqual(['frame', new Uint8Array([0x94, 36, 1, 2, 0x80])]);
    client.complete();
  });

  it('clones no more than the frame, where bytes are a view on a larger buffer', () => {
    const serializer = {
      name: 'view',
      binary: true,
      encode: () => new Uint8Array(1000).fill(7, 10, 11).subarray(10, 11),
      decode: (frame: string | Uint8Array) => [36, 1, frame[0], {}],
    };
    const { client, near, atRouter } = connected({ serializers: [serializer] });
    client.next(event(2));
    const [, frame] = said(near).at(-1) as [string, Uint8Array];
    expect(frame.buffer.byteLength).toBe(1);
    expect(atRouter.seen).toStrictEqual([event(7)]);
    client.complete();
  });

  it('refuses what cannot be sent as every transport does, before anything is posted', () => {
    const { client, near } = connected();
    const before = near.posted.length;
    expect(() => client.next([48, 1, {}, 'com.example.p', [() => 1]])).toThrow(SerializationError);
    expect(near.posted).toHaveLength(before);
    client.complete();
  });

  it.each([
    ['no format', { serializers: [] }],
    ['a format twice', { serializers: [json(), json()] }],
    ['a limit of nothing', { maxMessageBytes: 0 }],
  ])('throws at once on %s, at both ends', (_, options) => {
    expect(() => messagePortTransport(new FakePort(), options)).toThrow(UsageError);
    expect(() => accepting(new FakePort(), options)).toThrow(UsageError);
  });
});

describe('a dial that comes to nothing', () => {
  it('is refused when no format is common, for good', () => {
    const [near, far] = portPair();
    accepting(far, { serializers: [msgpack()] });
    const { seen } = recording(messagePortTransport(near));
    expect(refusal(seen)).toStrictEqual({
      message: 'connect: the other end of the port refused: none of the formats offered is spoken here',
      fatal: true,
      cause: undefined,
    });
  });

  it('is refused after openTimeoutMs', () => {
    const { seen } = recording(messagePortTransport(portPair()[0], { openTimeoutMs: 50 }));
    jest.advanceTimersByTime(49);
    expect(seen).toStrictEqual([]);
    jest.advanceTimersByTime(1);
    expect(refusal(seen)).toMatchObject({
      message: 'connect: the other end of the port did not answer within 50 ms',
      fatal: false,
    });
  });

  it('is refused when there is no port to be had, when it closes, and when the platform reports an error', () => {
    const none = recording(
      messagePortTransport(() => {
        throw new Error('no SharedWorker here');
      }),
    );
    expect(refusal(none.seen)).toMatchObject({ fatal: true, message: expect.stringContaining('no SharedWorker here') });
    for (const [type, what] of [
      ['close', 'is gone'],
      ['error', 'failed; the platform does not say why'],
    ] as const) {
      const [near] = portPair();
      const { seen } = recording(messagePortTransport(near));
      near.emit(type);
      expect(refusal(seen)).toMatchObject({ fatal: false, message: `connect: the other end of the port ${what}` });
      expect(near.listening).toBe(0);
    }
  });

  it('is refused when the answer is a format that was not offered, or no frame', () => {
    for (const answer of [['opened', 'wamp.2.cbor'], ['opened', 7], ['nonsense']]) {
      const [near, far] = portPair();
      const { seen } = recording(messagePortTransport(near));
      const [first] = near.posted as [[string, number]];
      far.postMessage(['rxwamp', first[1], ...answer]);
      expect(refusal(seen).fatal).toBe(true);
    }
  });
});

describe('the end of a connection', () => {
  it('is an error at the other end when it is cut', async () => {
    const { client, atRouter, atClient } = connected();
    client.terminate();
    await settled();
    expect(atRouter.seen).toStrictEqual([expect.any(ConnectionLostError)]);
    expect(atClient.seen).toStrictEqual(['complete']);
  });

  it('is told with its reason after a violation', () => {
    const { router, seen } = connected();
    router.error(new ProtocolViolationError('x', { attempted: 'receive' }));
    expect(String(seen[1])).toContain('closed it after a protocol violation');
  });

  it('comes with the close event where the platform has one', () => {
    const { far, near, atRouter, atClient, seen, gone } = connected();
    far.emit('close');
    near.emit('close');
    expect([atRouter.seen, atClient.seen]).toStrictEqual([
      [expect.any(ConnectionLostError)],
      [expect.any(ConnectionLostError)],
    ]);
    expect(seen[1]).toBeInstanceOf(ConnectionLostError);
    expect([gone(), near.listening, far.listening]).toStrictEqual([1, 0, 0]);
  });

  it('comes when something arrives that cannot be read', () => {
    const { near, seen } = connected();
    near.emit('messageerror');
    expect(seen[1]).toBeInstanceOf(ConnectionLostError);
  });

  it('is the acceptor’s to bring about', () => {
    const { acceptor, seen, far } = connected();
    acceptor.unsubscribe();
    expect(seen[1]).toBeInstanceOf(ConnectionLostError);
    expect([far.closed, far.listening]).toStrictEqual([true, 0]);
  });

  it('leaves a worker as it is, at both ends, and it can be dialed again', () => {
    const [near, far] = portPair();
    const worker = (port: FakePort): PortLike => ({
      postMessage: (message) => port.postMessage(message),
      addEventListener: (type, listener) => port.addEventListener(type, listener),
      removeEventListener: (type, listener) => port.removeEventListener(type, listener),
      close: () => port.close(),
    });
    const { links, gone } = accepting(worker(far));
    const transport = messagePortTransport(worker(near));
    for (const round of [1, 2]) {
      const { seen, stop } = recording(transport);
      expect(seen).toHaveLength(1);
      const there = recording(last(links));
      stop();
      expect(there.seen).toStrictEqual(['complete']);
      expect([links.length, near.closed, near.listening, far.closed, gone()]).toStrictEqual([
        round,
        false,
        0,
        false,
        0,
      ]);
    }
  });

  it('closes the port where there is one to close, at both ends', async () => {
    const { client, near, far, gone } = connected();
    client.complete();
    await settled();
    expect([near.closed, near.listening, far.closed, far.listening, gone()]).toStrictEqual([true, 0, true, 0, 1]);
  });
});

describe('acceptPort', () => {
  it('takes a new opening as the end of the one before', () => {
    const { near, far, atRouter, links } = connected();
    far.emit('message', { data: ['rxwamp', 7, 'open', ['wamp.2.json'], undefined] });
    expect(atRouter.seen).toStrictEqual([expect.any(ConnectionLostError)]);
    expect(links).toHaveLength(2);
    near.emit('close');
    far.emit('close');
  });

  it.each([
    ['a text', 'hello'],
    ['another program’s message', { type: 'install' }],
    ['a list of somebody else’s', ['app', 1, 'open', ['wamp.2.json']]],
    ['no connection', ['rxwamp', 'one', 'open', ['wamp.2.json']]],
    ['too many formats', ['rxwamp', 7, 'open', new Array(33).fill('wamp.2.json')]],
    ['a format that is no text', ['rxwamp', 7, 'open', [7]]],
    ['a lock with an endless name', ['rxwamp', 7, 'open', ['wamp.2.json'], 'x'.repeat(101)]],
    ['a frame for a connection nobody opened', ['rxwamp', 7, 'frame', '[]']],
  ])('leaves alone %s', (_, data) => {
    const [, far] = portPair();
    const { links } = accepting(far);
    far.emit('message', { data });
    expect(links).toStrictEqual([]);
    expect(far.posted).toStrictEqual([]);
  });

  it.each([
    ['no kind', []],
    ['an unknown kind', ['nonsense']],
    ['a frame that is an object', ['frame', {}]],
    ['a frame of other numbers', ['frame', new Uint16Array(1)]],
    ['a negative ack', ['ack', -1]],
    ['an ack that is no number', ['ack', 'all']],
    ['an unknown close', ['close', 'later']],
  ])('ends the connection alone on %s', (_, frame) => {
    const { near, atRouter, seen, client } = connected();
    const [first] = near.posted as [[string, number]];
    near.postMessage(['rxwamp', first[1], ...frame]);
    expect(atRouter.seen).toStrictEqual([expect.any(ProtocolViolationError)]);
    expect(seen).toStrictEqual([client, expect.any(ConnectionLostError)]);
  });

  it('gives a frame that is no message to the link, which says so while the port still stands', () => {
    const { near, atRouter, router } = connected();
    const [first] = near.posted as [[string, number]];
    near.postMessage(['rxwamp', first[1], 'frame', '{']);
    expect(atRouter.seen).toStrictEqual([expect.any(ProtocolViolationError)]);
    expect(router.isOpen).toBe(true);
    router.error(new ProtocolViolationError('x', { attempted: 'receive' }));
  });

  it('refuses a message beyond the limit', () => {
    const { client, router, atRouter } = connected({}, { maxMessageBytes: text.length });
    client.next(event(1));
    client.next(event(10));
    expect(atRouter.seen).toStrictEqual([event(1), expect.any(OverflowError)]);
    router.error(atRouter.seen[1]);
  });
});

describe('a slow reader', () => {
  it('is seen by who writes: what is not handled counts as not having left', async () => {
    const { client, router, atRouter } = connected();
    expect(router.pause()).toBe(true);
    client.next(event(1));
    client.next(event(2));
    jest.advanceTimersByTime(1000);
    expect([client.bufferedBytes, atRouter.seen]).toStrictEqual([2 * text.length, []]);
    router.resume();
    await settled();
    expect(atRouter.seen).toStrictEqual([event(1), event(2)]);
    expect(client.bufferedBytes).toBe(2 * text.length);
    jest.advanceTimersByTime(10);
    expect(client.bufferedBytes).toBe(0);
    client.complete();
  });

  it('tells of much at once, and of little together', () => {
    const { client, far } = connected();
    const long: WampMessage = [36, 1, 1, {}, ['x'.repeat(16 * 1024)]];
    client.next(long);
    expect(client.bufferedBytes).toBe(0);
    for (let count = 0; count < 100; count++) client.next(event(1));
    expect(said(far).filter(([kind]) => kind === 'ack')).toHaveLength(1);
    jest.advanceTimersByTime(10);
    expect(said(far).filter(([kind]) => kind === 'ack')).toHaveLength(2);
    client.complete();
  });

  it('keeps the order, the end included, and pauses again in the midst', async () => {
    const { client, router } = connected();
    const seen: unknown[] = [];
    router.subscribe({
      next: (message) => {
        seen.push(message);
        router.pause();
      },
      complete: () => seen.push('complete'),
    });
    router.pause();
    client.next(event(1));
    client.next(event(2));
    client.complete();
    router.resume();
    await settled();
    expect(seen).toStrictEqual([event(1)]);
    router.resume();
    await settled();
    expect(seen).toStrictEqual([event(1), event(2)]);
    router.resume();
    await settled();
    expect(seen).toStrictEqual([event(1), event(2), 'complete']);
  });

  it('is not made to keep without end', () => {
    const { client, router, atRouter, seen } = connected({}, { maxMessageBytes: text.length });
    router.pause();
    for (let count = 0; count < 5; count++) client.next(event(1));
    expect(atRouter.seen).toStrictEqual([expect.any(OverflowError)]);
    expect(seen[1]).toBeInstanceOf(ConnectionLostError);
  });
});

describe('a sign of life', () => {
  it('is given for the asking, also by who has paused', () => {
    const { client, router } = connected();
    router.pause();
    const { seen } = recording(client.ping?.() ?? NEVER);
    expect(seen).toStrictEqual([undefined, 'complete']);
    expect(client.received).toBe(1);
    client.complete();
  });
});

describe('with Web Locks', () => {
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };

  it('the page holds one while connected, and its going is noticed without any timer', async () => {
    const locks = fakeLocks();
    const [near, far] = portPair();
    const { links, accepted } = accepting(far, { locks });
    const { seen, stop } = recording(messagePortTransport(near, { locks }));
    expect(near.posted).toStrictEqual([]);
    await turns();
    expect(locks.held.size).toBe(1);
    expect(seen).toHaveLength(1);
    expect(accepted).toStrictEqual([{ isWatched: true }]);
    const there = recording(last(links));
    // The page is gone: it says nothing, and the platform lets its lock go.
    near.postMessage = () => undefined;
    near.close();
    stop();
    await turns();
    expect(there.seen).toStrictEqual([expect.any(ConnectionLostError)]);
    await turns();
    expect(locks.held.size).toBe(0);
  });

  it('a connection that ends leaves none behind, nor anybody who waits for one', async () => {
    const locks = fakeLocks();
    const [near, far] = portPair();
    const { links } = accepting(far, { locks });
    const { stop } = recording(messagePortTransport(near, { locks }));
    await turns();
    const there = recording(last(links));
    stop();
    await turns();
    expect(there.seen).toStrictEqual(['complete']);
    expect(locks.held.size).toBe(0);
  });

  it('opens without one where the platform refuses, or an end does without', async () => {
    const refusing = { request: () => Promise.reject(new Error('not here')) };
    for (const [here, there] of [
      [refusing, fakeLocks()],
      [false, fakeLocks()],
      [fakeLocks(), false],
    ] as const) {
      const [near, far] = portPair();
      const { accepted } = accepting(far, { locks: there });
      const { seen, stop } = recording(messagePortTransport(near, { locks: here }));
      await turns();
      expect(seen).toHaveLength(1);
      expect(accepted).toStrictEqual([{ isWatched: false }]);
      stop();
    }
  });
});

describe('over a real MessageChannel', () => {
  beforeEach(() => {
    jest.useRealTimers();
  });
  afterEach(() => {
    jest.useFakeTimers();
  });

  it('a client talks to a router, and each notices the other close', async () => {
    const { port1, port2 } = new MessageChannel();
    const router = new Router({ realms: { realm1: {} } });
    const gone = new Promise<void>((resolve) => {
      acceptPort(port2, (link) => router.accept(link), {}, resolve);
    });
    const wamp = new WampClient({ transport: messagePortTransport(port1), realm: 'realm1', retry: false });
    wamp.connect();
    await firstValueFrom(wamp.session$);
    const events = firstValueFrom(wamp.topic('com.example.t').pipe(take(2), toArray()));
    wamp.publish('com.example.t', [2n ** 60n, new Uint8Array([1, 2])], { exclude_me: false });
    wamp.publish('com.example.t', ['x'], { exclude_me: false });
    expect((await events).map(({ args }) => args)).toStrictEqual([[2n ** 60n, new Uint8Array([1, 2])], ['x']]);
    expect(router.statistics.sessions).toBe(1);
    await wamp.close();
    await gone;
    expect(router.statistics.sessions).toBe(0);
    await router.close();
  });

  it('what the other end did not say is said by the platform', async () => {
    const { port1, port2 } = new MessageChannel();
    acceptPort(port2, () => undefined);
    const ended = new Promise((resolve) => {
      messagePortTransport(port1).subscribe({ next: () => port2.close(), error: resolve });
    });
    expect(await ended).toBeInstanceOf(ConnectionLostError);
  });
});
