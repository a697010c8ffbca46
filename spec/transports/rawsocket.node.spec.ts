import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom, NEVER, switchMap } from 'rxjs';
import { rawSocketTransport, type RawSocketTransportOptions } from 'rxwamp/node';
import { ConnectionLostError, OverflowError, ProtocolViolationError, UsageError } from '../../src/protocol/errors.js';
import type { WampMessage } from '../../src/protocol/message.js';
import { cbor } from '../../src/serializers/cbor.js';
import { json } from '../../src/serializers/json.js';
import { msgpack } from '../../src/serializers/msgpack.js';
import { batched } from '../../src/transports/batched.js';
import { serverTls } from './certificates.js';
import { recording } from './recording.js';
import { dialed, endOf, refusalOf, tcpServer, type Wire } from './sockets.js';

const event = (publication: number, ...args: unknown[]): WampMessage => [36, 1, publication, {}, args];
const octets = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const framed = (text: string): Buffer => {
  const frame = Buffer.concat([Buffer.alloc(4), Buffer.from(text)]);
  frame.writeUInt32BE(frame.length - 4);
  return frame;
};

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A router that does what a spec says, octet by octet. */
async function scripted(serve: (wire: Wire) => unknown): Promise<number> {
  const server = await tcpServer(serve);
  cleanups.push(server.close);
  return server.port;
}

type Options = Partial<Omit<RawSocketTransportOptions, 'port' | 'path' | 'host'>>;

const to = (port: number, options: Options = {}) => rawSocketTransport({ host: '127.0.0.1', port, ...options });

/** A router that agrees to everything, and a client connected to it. */
async function connected(options: Options = {}, reply = '7f f1 00 00') {
  let accept: (wire: Wire) => void = () => undefined;
  const wire = new Promise<Wire>((resolve) => (accept = resolve));
  const port = await scripted(async (one) => {
    await one.octets(4);
    one.write(octets(reply));
    accept(one);
  });
  return { ...(await dialed(to(port, options))), wire: await wire };
}

describe('rawSocketTransport', () => {
  it.each<[string, RawSocketTransportOptions]>([
    ['no format', { port: 1, serializers: [] }],
    ['a format twice', { port: 1, serializers: [json(), json()] }],
    ['a batched format', { port: 1, serializers: [batched(cbor())] }],
    ['no room for a message', { port: 1, maxMessageBytes: 0 }],
    ['port 0', { port: 0 }],
    ['port 65536', { port: 65_536 }],
    ['an empty path', { path: '' }],
  ])('refuses %s', (_, options) => {
    expect(() => rawSocketTransport(options)).toThrow(UsageError);
  });

  describe('C-38: shaking hands', () => {
    it.each([
      ['JSON and 16 MiB by default', {}, '7f f1 00 00'],
      ['MessagePack', { serializers: [msgpack()] }, '7f f2 00 00'],
      ['CBOR and 64 KiB', { serializers: [cbor()], maxMessageBytes: 65_536 }, '7f 73 00 00'],
      ['the next lower power of two', { maxMessageBytes: 1_000_000 }, '7f a1 00 00'],
      ['512 bytes when it takes less', { maxMessageBytes: 100 }, '7f 01 00 00'],
    ])('asks for %s', async (_, options, expected) => {
      let asked: (request: Buffer) => void = () => undefined;
      const request = new Promise<Buffer>((resolve) => (asked = resolve));
      const port = await scripted(async (wire) => asked(await wire.octets(4)));
      const { stop } = recording(to(port, options));
      expect(await request).toStrictEqual(octets(expected));
      stop();
    });

    it.each([
      ['speaks none of the formats offered', '7f 10 00 00', true],
      ['does not accept the largest message length', '7f 20 00 00', true],
      ['says that reserved bits were set', '7f 30 00 00', true],
      ['has as many connections as it allows', '7f 40 00 00', false],
      ['refused with error code 9', '7f 90 00 00', false],
      ['refused with error code 0', '7f 00 00 00', false],
      ['was asked for serializer 1 and picked 2', '7f f2 00 00', true],
      ['set octets that are reserved', '7f f1 00 01', false],
      ['does not speak RawSocket', '48', false],
    ])('is refused by a router that %s, %s', async (what, reply, fatal) => {
      let closed: Promise<Buffer> | undefined;
      const port = await scripted((wire) => {
        closed = wire.closed;
        wire.write(octets(reply));
      });
      expect(await refusalOf(to(port))).toMatchObject({
        name: 'ConnectionRefusedError',
        message: expect.stringContaining(`tcp:127.0.0.1:${port} ${what}`),
        attempted: 'connect',
        fatal,
      });
      await closed;
    });

    it('offers the next format on a new connection when one is not spoken', async () => {
      const asked: number[] = [];
      const port = await scripted(async (wire) => {
        const [, terms = 0] = await wire.octets(4);
        asked.push(terms & 0x0f);
        wire.write(octets(asked.length < 3 ? '7f 10 00 00' : '7f f1 00 00'));
      });
      const { link } = await dialed(to(port, { serializers: [cbor(), msgpack(), json()] }));
      expect(asked).toStrictEqual([3, 2, 1]);
      expect(link.protocol).toBe('wamp.2.json');
    });

    it('is refused, which may pass, by one that hangs up', async () => {
      const port = await scripted(async (wire) => {
        await wire.octets(4);
        wire.socket.end();
      });
      expect(await refusalOf(to(port))).toMatchObject({
        fatal: false,
        message: expect.stringContaining('hung up instead of answering, as some do that do not speak json'),
      });
    });

    it('reads an answer octet by octet, and what comes right behind it', async () => {
      const port = await scripted(async (wire) => {
        await wire.octets(4);
        wire.socket.setNoDelay();
        const all = Buffer.concat([octets('7f f1 00 00'), framed('[36,1,7,{}]')]);
        for (const at of [0, 1, 2]) {
          wire.write(all.subarray(at, at + 1));
          await new Promise((resolve) => setImmediate(resolve));
        }
        wire.write(all.subarray(3));
      });
      expect(await firstValueFrom(to(port).pipe(switchMap((link) => link)))).toStrictEqual([36, 1, 7, {}]);
    });

    it('is refused where TLS does not trust, or cannot be set up', async () => {
      const { listen } = await import('rxwamp/router/node');
      const listener = await listen({ accept: () => undefined }, { tls: serverTls });
      cleanups.push(() => listener.close());
      expect(await refusalOf(to(listener.port, { tls: true }))).toMatchObject({
        message: expect.stringContaining('self-signed certificate'),
        fatal: false,
      });
      expect(await refusalOf(to(listener.port, { tls: { cert: 'none', key: 'none' } }))).toMatchObject({
        message: expect.stringContaining('cannot be dialed with these options'),
        fatal: true,
      });
    });

    describe('in time', () => {
      beforeEach(() => {
        jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
      });
      afterEach(() => {
        jest.useRealTimers();
      });

      it('is given up when the router does not answer, formats and all', async () => {
        const wires: Wire[] = [];
        const port = await scripted(async (wire) => {
          wires.push(wire);
          if (wires.length === 1) {
            await wire.octets(4);
            wire.write(octets('7f 10 00 00'));
          }
        });
        const refusal = refusalOf(to(port, { serializers: [cbor(), json()], connectTimeoutMs: 3_000 }));
        while (wires.length < 2) await new Promise((resolve) => setImmediate(resolve));
        await jest.advanceTimersByTimeAsync(2_999);
        expect(wires[1]?.socket.destroyed).toBe(false);
        await jest.advanceTimersByTimeAsync(1);
        expect(await refusal).toMatchObject({
          message: expect.stringContaining('did not open within 3000 ms'),
          cause: expect.objectContaining({ name: 'TimeoutError' }),
        });
        await wires[1]?.closed;
      });
    });

    it('is given up when it is unsubscribed from', async () => {
      let greeted: (wire: Wire) => void = () => undefined;
      const wire = new Promise<Wire>((resolve) => (greeted = resolve));
      const port = await scripted(async (one) => {
        await one.octets(4);
        greeted(one);
      });
      const { seen, stop } = recording(to(port));
      const { closed } = await wire;
      stop();
      await closed;
      expect(seen).toStrictEqual([]);
    });
  });

  describe('C-38: frames', () => {
    it('go out with their length in front, those of one tick in one piece', async () => {
      const { link, wire } = await connected();
      const pieces: number[] = [];
      wire.socket.on('data', (piece: Buffer) => pieces.push(piece.length));
      link.next(event(1));
      link.next(event(2, 'ä'));
      expect(await wire.octets(40)).toStrictEqual(
        Buffer.concat([framed('[36,1,1,{},[]]'), framed('[36,1,2,{},["ä"]]')]),
      );
      expect(pieces).toStrictEqual([40]);
    });

    it('are answered with one PONG each when they are PINGs, with the same octets, and in order', async () => {
      const { link, wire } = await connected();
      const { seen } = recording(link);
      link.next(event(1));
      wire.write(octets('01 00 00 05 68 65 6c 6c 6f 01 00 00 00'));
      wire.write(framed('[36,1,7,{}]'));
      expect(await wire.octets(18)).toStrictEqual(framed('[36,1,1,{},[]]'));
      expect(await wire.octets(13)).toStrictEqual(octets('02 00 00 05 68 65 6c 6c 6f 02 00 00 00'));
      expect(seen).toStrictEqual([[36, 1, 7, {}]]);
    });

    it('are PINGs of our own only when that was asked for', async () => {
      const without = await connected();
      expect(without.link.ping).toBeUndefined();
      const { link, wire } = await connected({ ping: true });
      link.next(event(1));
      const { seen } = recording(link.ping?.() ?? NEVER);
      expect(await wire.octets(18)).toStrictEqual(framed('[36,1,1,{},[]]'));
      const ping = await wire.octets(8);
      expect(ping.subarray(0, 4)).toStrictEqual(octets('01 00 00 04'));
      wire.write(Buffer.concat([octets('02 00 00 04'), ping.subarray(4)]));
      while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(seen).toStrictEqual([undefined, 'complete']);
    });

    it('stop being read while too many PONGs wait for a peer that does not read', async () => {
      const { link, wire } = await connected();
      wire.socket.removeAllListeners('data').pause();
      const ping = Buffer.concat([octets('01 01 00 00'), Buffer.alloc(65_536)]);
      // Far more than what both systems buffer together.
      for (let i = 0; i < 1_000; i++) wire.write(ping);
      for (let i = 0; i < 100; i++) await new Promise((resolve) => setImmediate(resolve));
      expect(link.bufferedBytes).toBeLessThan(1_000_000);
      let received = 0;
      wire.socket.on('data', (piece: Buffer) => (received += piece.length));
      wire.socket.resume();
      while (received < 1_000 * ping.length) await new Promise((resolve) => setImmediate(resolve));
      expect(link.isOpen).toBe(true);
    });

    it('are not sent when the router accepts less, which says so and leaves the connection as it is', async () => {
      const { link, wire } = await connected({}, '7f 01 00 00');
      const overhead = '[36,1,1,{},[""]]'.length;
      expect(() => link.next(event(1, 'x'.repeat(513 - overhead)))).toThrow(
        expect.objectContaining({ name: 'OverflowError', attempted: 'send', limit: 512 }),
      );
      // Octets count, not characters.
      expect(() => link.sendFrame('ä'.repeat(257))).toThrow(OverflowError);
      link.next(event(1, 'x'.repeat(512 - overhead)));
      expect((await wire.octets(516)).subarray(0, 4)).toStrictEqual(octets('00 00 02 00'));
    });

    it('are never 16 MiB, even if the router says that it takes them', async () => {
      const { link } = await connected({ serializers: [cbor()] }, '7f f3 00 00');
      expect(() => link.sendFrame(new Uint8Array(2 ** 24))).toThrow(
        expect.objectContaining({ name: 'OverflowError', limit: 2 ** 24 - 1 }),
      );
    });

    it.each([
      ['beyond what was announced', '00 01 00 01', OverflowError, 'wamp.error.payload_size_exceeded'],
      ['without octets', '00 00 00 00', ProtocolViolationError, 'wamp.error.protocol_violation'],
      ['of a reserved type', '03 00 00 01 00', ProtocolViolationError, 'wamp.error.protocol_violation'],
      ['with reserved bits', '80 00 00 01 00', ProtocolViolationError, 'wamp.error.protocol_violation'],
      ['of text that is not UTF-8', '00 00 00 01 ff', ProtocolViolationError, 'wamp.error.protocol_violation'],
    ])('%s end the connection with an ABORT', async (_, frame, kind, uri) => {
      const { link, ended, wire } = await connected({ maxMessageBytes: 65_536 });
      const end = endOf(link);
      wire.write(octets(frame));
      const error = await end;
      expect(error).toBeInstanceOf(kind);
      expect(await ended).toBe(error);
      const said = await wire.closed;
      expect(JSON.parse(said.subarray(4).toString())).toStrictEqual([3, { message: expect.any(String) }, uri]);
    });

    it('of 16 MiB announced and not sent take no memory', async () => {
      const { wire } = await connected();
      const before = process.memoryUsage().arrayBuffers;
      wire.write(octets('00 ff ff ff 00'));
      for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 22);
    });

    it('cut in the middle are a lost connection', async () => {
      const { link, wire } = await connected();
      const end = endOf(link);
      wire.write(octets('00 00 00 0d 5b'));
      wire.socket.end();
      expect(await end).toMatchObject({
        name: 'ConnectionLostError',
        message: expect.stringContaining('in the middle of a frame'),
      });
    });
  });

  it('is lost with what the system says when the router resets the connection', async () => {
    const { link, wire, ended } = await connected();
    const end = endOf(link);
    wire.socket.resetAndDestroy();
    const error = await end;
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error).toMatchObject({ cause: expect.objectContaining({ code: 'ECONNRESET' }) });
    expect(await ended).toBe(error);
  });

  it('closes after what was sent, and cuts off a router that does not close as well', async () => {
    const port = await scripted(async (wire) => {
      wire.socket.allowHalfOpen = true;
      await wire.octets(4);
      wire.write(octets('7f f1 00 00'));
    });
    const { link } = await dialed(to(port, { closeTimeoutMs: 20 }));
    const end = endOf(link);
    link.next(event(1));
    link.complete();
    expect(await end).toBeUndefined();
  });

  it('says where it leads', async () => {
    const { link, wire } = await connected();
    expect(link.info).toStrictEqual({
      kind: 'rawsocket',
      secure: false,
      peer: `tcp4:127.0.0.1:${wire.socket.localPort ?? 0}`,
    });
  });
});
