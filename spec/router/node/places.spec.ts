import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import { WampClient } from 'rxwamp';
import { nodeWebSocketTransport, rawSocketTransport } from 'rxwamp/node';
import { Router } from 'rxwamp/router';
import { listen, type Listener, type ListenOptions, type RequestHandler } from 'rxwamp/router/node';
import { value } from 'rxwamp/operators';
import type { Link } from '../../../src/transports/link.js';
import { dialed, upgradeRequest, Wire } from '../../transports/sockets.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const folder = (): string => {
  const at = mkdtempSync(join(tmpdir(), 'rxwamp-'));
  cleanups.push(() => rmSync(at, { recursive: true, force: true }));
  return at;
};

async function accepting(options: ListenOptions): Promise<{ links: Link[]; listener: Listener }> {
  const links: Link[] = [];
  const listener = await listen({ accept: (link) => void links.push(link) }, { closeTimeoutMs: 200, ...options });
  cleanups.push(() => listener.close());
  return { links, listener };
}

async function got(url: string): Promise<{ status: number | undefined; text: string }> {
  // The event's declaration says what it comes with.
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, text };
}

describe('listening on a Unix socket', () => {
  it('serves both protocols there, secure and without a port', async () => {
    const socketPath = join(folder(), 'wamp.sock');
    const router = new Router({ realms: { realm1: {} } });
    const listener = await listen(router, { socketPath });
    cleanups.push(() => Promise.all([router.close(), listener.close()]));
    expect([listener.port, listener.url]).toStrictEqual([0, `ws+unix:${socketPath}:/ws`]);
    const transports = [rawSocketTransport({ path: socketPath }), nodeWebSocketTransport({ url: listener.url })];
    const [callee, caller] = transports.map((transport) => new WampClient({ transport, realm: 'realm1' }));
    await new Promise<void>((resolve) => {
      callee?.register('com.example.add', ({ args: [a, b] }) => Number(a) + Number(b)).subscribe(() => resolve());
    });
    const sum = caller?.call('com.example.add', [2, 3]).pipe(value());
    expect(await (sum && firstValueFrom(sum))).toBe(5);
    await Promise.all([callee?.close(), caller?.close()]);
  });

  it('tells the router that it is secure, and where', async () => {
    const socketPath = join(folder(), 'wamp.sock');
    const { links } = await accepting({ socketPath });
    const { link } = await dialed(rawSocketTransport({ path: socketPath }));
    const expected = { kind: 'rawsocket', secure: true, peer: `unix:${socketPath}` };
    expect([links[0]?.info, link.info]).toStrictEqual([expected, expected]);
  });

  it('has the mode that was asked for, and is removed on closing', async () => {
    const socketPath = join(folder(), 'wamp.sock');
    const { listener } = await accepting({ socketPath, socketMode: 0o640 });
    expect(statSync(socketPath).mode & 0o777).toBe(0o640);
    await listener.close();
    expect(existsSync(socketPath)).toBe(false);
  });

  it('replaces one that a crashed process left behind, and no other', async () => {
    const socketPath = join(folder(), 'wamp.sock');
    const crash = `require('net').createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', crash]);
    expect(existsSync(socketPath)).toBe(true);
    await accepting({ socketPath });
    await expect(accepting({ socketPath })).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining('EADDRINUSE'),
    });
    const file = join(folder(), 'file');
    writeFileSync(file, 'precious');
    await expect(accepting({ socketPath: file })).rejects.toMatchObject({ name: 'UsageError' });
    expect(statSync(file).size).toBe(8);
  });

  it.each<[string, ListenOptions]>([
    ['a port beside a Unix socket', { socketPath: '/x', port: 1 }],
    ['a host beside a Unix socket', { socketPath: '/x', host: '::1' }],
    ['a mode without one', { socketMode: 0o600 }],
    ['a port of a server handed over', { server: createServer(), port: 1 }],
    ['TLS of a server handed over', { server: createServer(), tls: {} }],
    ['a Unix socket of a server handed over', { server: createServer(), socketPath: '/x' }],
  ])('refuses %s', async (_, options) => {
    await expect(accepting(options)).rejects.toMatchObject({ name: 'UsageError' });
  });
});

describe('handlers of HTTP requests', () => {
  const lp: RequestHandler = ({ url }, response) => {
    if (url !== '/lp/open') return false;
    response.end('long-poll');
    return true;
  };

  it('are asked in turn, before the listener answers itself, and closed with it', async () => {
    const close = jest.fn<() => Promise<void>>().mockResolvedValue();
    const all: RequestHandler = Object.assign(
      ({ url }: IncomingMessage) => {
        expect(url).not.toBe('/lp/open');
        return false;
      },
      { close },
    );
    const { listener } = await accepting({ requestHandlers: [lp, all] });
    const at = `http://127.0.0.1:${listener.port}`;
    expect(await got(`${at}/lp/open`)).toStrictEqual({ status: 200, text: 'long-poll' });
    expect(await got(`${at}/lp/other`)).toMatchObject({ status: 404 });
    expect(await got(`${at}/ws`)).toMatchObject({ status: 426 });
    await listener.close();
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('stand in front of those of a server handed over, which gets the rest, and everything afterwards', async () => {
    const server = createServer((_, response) => response.end('the app'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => once(server.close(), 'close'));
    // A server that listens on TCP has such an address.
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { listener } = await accepting({ server, requestHandlers: [lp] });
    expect(await got(`${at}/lp/open`)).toStrictEqual({ status: 200, text: 'long-poll' });
    expect(await got(`${at}/other`)).toStrictEqual({ status: 200, text: 'the app' });
    await listener.close();
    expect(await got(`${at}/lp/open`)).toStrictEqual({ status: 200, text: 'the app' });
  });
});

describe('permessage-deflate', () => {
  const offered = { 'Sec-WebSocket-Protocol': 'wamp.2.json', 'Sec-WebSocket-Extensions': 'permessage-deflate' };

  /** The head a raw client's offer is answered with. */
  const headOf = async (options: ListenOptions): Promise<string> => {
    const { listener } = await accepting(options);
    const wire = await Wire.to(listener.port);
    cleanups.push(() => wire.socket.destroy());
    wire.write(upgradeRequest(offered));
    return wire.head();
  };

  it.each<[string, ListenOptions, string | undefined]>([
    ['not unless asked for', {}, undefined],
    ['without a common past by default', { perMessageDeflate: true }, 'server_no_context_takeover'],
    ['with one when told so', { perMessageDeflate: { contextTakeover: true } }, 'permessage-deflate\r\n'],
  ])('is agreed to %s', async (_, options, agreed) => {
    const head = await headOf(options);
    if (agreed === undefined) expect(head).not.toContain('permessage-deflate');
    else expect(head).toContain(agreed);
  });

  it('makes long messages small on the wire, and leaves short ones alone', async () => {
    const { listener, links } = await accepting({ perMessageDeflate: { thresholdBytes: 100, level: 9 } });
    const bytes = async (text: string, extensions: boolean): Promise<number> => {
      const wire = await Wire.to(listener.port);
      cleanups.push(() => wire.socket.destroy());
      const { 'Sec-WebSocket-Extensions': extension, ...without } = offered;
      wire.write(upgradeRequest(extensions ? { ...without, 'Sec-WebSocket-Extensions': extension } : without));
      await wire.head();
      const link = links.at(-1);
      link?.next([36, 1, 2, {}, [text]]);
      link?.complete();
      // The close frame comes last.
      const all = await wire.take((received) => {
        const at = received.indexOf(Buffer.from([0x88, 2, 0x03, 0xe8]));
        return at === -1 ? undefined : at;
      });
      return all.length;
    };
    expect(await bytes('x'.repeat(50), true)).toBe(await bytes('x'.repeat(50), false));
    expect(await bytes('x'.repeat(60_000), false)).toBeGreaterThan(60_000);
    expect(await bytes('x'.repeat(60_000), true)).toBeLessThan(200);
  });

  it('does not let a small message grow beyond the limit', async () => {
    const { listener, links } = await accepting({ perMessageDeflate: true, maxMessageBytes: 10_000 });
    const transport = nodeWebSocketTransport({ url: listener.url, perMessageDeflate: true });
    const { link } = await dialed(transport);
    const end = new Promise((resolve) => links[0]?.subscribe({ error: resolve }));
    link.next([36, 1, 2, {}, ['x'.repeat(100_000)]]);
    expect(await end).toMatchObject({ name: 'OverflowError', limit: 10_000 });
  });
});
