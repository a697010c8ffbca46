import { afterEach, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom, map, NEVER, ReplaySubject, take, tap, toArray } from 'rxjs';
import { nodeWebSocketTransport } from 'rxwamp/node';
import { CookieStore } from 'rxwamp/router';
import { listen, type Listener, type ListenOptions } from 'rxwamp/router/node';
import {
  ConnectionLostError,
  ConnectionRefusedError,
  OverflowError,
  ProtocolViolationError,
  TimeoutError,
} from '../../src/protocol/errors.js';
import type { WampMessage } from '../../src/protocol/message.js';
import { cbor } from '../../src/serializers/cbor.js';
import { json } from '../../src/serializers/json.js';
import { msgpack } from '../../src/serializers/msgpack.js';
import type { Frame } from '../../src/serializers/serializer.js';
import type { Link } from '../../src/transports/link.js';
import { webSocketTransport } from '../../src/transports/websocket.js';
import { dialNode } from '../../src/transports/websocket.node.js';
import { recording } from './recording.js';
import {
  acceptUpgrade,
  dialed,
  endOf,
  refusalOf,
  takeClientFrame,
  tcpServer,
  textFrame,
  type Wire,
} from './sockets.js';

const event = (publication: number, ...args: unknown[]): WampMessage => [36, 1, publication, {}, args];

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A listener, and the link of whoever connects first. */
async function listening(
  options?: ListenOptions,
): Promise<{ listener: Listener; accepted: Promise<Link>; url: string }> {
  const links = new ReplaySubject<Link>(1);
  const listener = await listen({ accept: (link) => links.next(link) }, options);
  cleanups.push(() => listener.close());
  return { listener, accepted: new Promise((resolve) => links.pipe(take(1)).subscribe(resolve)), url: listener.url };
}

/** Both ends of a connection. */
async function connected(options: Partial<Parameters<typeof webSocketTransport>[0]> = {}) {
  const { url, accepted, listener } = await listening();
  const connection = await dialed(webSocketTransport({ url, ...options }));
  return { ...connection, far: await accepted, listener };
}

/** A server that does what a spec says, octet by octet. */
async function scripted(serve: (wire: Wire) => unknown) {
  const server = await tcpServer(serve);
  cleanups.push(server.close);
  return server;
}

/** A server that accepts, and then does what a spec says; and a client connected to it. */
async function connectedTo(
  serve: (wire: Wire) => unknown,
  options: Partial<Parameters<typeof webSocketTransport>[0]> = {},
) {
  const { url } = await scripted(async (wire) => {
    await acceptUpgrade(wire, 'wamp.2.json');
    await serve(wire);
  });
  return dialed(webSocketTransport({ url, ...options }));
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a WebSocket between two programs', () => {
  it.each([
    ['JSON', json()],
    ['MessagePack', msgpack()],
    ['CBOR', cbor()],
  ])('carries %s both ways', async (_, serializer) => {
    const { link, far } = await connected({ serializers: [serializer] });
    expect([link.protocol, far.protocol]).toEqual(Array(2).fill(`wamp.2.${serializer.name}`));
    const message = event(2 ** 53, 'Grüße 🚀', -1.5, null, { nested: [true] }, new Uint8Array([0, 255]));
    const there = firstValueFrom(far);
    link.next(message);
    expect(await there).toEqual(message);
    const back = firstValueFrom(link);
    far.next(message);
    expect(await back).toEqual(message);
  });

  it('keeps the order of what is sent, in one tick and over many', async () => {
    const { link, far } = await connected();
    const received = firstValueFrom(far.pipe(take(1_000), toArray()));
    for (let i = 1; i <= 1_000; i++) {
      link.next(event(i));
      if (i % 300 === 0) await tick();
    }
    expect((await received).map(([, , publication]) => publication)).toEqual(
      Array.from({ length: 1_000 }, (_, i) => i + 1),
    );
  });

  it.each([
    ['JSON', json()],
    ['MessagePack', msgpack()],
  ])('carries messages of a megabyte in %s', async (_, serializer) => {
    const { link, far } = await connected({ serializers: [serializer] });
    const message = event(1, 'é'.repeat(500_000));
    const there = firstValueFrom(far);
    link.next(message);
    expect(await there).toEqual(message);
    const back = firstValueFrom(link);
    far.next(message);
    expect(await back).toEqual(message);
  });

  it('says who is at the other end', async () => {
    const { link, far, listener } = await connected();
    expect(link.info).toEqual({ kind: 'websocket', secure: false, peer: `tcp4:127.0.0.1:${listener.port}` });
    expect(far.info).toEqual({
      kind: 'websocket',
      secure: false,
      peer: expect.stringMatching(/^tcp4:127\.0\.0\.1:\d+$/),
    });
  });

  it('answers pings', async () => {
    const { link, far } = await connected();
    await expect(firstValueFrom(link.ping?.() ?? NEVER)).resolves.toBeUndefined();
    await expect(firstValueFrom(far.ping?.() ?? NEVER)).resolves.toBeUndefined();
    expect([link.received, far.received]).toEqual([1, 1]);
  });

  it('closes in order for both when the client unsubscribes, after what was sent', async () => {
    const { link, far, hangUp } = await connected();
    const { seen } = recording(far);
    const ends = Promise.all([endOf(link), endOf(far)]);
    link.next(event(1));
    hangUp();
    expect(await ends).toEqual([undefined, undefined]);
    expect(seen).toEqual([event(1), 'complete']);
  });

  it('closes in order for both when the server closes', async () => {
    const { link, far, ended } = await connected();
    const end = endOf(link);
    far.next(event(1));
    far.complete();
    expect(await Promise.all([end, endOf(far), ended])).toEqual([undefined, undefined, undefined]);
  });

  it('is lost for the one when the other cuts it', async () => {
    const first = await connected();
    const end = endOf(first.link);
    first.far.terminate();
    const error = await end;
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(await first.ended).toBe(error);
    const second = await connected();
    const farEnd = endOf(second.far);
    second.link.terminate();
    expect(await farEnd).toBeInstanceOf(ConnectionLostError);
    expect(await second.ended).toBeUndefined();
  });

  it('ends with 1002 for the one when the other sent nonsense', async () => {
    const { link, far, ended } = await connected();
    far.subscribe({ error: (error: unknown) => far.error(error) });
    link.sendFrame('nonsense');
    expect(await ended).toMatchObject({ name: 'ConnectionLostError', message: expect.stringContaining('1002') });
  });

  it('lets the sender feel it when the receiver pauses, and loses nothing', async () => {
    const { link, far } = await connected();
    const chunk = 'x'.repeat(256 * 1024);
    const { seen } = recording(link);
    expect(link.pause()).toBe(true);
    for (let i = 0; i < 128; i++) far.next(event(i + 1, chunk));
    expect(far.bufferedBytes).toBeGreaterThan(128 * chunk.length);
    // A ping is behind all of it, and answered only when it has been read.
    const answered = firstValueFrom(far.ping?.() ?? NEVER);
    await tick();
    expect(far.bufferedBytes).toBeGreaterThan(chunk.length);
    expect(seen).toEqual([]);
    link.resume();
    await answered;
    expect(seen).toHaveLength(128);
    expect(far.bufferedBytes).toBe(0);
  });
});

describe('webSocketTransport in Node, dialing', () => {
  it('is refused where nobody listens, which may pass', async () => {
    const { url, close } = await tcpServer(() => undefined);
    await close();
    const error = await refusalOf(
      webSocketTransport({ url: url.replace('ws://', 'ws://user:secret@') + '?token=secret' }),
    );
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error).toMatchObject({ fatal: false, message: expect.stringContaining('ECONNREFUSED') });
    expect(String(error)).not.toContain('secret');
  });

  it('is refused for good by a listener that serves none of the formats', async () => {
    const { url } = await listening({ serializers: [json()] });
    const error = await refusalOf(webSocketTransport({ url, serializers: [cbor(), msgpack()] }));
    expect(error).toMatchObject({ fatal: true, message: expect.stringContaining('HTTP 400 Bad Request') });
  });

  it.each([
    ['none', undefined, 'picked none'],
    ['one that was not offered', 'wamp.2.cbor', 'picked "wamp.2.cbor"'],
    ['two', 'wamp.2.json, wamp.2.msgpack', 'picked "wamp.2.json, wamp.2.msgpack"'],
  ])('is refused for good by a server that picks %s of the subprotocols', async (_, picked, shown) => {
    const { url } = await scripted((wire) => acceptUpgrade(wire, picked));
    const error = await refusalOf(webSocketTransport({ url, serializers: [json(), msgpack()] }));
    expect(error).toMatchObject({
      fatal: true,
      message: expect.stringContaining(`was offered wamp.2.json, wamp.2.msgpack and ${shown}`),
    });
  });

  it.each([
    [200, false],
    [302, false],
    [400, true],
    [401, true],
    [403, true],
    [404, false],
    [410, true],
    [429, false],
    [500, false],
    [503, false],
  ])('is refused with HTTP %i: fatal %s', async (status, fatal) => {
    const { url } = await scripted((wire) =>
      wire.write(`HTTP/1.1 ${status} Whatever\r\nLocation: /\r\nContent-Length: 0\r\n\r\n`),
    );
    const error = await refusalOf(webSocketTransport({ url }));
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error).toMatchObject({ fatal, message: expect.stringContaining(`HTTP ${status}`) });
  });

  it.each([
    ['garbage', '\0\x01garbage\r\n\r\n'],
    [
      'another upgrade',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: wamp.2.json\r\n\r\n',
    ],
    [
      'the wrong proof',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: no\r\nSec-WebSocket-Protocol: wamp.2.json\r\n\r\n',
    ],
  ])('is refused by a server that answers with %s', async (_, answer) => {
    const { url } = await scripted((wire) => wire.write(answer));
    const error = await refusalOf(webSocketTransport({ url }));
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error).toMatchObject({ fatal: false });
  });

  it('is refused by a server that hangs up', async () => {
    const { url } = await scripted((wire) => wire.socket.destroy());
    expect(await refusalOf(webSocketTransport({ url }))).toBeInstanceOf(ConnectionRefusedError);
  });

  it('gives up a server that says nothing, and hangs up', async () => {
    const wires: Wire[] = [];
    const { url } = await scripted((wire) => wires.push(wire));
    const error = await refusalOf(webSocketTransport({ url, openTimeoutMs: 50 }));
    expect(error).toMatchObject({ name: 'ConnectionRefusedError', cause: expect.any(TimeoutError) });
    await wires[0]?.closed;
  });

  it('hangs up when it is unsubscribed before the server has answered', async () => {
    const arrived = new ReplaySubject<Wire>(1);
    const { url } = await scripted(async (wire) => {
      await wire.head();
      arrived.next(wire);
    });
    const { seen, stop } = recording(webSocketTransport({ url }));
    const wire = await firstValueFrom(arrived);
    stop();
    await wire.closed;
    expect(seen).toEqual([]);
  });
});

describe('webSocketTransport in Node, connected', () => {
  it('reads frames that come octet by octet, and messages in fragments', async () => {
    // '[33,1,2]', whole; then in three fragments with a ping between them. RFC 6455, 5.4.
    const octets = Buffer.concat([
      textFrame('[33,1,2]'),
      Buffer.from([0x01, 3, ...Buffer.from('[33')]),
      Buffer.from([0x89, 0]),
      Buffer.from([0x00, 2, ...Buffer.from(',1')]),
      Buffer.from([0x80, 3, ...Buffer.from(',2]')]),
    ]);
    const { link } = await connectedTo(async (wire) => {
      await takeClientFrame(wire);
      wire.socket.setNoDelay();
      for (const octet of octets) {
        wire.write(Buffer.from([octet]));
        await tick();
      }
    });
    const received = firstValueFrom(link.pipe(take(2), toArray()));
    link.next(event(1));
    expect(await received).toEqual([
      [33, 1, 2],
      [33, 1, 2],
    ]);
  });

  it.each([
    ['a gigabyte', 1024 ** 3],
    ['one octet more than 16 MiB', 16 * 1024 ** 2 + 1],
  ])('is closed with 1009 by the announcement of %s', async (_, length) => {
    const closing = new ReplaySubject<{ first: number; payload: Buffer }>(1);
    const { link, ended } = await connectedTo(async (wire) => {
      const header = Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
      header.writeUInt32BE(length, 6);
      wire.write(header);
      closing.next(await takeClientFrame(wire));
      wire.socket.end();
    });
    const error = await endOf(link);
    expect(error).toBeInstanceOf(OverflowError);
    expect(error).toMatchObject({ limit: 16 * 1024 * 1024 });
    expect(await ended).toBe(error);
    const { first, payload } = await firstValueFrom(closing);
    expect([first, payload.readUInt16BE()]).toEqual([0x88, 1009]);
  });

  it.each([
    ['reserved bits', Buffer.from([0xf1, 0]), 1002],
    ['a masked frame', Buffer.from([0x81, 0x80, 0, 0, 0, 0]), 1002],
    ['text that is no UTF-8', Buffer.from([0x81, 1, 0xff]), 1007],
  ])('is closed after %s', async (_, octets, code) => {
    const closing = new ReplaySubject<{ first: number; payload: Buffer }>(1);
    const { link } = await connectedTo(async (wire) => {
      wire.write(octets);
      closing.next(await takeClientFrame(wire));
      wire.socket.end();
    });
    expect(await endOf(link)).toBeInstanceOf(ProtocolViolationError);
    expect((await firstValueFrom(closing)).payload.readUInt16BE()).toBe(code);
  });

  it.each([
    ['1001', [0x03, 0xe9], undefined],
    ['no code', [], undefined],
    [
      '1011 and a reason',
      [0x03, 0xf3, ...Buffer.from('out of "luck"')],
      'the peer closed the WebSocket with 1011 "out of \\"luck\\""',
    ],
  ])('ends when the peer closes with %s', async (_, payload, message) => {
    const { link, ended } = await connectedTo(async (wire) => {
      wire.write(Buffer.from([0x88, payload.length, ...payload]));
      await takeClientFrame(wire);
      wire.socket.end();
    });
    const error = await endOf(link);
    if (message === undefined) expect(error).toBeUndefined();
    else expect(error).toMatchObject({ name: 'ConnectionLostError', message: `connection: ${message}` });
    expect(await ended).toBe(error);
  });

  it('is lost when the connection is reset, and says so', async () => {
    const { link } = await connectedTo(async (wire) => {
      await takeClientFrame(wire);
      // From within the delivery of data it would be an ordinary end.
      await tick();
      wire.socket.resetAndDestroy();
    });
    link.next(event(1));
    expect(await endOf(link)).toMatchObject({
      name: 'ConnectionLostError',
      message: expect.stringContaining('ECONNRESET'),
      cause: expect.objectContaining({ code: 'ECONNRESET' }),
    });
  });

  it('is lost when the peer hangs up without a closing handshake', async () => {
    const { link } = await connectedTo((wire) => wire.socket.end());
    expect(await endOf(link)).toMatchObject({ name: 'ConnectionLostError', message: expect.stringContaining('1006') });
  });

  it('hears no answer to a ping from a peer that gives none, and can be cut off', async () => {
    const wires: Wire[] = [];
    const { link, ended } = await connectedTo(async (wire) => {
      wires.push(wire);
      const { first } = await takeClientFrame(wire);
      wire.write(textFrame(`[33,1,${first}]`));
    });
    const ping = recording(link.ping?.() ?? NEVER);
    expect(await firstValueFrom(link)).toEqual([33, 1, 0x89]);
    expect(ping.seen).toEqual([]);
    link.terminate();
    await wires[0]?.closed;
    expect(await ended).toBeUndefined();
    expect(ping.seen).toEqual(['complete']);
  });

  it('does not wait for ever for a peer that does not answer the close', async () => {
    const closing = new ReplaySubject<{ first: number; payload: Buffer }>(1);
    const wires: Wire[] = [];
    const { link, hangUp } = await connectedTo(
      async (wire) => {
        wires.push(wire);
        closing.next(await takeClientFrame(wire));
      },
      { closeTimeoutMs: 50 },
    );
    const end = endOf(link);
    hangUp();
    const { first, payload } = await firstValueFrom(closing);
    expect([first, payload.readUInt16BE()]).toEqual([0x88, 1000]);
    await wires[0]?.closed;
    expect(await end).toBeUndefined();
  });

  it('delivers nothing while paused, not even what has been read', async () => {
    const { link } = await connectedTo(async (wire) => {
      await takeClientFrame(wire);
      wire.write(Buffer.concat(['[33,1,1]', '[33,1,2]', '[33,1,3]'].map(textFrame)));
    });
    const ids = link.pipe(
      tap(() => link.pause()),
      map(([, , id]) => id),
    );
    const { seen } = recording(ids);
    const next = () => firstValueFrom(link);
    for (const id of [1, 2, 3]) {
      const arrived = next();
      if (id === 1) link.next(event(1));
      else link.resume();
      await arrived;
      await tick();
      expect(seen.at(-1)).toBe(id);
    }
    expect(seen).toEqual([1, 2, 3]);
  });

  it('throws away an event that nobody reads before it is text, but not before it is known who reads', async () => {
    const { link } = await connectedTo(async (wire) => {
      await takeClientFrame(wire);
      const frames = ['[33,1,1]', '[33,1,5]', '[36,5,1,{}]', '[36,7,2,{},[broken', '[36,5,3,{}]', '[33,1,9]'];
      wire.write(Buffer.concat(frames.map(textFrame)));
    });
    const held = new Set<number>();
    link.skipEvents((subscription) => held.has(subscription));
    const seen: (readonly unknown[])[] = [];
    const done = firstValueFrom(
      link.pipe(
        tap((message) => {
          seen.push(message);
          // SUBSCRIBED, and what came after it, are held back by a pause.
          if (seen.length === 1) {
            link.pause();
            setImmediate(() => link.resume());
          }
          if (message[0] === 33) held.add(message[2]);
        }),
        filter(([, , id]) => id === 9),
      ),
    );
    link.next(event(1));
    await done;
    expect(seen).toEqual([
      [33, 1, 1],
      [33, 1, 5],
      [36, 5, 1, {}],
      [36, 5, 3, {}],
      [33, 1, 9],
    ]);
    expect(link.received).toBe(6);
  });

  it('reads the answer to its close also while paused', async () => {
    const { link, far } = await connected({ closeTimeoutMs: 3_600_000 });
    const ends = Promise.all([endOf(link), endOf(far)]);
    link.pause();
    far.next(event(1));
    link.complete();
    expect(await ends).toEqual([undefined, undefined]);
  });
});

describe('dialNode', () => {
  it('reports bytes, and the end once', async () => {
    const wires: Wire[] = [];
    const { url, port } = await scripted(async (wire) => {
      wires.push(wire);
      await acceptUpgrade(wire, 'wamp.2.msgpack');
      await takeClientFrame(wire);
      wire.write(Buffer.from([0x82, 1, 0x90, 0xf1, 0]));
      await takeClientFrame(wire);
      wire.socket.end();
    });
    const request = { url: new URL(url), protocols: ['wamp.2.msgpack'], maxMessageBytes: 100, closeTimeoutMs: 2_000 };
    const frames: Frame[] = [];
    const ends: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      dialNode({})(request, {
        refused: reject,
        opened: (_, connect, info) => {
          expect(info?.peer).toBe(`tcp4:127.0.0.1:${port}`);
          const socket = connect({
            frame: (frame) => frames.push(frame),
            pong: () => undefined,
            closed: (error) => {
              ends.push(error);
              resolve();
            },
          });
          socket.send(new Uint8Array([1]));
        },
      });
    });
    await wires[0]?.closed;
    await tick();
    await tick();
    expect(frames.map((frame) => [...Buffer.from(frame)])).toEqual([[0x90]]);
    expect(ends).toEqual([expect.any(ProtocolViolationError)]);
  });
});

describe('nodeWebSocketTransport', () => {
  it('sends headers', async () => {
    const { url, accepted } = await listening({ cookie: { store: new CookieStore(), name: 'session' } });
    const cookie = 'a1'.repeat(24);
    await dialed(nodeWebSocketTransport({ url, headers: { Cookie: `session=${cookie}` } }));
    expect((await accepted).info.cookie).toBe(cookie);
  });

  it('sends user and password of the URL', async () => {
    const requests: Promise<string>[] = [];
    const { url } = await scripted((wire) => requests.push(acceptUpgrade(wire, 'wamp.2.json')));
    await dialed(nodeWebSocketTransport({ url: url.replace('ws://', 'ws://Aladdin:open%20sesame@') }));
    // The example of RFC 7617, 2.
    expect(await requests[0]).toContain('Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
  });

  it('asks for no compression', async () => {
    const requests: Promise<string>[] = [];
    const { url } = await scripted((wire) => requests.push(acceptUpgrade(wire, 'wamp.2.json')));
    await dialed(nodeWebSocketTransport({ url }));
    expect(await requests[0]).not.toMatch(/sec-websocket-extensions/i);
  });

  it('is refused for good with headers that cannot be sent', async () => {
    const error = await refusalOf(
      nodeWebSocketTransport({ url: 'ws://127.0.0.1', headers: { Authorization: 'secret\n' } }),
    );
    expect(error).toMatchObject({ name: 'ConnectionRefusedError', fatal: true });
    expect(String(error)).not.toContain('secret');
  });
});
