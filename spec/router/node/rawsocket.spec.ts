import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { firstValueFrom } from 'rxjs';
import { checkTls, Router } from 'rxwamp/router';
import { listen, type Listener, type ListenOptions } from 'rxwamp/router/node';
import { rawSocketTransport } from 'rxwamp/node';
import { WampClient } from 'rxwamp';
import { tlsCertificate } from 'rxwamp/auth';
import { cbor } from '../../../src/serializers/cbor.js';
import { json } from '../../../src/serializers/json.js';
import { msgpack } from '../../../src/serializers/msgpack.js';
import type { Link } from '../../../src/transports/link.js';
import { clientFingerprint, clientTls, serverTls } from '../../transports/certificates.js';
import { dialed, endOf, upgradeRequest, Wire } from '../../transports/sockets.js';

const octets = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const framed = (payload: string | Uint8Array): Buffer => {
  const frame = Buffer.concat([Buffer.alloc(4), Buffer.from(payload)]);
  frame.writeUInt32BE(frame.length - 4);
  return frame;
};

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A router behind a listener. */
async function routing(options: ListenOptions = {}): Promise<{ router: Router; listener: Listener }> {
  const router = new Router({ realms: { realm1: {} } });
  const listener = await listen(router, { closeTimeoutMs: 200, ...options });
  cleanups.push(() => Promise.all([router.close(), listener.close()]));
  return { router, listener };
}

/** A listener that keeps what it accepts. */
async function accepting(options: ListenOptions = {}): Promise<{ links: Link[]; listener: Listener }> {
  const links: Link[] = [];
  const listener = await listen({ accept: (link) => void links.push(link) }, { closeTimeoutMs: 200, ...options });
  cleanups.push(() => listener.close());
  return { links, listener };
}

async function wireTo(port: number): Promise<Wire> {
  const wire = await Wire.to(port);
  cleanups.push(() => wire.socket.destroy());
  return wire;
}

/** What a handshake is answered until the listener hangs up, or by the four octets of its answer. */
async function answered(port: number, hex: string): Promise<string> {
  const wire = await wireTo(port);
  wire.write(octets(hex));
  return (await wire.octets(4)).toString('hex');
}

const HELLO = '[1,"realm1",{"roles":{"caller":{},"subscriber":{}}}]';

/** One message off a wire. */
async function message(wire: Wire): Promise<unknown> {
  const prefix = await wire.octets(4);
  expect(prefix[0]).toBe(0);
  return JSON.parse((await wire.octets(prefix.readUInt32BE())).toString());
}

/** A raw client that has joined. */
async function joined(port: number): Promise<Wire> {
  const wire = await wireTo(port);
  wire.write(Buffer.concat([octets('7f f1 00 00'), framed(HELLO)]));
  expect((await wire.octets(4))[0]).toBe(0x7f);
  expect(await message(wire)).toMatchObject([2, expect.any(Number), {}]);
  return wire;
}

/** Whether a client of the same router is served all the while. */
async function bystander(port: number): Promise<() => Promise<void>> {
  const wire = await joined(port);
  let request = 0;
  return async () => {
    wire.write(framed(`[32,${++request},{},"com.example.topic${request}"]`));
    expect(await message(wire)).toMatchObject([33, request, expect.any(Number)]);
  };
}

describe('R-48: RawSocket on the port of the WebSocket', () => {
  it.each([
    ['7ff10000', '7ff10000', 'json'],
    ['7f020000', '7ff20000', 'msgpack'],
    ['7fd30000', '7ff30000', 'cbor'],
  ])('answers %s with %s, and speaks %s', async (request, answer, name) => {
    const { listener, links } = await accepting();
    expect(await answered(listener.port, request)).toBe(answer);
    expect(links.map(({ serializer, info }) => [serializer.name, info.kind, info.secure])).toStrictEqual([
      [name, 'rawsocket', false],
    ]);
    expect(listener.connections).toBe(1);
  });

  it.each([
    ['the next lower power of two', 1_000_000, '7fa10000'],
    ['512 bytes at the least', 100, '7f010000'],
    ['16 MiB at the most', 2 ** 30, '7ff10000'],
  ])('announces %s', async (_, maxMessageBytes, answer) => {
    const { listener } = await accepting({ maxMessageBytes });
    expect(await answered(listener.port, '7ff10000')).toBe(answer);
  });

  it.each([
    ['1: a serializer nobody has', '7ff40000', {}, '7f100000'],
    ['1: serializer 0', '7ff00000', {}, '7f100000'],
    ['1: one that is not served', '7ff20000', { serializers: [json(), cbor()] }, '7f100000'],
    ['2: too small a length', '7f110000', { rawSocket: { minPeerMessageBytes: 4_096 } }, '7f200000'],
    ['3: reserved bits', '7ff10001', {}, '7f300000'],
    ['3: reserved bits, of a serializer nobody has', '7fff8000', {}, '7f300000'],
  ])('turns away with error %s', async (_, request, options, answer) => {
    const { listener, links } = await accepting(options);
    const wire = await wireTo(listener.port);
    // What comes along with it is not looked at.
    wire.write(Buffer.concat([octets(request), framed(HELLO)]));
    expect((await wire.closed).toString('hex')).toBe(answer);
    expect(links).toHaveLength(0);
    expect(listener.connections).toBe(0);
  });

  it('turns away with error 4 when there are too many, of either kind', async () => {
    const { listener, links } = await accepting({ maxConnections: 1 });
    const first = await wireTo(listener.port);
    first.write(octets('7ff10000'));
    await first.octets(4);
    expect(await answered(listener.port, '7ff10000')).toBe('7f400000');
    const refused = await wireTo(listener.port);
    refused.write(upgradeRequest({ 'Sec-WebSocket-Protocol': 'wamp.2.json' }));
    expect((await refused.closed).toString()).toMatch(/^HTTP\/1\.1 503 /);
    first.socket.destroy();
    while (listener.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await answered(listener.port, '7ff10000')).toBe('7ff10000');
    expect(links).toHaveLength(2);
  });

  it('takes a handshake octet by octet', async () => {
    const { listener } = await accepting();
    const wire = await wireTo(listener.port);
    wire.socket.setNoDelay();
    for (const octet of octets('7ff10000')) {
      wire.write(Buffer.of(octet));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await wire.octets(4)).toString('hex')).toBe('7ff10000');
  });

  it.each([
    ['half a handshake', '7ff1'],
    ['nothing', ''],
  ])('hangs up on who says %s, in time and on closing', async (_, said) => {
    const impatient = await accepting({ handshakeTimeoutMs: 20 });
    const late = await wireTo(impatient.listener.port);
    late.write(octets(said));
    expect((await late.closed).toString('hex')).toBe('');
    const { listener } = await accepting();
    const wire = await wireTo(listener.port);
    wire.write(octets(said));
    // A round trip later it has been accepted.
    await answered(listener.port, '7ff10000');
    await listener.close();
    await wire.closed;
  });

  it.each([
    ['a frame of length 0', '00 00 00 00', 'wamp.error.protocol_violation'],
    ['an oversize length', '00 01 00 01', 'wamp.error.payload_size_exceeded'],
    ['an oversize PING', '01 01 00 01', 'wamp.error.payload_size_exceeded'],
    ['the 25th length bit', '08 00 00 00', 'wamp.error.payload_size_exceeded'],
    ['reserved bits', '40 00 00 01 00', 'wamp.error.protocol_violation'],
    ['a reserved type', '05 00 00 01 00', 'wamp.error.protocol_violation'],
    ['text that is not UTF-8', '00 00 00 02 c0 80', 'wamp.error.protocol_violation'],
    ['a message that is none', '00 00 00 02 5b 5d', 'wamp.error.protocol_violation'],
    ['an HTTP request', Buffer.from('GET /ws HTTP/1.1\r\n\r\n').toString('hex'), 'wamp.error.protocol_violation'],
  ])('ends a session with ABORT after %s, and touches no other', async (_, hex, uri) => {
    const { listener, router } = await routing({ maxMessageBytes: 65_536 });
    const works = await bystander(listener.port);
    const wire = await wireTo(listener.port);
    wire.write(Buffer.concat([octets('7f f1 00 00'), framed(HELLO)]));
    await wire.octets(4);
    await message(wire);
    await works();
    wire.write(Buffer.concat([octets(hex), framed('[32,1,{},"com.example.not.any.more"]')]));
    expect(await message(wire)).toStrictEqual([3, { message: expect.any(String) }, uri]);
    expect(await wire.closed).toHaveLength(0);
    await works();
    expect(router.statistics).toMatchObject({ sessions: 1, violations: 1 });
  });

  it('says 400 to what is neither RawSocket nor HTTP, and goes on', async () => {
    const { listener, links } = await accepting();
    const wire = await wireTo(listener.port);
    wire.write(octets('7e f1 00 00'));
    expect((await wire.closed).toString()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(links).toHaveLength(0);
    await answered(listener.port, '7ff10000');
  });

  it('answers each PING with one PONG', async () => {
    const { listener } = await routing();
    const wire = await joined(listener.port);
    wire.write(octets('01 00 00 03 61 62 63 01 00 00 00'));
    wire.write(framed('[32,1,{},"com.example.topic"]'));
    expect((await wire.octets(11)).toString('hex')).toBe('020000036162630200' + '0000');
    expect(await message(wire)).toMatchObject([33, 1, expect.any(Number)]);
  });

  it('sends no event that is larger than the client accepts, which stays', async () => {
    const { listener, router } = await routing();
    const wire = await wireTo(listener.port);
    // 2 KiB.
    wire.write(Buffer.concat([octets('7f 21 00 00'), framed(HELLO), framed('[32,1,{},"com.example.topic"]')]));
    await wire.octets(4);
    await message(wire);
    await message(wire);
    const publisher = new WampClient({ transport: router.transport(), realm: 'realm1' });
    cleanups.push(() => publisher.close());
    for (const size of [4_000, 10])
      await firstValueFrom(publisher.publish('com.example.topic', ['x'.repeat(size)], { acknowledge: true }));
    expect(await message(wire)).toMatchObject([
      36,
      expect.any(Number),
      expect.any(Number),
      expect.any(Object),
      ['x'.repeat(10)],
    ]);
  });

  it('is not served when it is not wanted', async () => {
    const { listener } = await accepting({ rawSocket: false });
    const wire = await wireTo(listener.port);
    wire.write(octets('7ff10000'));
    expect((await wire.closed).toString()).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('closes with the listener, after what was sent', async () => {
    const { listener, links } = await accepting();
    const wire = await wireTo(listener.port);
    wire.write(octets('7ff10000'));
    await wire.octets(4);
    links[0]?.next([36, 1, 2, {}]);
    const { port } = listener;
    await Promise.all([listener.close(), wire.closed]);
    expect(await wire.closed).toStrictEqual(framed('[36,1,2,{}]'));
    expect([listener.port, listener.url]).toStrictEqual([port, `ws://127.0.0.1:${port}/ws`]);
  });

  describe('with TLS', () => {
    it.each([
      ['JSON', json()],
      ['MessagePack', msgpack()],
      ['CBOR', cbor()],
    ])('admits who holds a certificate, in %s', async (_, serializer) => {
      const router = new Router({
        realms: {
          realm1: {
            authenticate: [
              checkTls({ principals: { [clientFingerprint]: { authid: 'device-1', authrole: 'device' } } }),
            ],
          },
        },
      });
      const listener = await listen(router, { tls: { ...serverTls, ca: clientTls.cert, requestCert: true } });
      cleanups.push(() => Promise.all([router.close(), listener.close()]));
      expect(listener.url).toBe(`wss://127.0.0.1:${listener.port}/ws`);
      const wamp = new WampClient({
        transport: rawSocketTransport({
          port: listener.port,
          tls: { ...clientTls, ca: serverTls.cert },
          serializers: [serializer],
        }),
        realm: 'realm1',
        auth: [tlsCertificate()],
      });
      wamp.connect();
      const session = await firstValueFrom(wamp.session$);
      expect(session).toMatchObject({ authid: 'device-1', authrole: 'device', authmethod: 'tls' });
      await wamp.close();
    });

    it('turns away who holds none, when one is asked for', async () => {
      const { listener, links } = await accepting({ tls: { ...serverTls, ca: clientTls.cert, requestCert: true } });
      const dial = dialed(rawSocketTransport({ port: listener.port, tls: { ca: serverTls.cert } }));
      await expect(dial).rejects.toMatchObject({ name: 'ConnectionRefusedError' });
      expect(links).toHaveLength(0);
    });

    it('is rid of a client whose octets are no TLS any more', async () => {
      const { listener, links } = await accepting({ tls: serverTls });
      const { socket } = await wireTo(listener.port);
      const secure = connectTls({ socket, ca: serverTls.cert, servername: 'localhost' });
      secure.on('error', () => undefined);
      await once(secure, 'secureConnect');
      secure.write(octets('7ff10000'));
      await once(secure, 'data');
      const [link] = links;
      const end = link && endOf(link);
      socket.write(Buffer.alloc(64, 0xff));
      expect(await end).toMatchObject({ name: 'ConnectionLostError' });
      while (listener.connections > 0) await new Promise((resolve) => setImmediate(resolve));
    });

    it('is no listener when the certificate is none', async () => {
      await expect(accepting({ tls: { key: 'none', cert: 'none' } })).rejects.toMatchObject({ name: 'UsageError' });
    });
  });

  describe('on a server handed over', () => {
    it.each([
      ['HTTP', createServer, undefined],
      ['HTTPS', (handler: Parameters<typeof createServer>[1]) => createTlsServer(serverTls, handler), serverTls.cert],
    ])('takes RawSocket from %s when told to, and leaves it as it was', async (_, create, ca) => {
      const server = create((__, response) => response.end('the app'));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      cleanups.push(() => once(server.close(), 'close'));
      // A server that listens on TCP has such an address.
      const { port } = server.address() as AddressInfo;
      const event = ca === undefined ? 'connection' : 'secureConnection';
      const before = server.listeners(event);
      const { listener, links } = await accepting({ server, rawSocket: true });
      const { hangUp } = await dialed(rawSocketTransport({ port, ...(ca && { tls: { ca } }) }));
      expect(links).toHaveLength(1);
      if (ca === undefined) {
        const [response] = (await once(get(`http://127.0.0.1:${port}/`, { agent: false }), 'response')) as [
          NodeJS.ReadableStream & { statusCode: number },
        ];
        expect(response.statusCode).toBe(200);
        response.resume();
      }
      hangUp();
      await listener.close();
      expect(server.listening).toBe(true);
      expect(server.listeners(event)).toStrictEqual(before);
    });

    it('does not take it unasked', async () => {
      const server = createServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      cleanups.push(() => once(server.close(), 'close'));
      await accepting({ server });
      const wire = await wireTo((server.address() as AddressInfo).port);
      wire.write(octets('7ff10000'));
      expect((await wire.closed).toString()).toMatch(/^HTTP\/1\.1 400 /);
    });

    it('refuses a server whose connections somebody else sorts', async () => {
      const server = createServer();
      await accepting({ server, rawSocket: true });
      await expect(accepting({ server, rawSocket: true })).rejects.toMatchObject({
        name: 'UsageError',
        message: expect.stringContaining('rawSocket'),
      });
    });
  });
});
