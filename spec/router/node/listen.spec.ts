import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { firstValueFrom, ReplaySubject } from 'rxjs';
import { nodeWebSocketTransport } from 'rxwamp/node';
import { listen, type Listener, type ListenOptions } from 'rxwamp/router/node';
import {
  ConnectionLostError,
  OverflowError,
  ProtocolViolationError,
  UsageError,
} from '../../../src/protocol/errors.js';
import { cbor } from '../../../src/serializers/cbor.js';
import { json } from '../../../src/serializers/json.js';
import { msgpack } from '../../../src/serializers/msgpack.js';
import type { Link } from '../../../src/transports/link.js';
import { webSocketTransport } from '../../../src/transports/websocket.js';
import { clientFingerprint, clientTls, serverTls } from '../../transports/certificates.js';
import { clientFrame, dialed, endOf, refusalOf, upgradeRequest, Wire } from '../../transports/sockets.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A listener that answers every message with itself, and the link that was accepted last. */
async function listening(
  options?: ListenOptions,
): Promise<{ listener: Listener; accepted: Promise<Link>; links: Link[] }> {
  const links: Link[] = [];
  const latest = new ReplaySubject<Link>(1);
  const accept = (link: Link): void => {
    links.push(link);
    latest.next(link);
    link.subscribe({ next: (message) => link.next(message), error: (error: unknown) => link.error(error) });
  };
  const listener = await listen({ accept }, options);
  cleanups.push(() => listener.close());
  return { listener, accepted: firstValueFrom(latest), links };
}

async function wireTo(port: number): Promise<Wire> {
  const wire = await Wire.to(port);
  cleanups.push(() => wire.socket.destroy());
  return wire;
}

/** What an upgrade request is answered: the head, and what follows until the listener hangs up if it does. */
async function answered(port: number, headers?: Record<string, string>, path?: string): Promise<string> {
  const wire = await wireTo(port);
  wire.write(upgradeRequest(headers, path));
  const head = await wire.head();
  return head.startsWith('HTTP/1.1 101') ? head : head + (await wire.closed).toString();
}

/** A raw client that has been accepted. */
async function upgraded(port: number, headers: Record<string, string> = {}): Promise<Wire> {
  const wire = await wireTo(port);
  wire.write(upgradeRequest({ 'Sec-WebSocket-Protocol': 'wamp.2.json', ...headers }));
  expect(await wire.head()).toMatch(/^HTTP\/1\.1 101 /);
  return wire;
}

/** What GET is answered. */
const got = (url: string): Promise<{ status: number | undefined; text: string; upgrade: string | undefined }> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode, text, upgrade: response.headers.upgrade }));
    }).on('error', reject);
  });

const offered = { 'Sec-WebSocket-Protocol': 'wamp.2.json' };
const echo = Buffer.from([0x81, 8, ...Buffer.from('[33,1,2]')]);

describe('listen', () => {
  it('takes a free port of the loopback, and says which', async () => {
    const { listener } = await listening();
    expect(listener.port).toBeGreaterThan(0);
    expect(listener.url).toBe(`ws://127.0.0.1:${listener.port}/ws`);
    expect(listener.connections).toBe(0);
  });

  it.each([
    [{ host: '0.0.0.0', path: '/' }, /^ws:\/\/127\.0\.0\.1:\d+\/$/],
    [{ host: '127.0.0.1', path: '*' }, /^ws:\/\/127\.0\.0\.1:\d+\/$/],
  ])('says how to reach it at %j', async (options, url) => {
    const { listener } = await listening(options);
    expect(listener.url).toMatch(url);
    const { link } = await dialed(webSocketTransport({ url: listener.url }));
    expect(link.isOpen).toBe(true);
  });

  it.each([
    ['no formats', { serializers: [] }],
    ['no room for a message', { maxMessageBytes: 0 }],
    ['an origin that is none', { allowedOrigins: ['example.com'] }],
  ])('refuses %s', async (_, options) => {
    await expect(listening(options)).rejects.toBeInstanceOf(UsageError);
  });

  it('fails when the port is taken', async () => {
    const { listener } = await listening();
    await expect(listening({ port: listener.port })).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining('EADDRINUSE'),
    });
  });

  describe('R-46, R-47: choosing a format', () => {
    it.each([
      ['wamp.2.cbor, wamp.2.json', 'wamp.2.cbor'],
      ['wamp.2.json,wamp.2.cbor', 'wamp.2.json'],
      ['wamp.3.json, soap, wamp.2.msgpack , wamp.2.json', 'wamp.2.msgpack'],
    ])("takes the first of the client's it serves: of %s, %s", async (names, picked) => {
      const { listener, accepted } = await listening({ serializers: [json(), msgpack(), cbor()] });
      expect(await answered(listener.port, { 'Sec-WebSocket-Protocol': names })).toContain(
        `Sec-WebSocket-Protocol: ${picked}\r\n`,
      );
      expect((await accepted).protocol).toBe(picked);
    });

    it.each([
      ['none', undefined],
      ['an empty one', ''],
      ['only others', 'wamp.2.msgpack, wamp.2.json.batched'],
      ["the name of an object's own", 'constructor'],
    ])('answers 400 to a client that offers %s', async (_, names) => {
      const { listener, links } = await listening({ serializers: [json()] });
      const answer = await answered(listener.port, names === undefined ? {} : { 'Sec-WebSocket-Protocol': names });
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(answer).toContain('served: wamp.2.json');
      expect(links).toHaveLength(0);
    });
  });

  describe('answering HTTP', () => {
    it('says 426 to a request that is no WebSocket', async () => {
      const { listener } = await listening();
      expect(await got(`http://127.0.0.1:${listener.port}/ws?a=b`)).toEqual({
        status: 426,
        upgrade: 'websocket',
        text: expect.stringContaining('WAMP'),
      });
    });

    it('says 404 at another path', async () => {
      const { listener } = await listening();
      expect(await got(`http://127.0.0.1:${listener.port}/`)).toMatchObject({ status: 404 });
      expect(await answered(listener.port, offered, '/ws/other')).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    });

    it('takes a query, and every path when told so', async () => {
      const one = await listening();
      expect(await answered(one.listener.port, offered, '/ws?token=1')).toMatch(/^HTTP\/1\.1 101 /);
      const all = await listening({ path: '*' });
      expect(await answered(all.listener.port, offered, '/any/where')).toMatch(/^HTTP\/1\.1 101 /);
    });

    it('says 403 to a page of another host, and lets listed ones and loopback in', async () => {
      const { listener, links } = await listening({ allowedOrigins: ['https://app.example.com'] });
      const from = (origin: string): Promise<string> => answered(listener.port, { ...offered, Origin: origin });
      expect(await from('https://evil.example.com')).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
      expect(links).toHaveLength(0);
      expect(await from('https://app.example.com')).toMatch(/^HTTP\/1\.1 101 /);
      expect(await from('http://localhost:4200')).toMatch(/^HTTP\/1\.1 101 /);
    });

    it('does not believe the Host header', async () => {
      const { listener } = await listening();
      const wire = await wireTo(listener.port);
      const headers = { ...offered, Origin: 'http://rebound.example.com' };
      wire.write(upgradeRequest(headers).replace('Host: 127.0.0.1', 'Host: rebound.example.com'));
      expect(await wire.head()).toMatch(/^HTTP\/1\.1 403 /);
    });

    it('says 503 when there are too many, until one has left', async () => {
      const { listener, accepted } = await listening({ maxConnections: 1 });
      const first = await upgraded(listener.port);
      expect(listener.connections).toBe(1);
      expect(await answered(listener.port, offered)).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
      const gone = endOf(await accepted);
      first.socket.destroy();
      await gone;
      expect(await answered(listener.port, offered)).toMatch(/^HTTP\/1\.1 101 /);
    });

    it.each([
      ['garbage', '\0\x01\x02 garbage\r\n\r\n'],
      ['half a request', 'GET /ws HTTP/1.1\r\nHost'],
      ['a wrong key', upgradeRequest(offered).replace('dGhlIHNhbXBsZSBub25jZQ==', 'short')],
      ['another version', upgradeRequest(offered).replace('Version: 13', 'Version: 99')],
      ['another upgrade', upgradeRequest(offered).replace('Upgrade: websocket', 'Upgrade: h2c')],
      ['too large a head', upgradeRequest({ ...offered, Cookie: 'x'.repeat(100_000) })],
    ])('hangs up after %s, and goes on serving', async (_, request) => {
      // Half a request is what waits for it; whoever comes after has to be done within it.
      const { listener, links } = await listening({ handshakeTimeoutMs: 1_000 });
      const wire = await wireTo(listener.port);
      wire.write(request);
      expect((await wire.closed).toString()).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(links).toHaveLength(0);
      await upgraded(listener.port);
    });

    it('hangs up on a client that says nothing', async () => {
      const { listener } = await listening({ handshakeTimeoutMs: 100 });
      const wire = await wireTo(listener.port);
      await wire.closed;
    });
  });

  describe('a connection', () => {
    it("tells the router of the client's address, and of no cookie that is not its own", async () => {
      const { listener, accepted } = await listening();
      const wire = await upgraded(listener.port, { Cookie: 'session=1; a=b' });
      expect((await accepted).info).toEqual({
        kind: 'websocket',
        secure: false,
        cookie: undefined,
        peer: `tcp4:127.0.0.1:${wire.socket.localPort ?? 0}`,
      });
    });

    it('reads frames octet by octet, and what came with the request', async () => {
      const { listener } = await listening();
      const wire = await wireTo(listener.port);
      wire.socket.setNoDelay();
      wire.write(Buffer.concat([Buffer.from(upgradeRequest(offered)), clientFrame(0x81, '[33,1,2]')]));
      expect(await wire.head()).toMatch(/^HTTP\/1\.1 101 /);
      expect(await wire.octets(10)).toEqual(echo);
      for (const octet of clientFrame(0x81, '[33,1,2]')) {
        wire.write(Buffer.from([octet]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await wire.octets(10)).toEqual(echo);
    });

    it.each([
      ['a gigabyte', 1024 ** 3],
      ['one octet more than 16 MiB', 16 * 1024 ** 2 + 1],
    ])('is closed with 1009 by the announcement of %s, and the listener goes on', async (_, length) => {
      const { listener, accepted } = await listening();
      const wire = await upgraded(listener.port);
      const end = endOf(await accepted);
      const header = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
      header.writeUInt32BE(length, 6);
      wire.write(header);
      expect(await wire.octets(4)).toEqual(Buffer.from([0x88, 2, 0x03, 0xf1]));
      wire.socket.end();
      await wire.closed;
      expect(await end).toBeInstanceOf(OverflowError);
      const next = await upgraded(listener.port);
      next.write(clientFrame(0x81, '[33,1,2]'));
      expect(await next.octets(10)).toEqual(echo);
    });

    it('is closed with 1009 by fragments that are too large together', async () => {
      const { listener, accepted } = await listening({ maxMessageBytes: 150 });
      const wire = await upgraded(listener.port);
      const end = endOf(await accepted);
      wire.write(Buffer.concat([clientFrame(0x01, ' '.repeat(100)), clientFrame(0x80, ' '.repeat(100))]));
      expect(await wire.octets(4)).toEqual(Buffer.from([0x88, 2, 0x03, 0xf1]));
      expect(await end).toMatchObject({ name: 'OverflowError', limit: 150 });
    });

    it.each([
      ['binary on a textual format', clientFrame(0x82, '[33,1,2]')],
      ['no JSON', clientFrame(0x81, '[33,1,2')],
      ['no message', clientFrame(0x81, '[]')],
      ['a frame without a mask', Buffer.from([0x81, 0])],
    ])('is closed with 1002 by %s', async (_, frame) => {
      const { listener, accepted } = await listening();
      const wire = await upgraded(listener.port);
      const end = endOf(await accepted);
      wire.write(frame);
      expect(await wire.octets(4)).toEqual(Buffer.from([0x88, 2, 0x03, 0xea]));
      expect(await end).toBeInstanceOf(ProtocolViolationError);
    });

    it('is lost when the client vanishes', async () => {
      const { listener, accepted } = await listening();
      const wire = await upgraded(listener.port);
      const end = endOf(await accepted);
      wire.socket.destroy();
      expect(await end).toBeInstanceOf(ConnectionLostError);
    });

    it('completes when a page closes it without a code', async () => {
      const { listener, accepted } = await listening();
      const wire = await upgraded(listener.port);
      const end = endOf(await accepted);
      wire.write(clientFrame(0x88, ''));
      expect(await wire.octets(2)).toEqual(Buffer.from([0x88, 0]));
      expect(await end).toBeUndefined();
    });
  });

  describe('closing', () => {
    it('closes the connections with 1000, and frees the port', async () => {
      const { listener, accepted } = await listening();
      const { port } = listener;
      const { ended } = await dialed(webSocketTransport({ url: listener.url }));
      const wire = await upgraded(port);
      const end = endOf(await accepted);
      const closed = listener.close();
      expect(await wire.octets(4)).toEqual(Buffer.from([0x88, 2, 0x03, 0xe8]));
      wire.write(clientFrame(0x88, Buffer.from([0x03, 0xe8])));
      await closed;
      expect([await end, await ended]).toEqual([undefined, undefined]);
      expect(listener.connections).toBe(0);
      expect(await refusalOf(webSocketTransport({ url: `ws://127.0.0.1:${port}/ws` }))).toMatchObject({ fatal: false });
      const again = await listening({ port });
      expect(again.listener.port).toBe(port);
    });

    it('can be asked for twice, and by `await using`', async () => {
      const { listener } = await listening();
      await Promise.all([listener.close(), listener[Symbol.asyncDispose]()]);
      await listener.close();
    });

    it('waits for nobody who has not said what he wants', async () => {
      const { listener } = await listening();
      const silent = await wireTo(listener.port);
      const slow = await wireTo(listener.port);
      slow.write('GET /ws HTTP/1.1\r\n');
      await got(`http://127.0.0.1:${listener.port}/ws`);
      await listener.close();
      await Promise.all([silent.closed, slow.closed]);
    });

    it('cuts off who does not answer', async () => {
      const { listener } = await listening({ closeTimeoutMs: 50 });
      const wire = await upgraded(listener.port);
      await listener.close();
      await wire.closed;
    });
  });

  describe('on a server handed over', () => {
    async function serving(server: Server): Promise<number> {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      cleanups.push(async () => {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      });
      // A server that listens on TCP has such an address.
      return (server.address() as AddressInfo).port;
    }
    const app = (): Server => createServer((_, response) => response.end('the app'));

    it('leaves requests to it, and leaves it running', async () => {
      const server = app();
      const port = await serving(server);
      const { listener } = await listening({ server });
      expect(listener.url).toBe(`ws://127.0.0.1:${port}/ws`);
      const wire = await upgraded(port);
      expect(await got(`http://127.0.0.1:${port}/ws`)).toMatchObject({ status: 200, text: 'the app' });
      wire.socket.destroy();
      await listener.close();
      expect(server.listening).toBe(true);
      expect(server.listenerCount('upgrade')).toBe(0);
    });

    it('answers upgrades at other paths only when nobody else would', async () => {
      const server = app();
      const port = await serving(server);
      await listening({ server });
      expect(await answered(port, offered, '/other')).toMatch(/^HTTP\/1\.1 404 /);
      server.on('upgrade', ({ url }, socket) => {
        if (url === '/other') socket.end('HTTP/1.1 418 Mine\r\n\r\n');
      });
      expect(await answered(port, offered, '/other')).toMatch(/^HTTP\/1\.1 418 /);
      expect(await answered(port, offered)).toMatch(/^HTTP\/1\.1 101 /);
    });

    it('has no port while that does not listen', async () => {
      const { listener } = await listening({ server: app() });
      expect(listener.port).toBe(0);
    });

    it.each(['TLSv1.2', 'TLSv1.3'] as const)('takes %s from it, certificates and channel bindings', async (version) => {
      const server = createTlsServer({
        ...serverTls,
        ca: clientTls.cert,
        requestCert: true,
        maxVersion: version,
        minVersion: version,
      });
      const streams: TLSSocket[] = [];
      server.on('secureConnection', (stream) => streams.push(stream));
      const port = await serving(server);
      const { listener, accepted } = await listening({ server });
      expect(listener.url).toBe(`wss://127.0.0.1:${port}/ws`);
      const { link } = await dialed(
        nodeWebSocketTransport({ url: listener.url, tls: { ...clientTls, ca: serverTls.cert } }),
      );
      const { info } = await accepted;
      // RFC 5929, 3.1: the first Finished message, which in a full handshake is the client's.
      const [tls] = streams;
      if (version === 'TLSv1.2')
        expect(info.channelBindings?.['tls-unique']).toEqual(new Uint8Array(tls?.getPeerFinished() ?? []));
      expect(info.secure && link.info.secure).toBe(true);
      expect(info.clientCertificate).toEqual({ fingerprint256: clientFingerprint, subject: 'O=rxwamp, CN=device-1' });
      expect(link.info.clientCertificate).toBeUndefined();
      const [binding, ...more] = Object.entries(info.channelBindings ?? {});
      expect(binding?.[0]).toBe(version === 'TLSv1.3' ? 'tls-exporter' : 'tls-unique');
      expect(binding?.[1]).toHaveLength(version === 'TLSv1.3' ? 32 : 12);
      expect(more).toEqual([]);
      expect(link.info.channelBindings).toEqual(info.channelBindings);
    });

    it('tells of no certificate that nobody vouches for', async () => {
      const server = createTlsServer({ ...serverTls, requestCert: true, rejectUnauthorized: false });
      await serving(server);
      const { listener, accepted } = await listening({ server });
      await dialed(nodeWebSocketTransport({ url: listener.url, tls: { ...clientTls, ca: serverTls.cert } }));
      expect((await accepted).info.clientCertificate).toBeUndefined();
    });

    it('C-34: is not dialed when its certificate is not trusted', async () => {
      const server = createTlsServer(serverTls);
      await serving(server);
      const { listener } = await listening({ server });
      expect(await refusalOf(nodeWebSocketTransport({ url: listener.url }))).toMatchObject({
        name: 'ConnectionRefusedError',
        fatal: false,
        message: expect.stringContaining('self-signed certificate'),
      });
    });
  });
});
