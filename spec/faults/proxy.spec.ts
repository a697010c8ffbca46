import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { FaultProxy, type ProxyOptions } from '../../scripts/soak/proxy.mjs';
import { tcpServer, Wire } from '../transports/sockets.js';

/** A server behind a proxy, a client before it, and the connection that the server sees. */
interface Pair {
  readonly proxy: FaultProxy;
  readonly client: Wire;
  readonly server: Wire;
  /** Every connection that the server saw. */
  readonly served: Wire[];
  readonly next: () => Promise<Wire>;
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function proxied(options: Partial<ProxyOptions> = {}): Promise<Omit<Pair, 'client' | 'server'>> {
  const served: Wire[] = [];
  let tell: (wire: Wire) => void = () => undefined;
  const server = await tcpServer((wire) => {
    served.push(wire);
    tell(wire);
  });
  const proxy = await FaultProxy.open({ port: server.port, ...options });
  closers.push(
    () => proxy.close(),
    () => server.close(),
  );
  return { proxy, served, next: () => new Promise((resolve) => (tell = resolve)) };
}

async function pair(options: Partial<ProxyOptions> = {}): Promise<Pair> {
  const { proxy, served, next } = await proxied(options);
  const accepted = next();
  const client = await Wire.to(proxy.port);
  const server = await accepted;
  return { proxy, client, server, served, next };
}

const text = async (wire: Wire, length: number): Promise<string> => (await wire.octets(length)).toString();

/** Lets everything happen that can by now: others' octets go to and fro some times in the same event loop. */
async function settle(): Promise<void> {
  const echo = await tcpServer((wire) => wire.socket.pipe(wire.socket));
  const wire = await Wire.to(echo.port);
  for (let i = 0; i < 8; i++) {
    wire.write('.');
    await wire.octets(1);
  }
  await echo.close();
}

/** How a connection ends: with an error's code, or in order. */
const endOf = (wire: Wire): Promise<string> =>
  new Promise((resolve) => {
    wire.socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    wire.socket.once('end', () => resolve('FIN'));
  });

/** What comes, piece by piece, until it is so long. */
async function pieces(wire: Wire, length: number, begin: () => void = () => undefined): Promise<number[]> {
  const sizes: number[] = [];
  begin();
  while (sizes.reduce((sum, size) => sum + size, 0) < length) {
    const [chunk] = (await once(wire.socket, 'data')) as [Buffer];
    sizes.push(chunk.length);
  }
  return sizes;
}

describe('the fault proxy', () => {
  it('without a fault passes on what both say, and FIN', async () => {
    const { client, server, proxy } = await pair();
    client.write('ping');
    expect(await text(server, 4)).toBe('ping');
    server.write('pong');
    expect(await text(client, 4)).toBe('pong');
    client.socket.end('bye');
    expect((await server.closed).toString()).toBe('bye');
    await client.closed;
    expect(proxy.accepted).toBe(1);
  });

  it('passes on RST', async () => {
    const { client, server } = await pair();
    const ended = endOf(server);
    client.socket.resetAndDestroy();
    expect(await ended).toBe('ECONNRESET');
  });

  it.each([
    ['up', 'server'],
    ['down', 'client'],
  ] as const)('cut %s: FIN to the %s, after what was said before', async (direction, who) => {
    const both = await pair();
    const [ear, mouth] = who === 'server' ? [both.server, both.client] : [both.client, both.server];
    mouth.write('last words');
    const heard = text(ear, 10);
    const ended = endOf(ear);
    await heard;
    both.proxy.start({ kind: 'cut', direction });
    expect(await heard).toBe('last words');
    expect(await ended).toBe('FIN');
  });

  it('reset: RST to both', async () => {
    const { proxy, client, server } = await pair();
    const ended = Promise.all([endOf(client), endOf(server)]);
    proxy.start({ kind: 'reset' });
    expect(await ended).toStrictEqual(['ECONNRESET', 'ECONNRESET']);
  });

  it('vanish: what one says goes nowhere, the other way is as it was; healed, the connection is reset', async () => {
    const { proxy, client, server } = await pair();
    const heal = proxy.start({ kind: 'vanish', direction: 'up' });
    client.write('lost');
    server.write('heard');
    expect(await text(client, 5)).toBe('heard');
    const ended = endOf(server);
    heal();
    expect(await ended).toBe('ECONNRESET');
    expect((await server.closed).toString()).toBe('');
  });

  it('vanish: FIN goes nowhere either', async () => {
    const { proxy, client, server, next } = await pair();
    proxy.start({ kind: 'vanish' });
    client.socket.destroy();
    // What the proxy does for another connection it does after it has seen that.
    const another = next();
    await Wire.to(proxy.port);
    await another;
    expect(server.socket.readyState).toBe('open');
    const ended = endOf(server);
    await proxy.heal();
    expect(await ended).toBe('ECONNRESET');
  });

  it('vanish, when nothing was said meanwhile: healed, as if nothing had been', async () => {
    const { proxy, client, server } = await pair();
    proxy.start({ kind: 'vanish' })();
    client.write('here');
    expect(await text(server, 4)).toBe('here');
  });

  it('stall: reads no more, so that the sender is held up; healed, all of it comes', async () => {
    const { proxy, client, server } = await pair();
    const heal = proxy.start({ kind: 'stall', direction: 'up' });
    const block = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    // Until the kernel's buffers are full.
    while (client.socket.writableLength < 4 * block.length) {
      client.write(block);
      sent += block.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await settle();
    expect(server.socket.bytesRead).toBe(0);
    heal();
    const got = await server.octets(sent);
    expect(got.length).toBe(sent);
    expect(client.socket.writableLength).toBe(0);
  });

  it('throttle: not all at once; healed, the rest comes', async () => {
    const { proxy, client, server } = await pair();
    // Less than one of them in a turn.
    const heal = proxy.start({ kind: 'throttle', bytesPerSecond: 50 });
    const [first] = await pieces(server, 1, () => client.write('x'.repeat(1_000)));
    expect(first).toBeLessThan(1_000);
    heal();
    await server.octets(1_000);
  });

  it('split: pieces of so many bytes at most', async () => {
    const { proxy, client, server } = await pair({ seed: 7 });
    proxy.start({ kind: 'split', maxBytes: 1 });
    const chunks: Buffer[] = [];
    const all = pieces(server, 20);
    server.socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    client.write('twenty bytes in order');
    expect((await all).length).toBeGreaterThan(1);
    expect(Buffer.concat(chunks).toString().slice(0, 20)).toBe('twenty bytes in orde');
  });

  it('join: waits for more, and for so long at most', async () => {
    const { proxy, client, server } = await pair();
    const heal = proxy.start({ kind: 'join', bytes: 6, maxDelayMs: 1e9, direction: 'up' });
    client.write('abc');
    await settle();
    expect(server.socket.bytesRead).toBe(0);
    client.write('def');
    expect(await text(server, 6)).toBe('abcdef');
    heal();
    proxy.start({ kind: 'join', bytes: 6, maxDelayMs: 1, direction: 'up' });
    client.write('ghi');
    expect(await text(server, 3)).toBe('ghi');
  });

  it('garbage: so many octets, the same for the same seed, and never a frame', async () => {
    const { proxy, server, client } = await pair();
    for (const seed of [1, 1, 2]) proxy.start({ kind: 'garbage', bytes: 8, seed, direction: 'up' });
    proxy.start({ kind: 'garbage', bytes: 8, seed: 1, direction: 'down' });
    const [one, again, other] = [await server.octets(8), await server.octets(8), await server.octets(8)];
    expect(again).toStrictEqual(one);
    expect(other).not.toStrictEqual(one);
    expect([one[0], other[0]]).toStrictEqual([0xff, 0xff]);
    expect(await client.octets(8)).toStrictEqual(one);
  });

  it('duplicate: the server hears new clients twice, up to so many bytes; healed, the second voice is gone', async () => {
    const { proxy, next, served } = await proxied();
    const heal = proxy.start({ kind: 'duplicate', maxBytes: 4 });
    const first = next();
    const client = await Wire.to(proxy.port);
    await first;
    if (served.length < 2) await next();
    const [one, other] = served;
    client.write('hello, world');
    if (one === undefined || other === undefined) throw new Error('there are not two');
    const whole = await Promise.race([one.octets(12).then(() => one), other.octets(12).then(() => other)]);
    const double = whole === one ? other : one;
    const gone = double.closed;
    heal();
    expect((await gone).toString()).toBe('hell');
    expect(client.socket.readyState).toBe('open');
  });

  it('refuse: resets new connections, and leaves old ones alone', async () => {
    const { proxy, client, server, served } = await pair();
    const heal = proxy.start({ kind: 'refuse' });
    // It may come before the connection is even known to stand.
    expect(await endOf(new Wire(connect(proxy.port, '127.0.0.1')))).toBe('ECONNRESET');
    client.write('still');
    expect(await text(server, 5)).toBe('still');
    expect(served).toHaveLength(1);
    heal();
    expect(proxy.active).toStrictEqual([]);
  });

  it('refuse, closed: nobody listens, until it is healed', async () => {
    const { proxy, next } = await proxied();
    proxy.start({ kind: 'refuse', how: 'closed' });
    // The listening ends in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
    const socket = connect(proxy.port, '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    const { port } = proxy;
    await proxy.heal();
    const accepted = next();
    const client = await Wire.to(port);
    await accepted;
    client.socket.destroy();
  });

  it('slow handshake: nothing passes in a new connection before it is healed, or its time is up', async () => {
    const { proxy, next } = await proxied();
    const heal = proxy.start({ kind: 'slow handshake' });
    const accepted = next();
    const client = await Wire.to(proxy.port);
    client.write('first');
    const server = await accepted;
    server.write('greeting');
    await settle();
    expect([server.socket.bytesRead, client.socket.bytesRead]).toStrictEqual([0, 0]);
    heal();
    expect([await text(server, 5), await text(client, 8)]).toStrictEqual(['first', 'greeting']);

    proxy.start({ kind: 'slow handshake', delayMs: 1 });
    const second = next();
    const another = await Wire.to(proxy.port);
    another.write('late');
    expect(await text(await second, 4)).toBe('late');
  });

  it('several at a time', async () => {
    const { proxy, client, server } = await pair();
    proxy.start({ kind: 'split', maxBytes: 3, direction: 'up' });
    proxy.start({ kind: 'throttle', bytesPerSecond: 200, direction: 'up' });
    const stalled = proxy.start({ kind: 'stall', direction: 'up' });
    client.write('all of it');
    stalled();
    expect(await text(server, 9)).toBe('all of it');
    expect(proxy.active.map(({ kind }) => kind)).toStrictEqual(['split', 'throttle']);
  });

  it('closes with everything it has: connections that stall, that vanish, that were doubled', async () => {
    const { proxy, client, server } = await pair();
    proxy.start({ kind: 'duplicate' });
    const other = await Wire.to(proxy.port);
    proxy.start({ kind: 'stall' });
    proxy.start({ kind: 'vanish' });
    const ended = Promise.all([client.closed, server.closed, other.closed]);
    await proxy.close();
    await ended;
    expect(proxy.connections).toBe(0);
    const socket = connect(proxy.port, '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });
});
