import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createServer } from 'node:http';
import { firstValueFrom, toArray } from 'rxjs';
import { value, WampClient, type WampClientOptions } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { longPollTransport } from 'rxwamp/long-poll';
import { msgpack } from 'rxwamp/msgpack';
import { Router } from 'rxwamp/router';
import { listen, longPoll, type LongPollOptions, type Listener } from 'rxwamp/router/node';
import { json } from 'rxwamp';

// Requests over loopback, on a machine that may have other things to do.
jest.setTimeout(60_000);

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Place {
  readonly url: string;
  readonly router: Router;
  readonly listener: Listener;
  client(options?: Partial<WampClientOptions>): WampClient;
}

async function place(options: LongPollOptions = {}): Promise<Place> {
  const router = new Router({ realms: { realm1: {} } });
  const listener = await listen(router, {
    requestHandlers: [longPoll(router, { pollTimeoutMs: 60_000, idleTimeoutMs: 90_000, ...options })],
  });
  cleanups.push(async () => {
    // Who opened by hand does not fetch the goodbye: the router waits for that until the listener ends it.
    await Promise.all([router.close(), listener.close()]);
  });
  const url = `http://127.0.0.1:${String(listener.port)}/lp`;
  const client = (more: Partial<WampClientOptions> = {}): WampClient => {
    const wamp = new WampClient({
      transport: longPollTransport({ url }),
      realm: 'realm1',
      closeTimeoutMs: 100,
      ...more,
    });
    cleanups.push(() => wamp.close());
    return wamp;
  };
  return { url, router, listener, client };
}

const post = (
  url: string,
  body?: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> => fetch(url, { method: 'POST', headers, ...(body !== undefined && { body }) });

/** Opens by hand. @returns the base of the connection. */
async function opened(url: string, protocols: unknown = ['wamp.2.json']): Promise<string> {
  const response = await post(`${url}/open`, JSON.stringify({ protocols }));
  expect(response.status).toBe(200);
  // What `open` answers with.
  const { transport } = (await response.json()) as { transport: string };
  return `${url}/${transport}`;
}

const HELLO = '[1,"realm1",{"roles":{"subscriber":{}}}]';

describe('R-49: long-poll', () => {
  it('is opened, sends, receives one message for each request, and is closed', async () => {
    const { url, router } = await place();
    const open = await post(`${url}/open`, JSON.stringify({ protocols: ['wamp.2.xml', 'wamp.2.json'] }));
    const { protocol, transport } = (await open.json()) as { protocol: string; transport: string };
    expect(protocol).toBe('wamp.2.json');
    expect(transport).toMatch(/^[\w-]{32}$/);
    const base = `${url}/${transport}`;
    const sent = await post(`${base}/send`, HELLO);
    expect([sent.status, await sent.text()]).toStrictEqual([204, '']);
    const welcome = await post(`${base}/receive`);
    expect([welcome.status, JSON.parse(await welcome.text())]).toStrictEqual([
      200,
      [2, expect.any(Number), expect.objectContaining({ realm: 'realm1' })],
    ]);
    expect(router.statistics.sessions).toBe(1);
    expect((await post(`${base}/close`)).status).toBe(204);
    expect(router.statistics.sessions).toBe(0);
    expect((await post(`${base}/receive`)).status).toBe(404);
  });

  it('answers with nothing after a while, and goes on', async () => {
    const { url } = await place({ pollTimeoutMs: 20 });
    const base = await opened(url);
    expect((await post(`${base}/receive`)).status).toBe(204);
    await post(`${base}/send`, HELLO);
    expect((await post(`${base}/receive`)).status).toBe(200);
  });

  it('takes a second request for the next message in place of the first', async () => {
    const { url } = await place();
    const base = await opened(url);
    const first = post(`${base}/receive`);
    await new Promise((resolve) => setImmediate(resolve));
    const second = post(`${base}/receive`);
    await post(`${base}/send`, HELLO);
    const statuses = await Promise.all([first, second].map(async (one) => (await one).status));
    expect(statuses.sort()).toStrictEqual([200, 204]);
  });

  it('takes a client that is silent for lost', async () => {
    const { url, router } = await place({ pollTimeoutMs: 20, idleTimeoutMs: 60 });
    const base = await opened(url);
    await post(`${base}/send`, HELLO);
    while (router.statistics.sessions > 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await post(`${base}/receive`)).status).toBe(404);
  });

  it.each([
    ['no JSON', 'x'],
    ['no list', '{"protocols":5}'],
    ['none that is served', '{"protocols":["wamp.2.xml"]}'],
  ])('is not opened with %s', async (_, body) => {
    const { url } = await place();
    expect((await post(`${url}/open`, body)).status).toBe(400);
  });

  it.each(['guessed/receive', 'guessed/send', 'guessed/close', 'guessed', 'open/x', ''])(
    'knows no %s',
    async (path) => {
      const { url, router } = await place();
      await opened(url);
      expect((await post(`${url}/${path}`, HELLO)).status).toBe(404);
      expect(router.statistics.connections).toBe(1);
    },
  );

  it('refuses another method, what is too large, and what is too many', async () => {
    const { url } = await place({ maxConnections: 1, maxMessageBytes: 100 });
    expect((await fetch(`${url}/open`)).status).toBe(405);
    const base = await opened(url);
    expect((await post(`${base}/send`, 'x'.repeat(101))).status).toBe(413);
    expect((await post(`${url}/open`, '{"protocols":["wamp.2.json"]}')).status).toBe(503);
  });

  it('ends the session alone whose client breaks the protocol', async () => {
    const { url, client } = await place();
    const wamp = client();
    wamp.connect();
    await firstValueFrom(wamp.session$);
    const base = await opened(url);
    await post(`${base}/send`, HELLO);
    await post(`${base}/receive`);
    await post(`${base}/send`, '[36]');
    const abort = await post(`${base}/receive`);
    expect(await abort.json()).toStrictEqual([3, expect.any(Object), 'wamp.error.protocol_violation']);
    expect((await post(`${base}/receive`)).status).toBe(404);
    expect(wamp.state.status).toBe('connected');
  });

  it('lets only pages connect that may', async () => {
    const { url } = await place({ allowedOrigins: ['https://app.example'] });
    const body = '{"protocols":["wamp.2.json"]}';
    expect((await post(`${url}/open`, body, { Origin: 'https://evil.example' })).status).toBe(403);
    const allowed = await post(`${url}/open`, body, { Origin: 'https://app.example' });
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toStrictEqual([
      200,
      'https://app.example',
    ]);
    const asked = await fetch(`${url}/open`, { method: 'OPTIONS', headers: { Origin: 'https://app.example' } });
    expect([asked.status, asked.headers.get('access-control-allow-methods')]).toStrictEqual([204, 'POST']);
  });

  it.each([json, msgpack, cbor])('carries a client’s calls, events and progress', async (serializer) => {
    const { url, client } = await place();
    const transport = longPollTransport({ url, serializers: [serializer()] });
    const [one, two] = [client({ transport }), client({ transport })];
    const events = firstValueFrom(two.topic('com.app.topic').pipe(value()));
    await firstValueFrom(two.session$);
    one.register('com.app.add', ({ args }) => Number(args[0]) + Number(args[1])).subscribe();
    await firstValueFrom(one.session$);
    one.publish('com.app.topic', [new Uint8Array([1, 255])]);
    expect(await events).toStrictEqual(new Uint8Array([1, 255]));
    expect(await firstValueFrom(two.call('com.app.add', [2, 3]).pipe(value()))).toBe(5);
  });

  it('stands on a server of one’s own, beside what that serves', async () => {
    const router = new Router({ realms: { realm1: {} } });
    const handler = longPoll(router);
    const server = createServer((request, response) => {
      if (!handler(request, response)) response.writeHead(418).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    cleanups.push(async () => {
      await handler.close?.();
      await router.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    expect((await post(`http://127.0.0.1:${String(port)}/other`)).status).toBe(418);
    await opened(`http://127.0.0.1:${String(port)}/lp`);
  });

  it.each([
    { serializers: [] },
    { maxMessageBytes: 0 },
    { pollTimeoutMs: 10, idleTimeoutMs: 10 },
    { pollTimeoutMs: 0 },
    { allowedOrigins: ['no origin'] },
  ])('refuses the options %p', (options) => {
    expect(() => longPoll({ accept: () => undefined }, options)).toThrow(
      expect.objectContaining({ name: 'UsageError' }),
    );
  });
});

describe('the client of long-poll', () => {
  it('names who refused, and why', async () => {
    const { url } = await place();
    const { cause } = await refusedBy({ url, serializers: [{ ...json(), name: 'xml' }] });
    expect(cause).toMatchObject({
      name: 'ConnectionRefusedError',
      fatal: true,
      message: expect.stringContaining(`${url} answered HTTP 400`),
    });
  });

  it.each([
    ['no JSON', 'x'],
    ['another format', '{"protocol":"wamp.2.cbor","transport":"abc"}'],
    ['no id', '{"protocol":"wamp.2.json"}'],
    ['an id that leads elsewhere', '{"protocol":"wamp.2.json","transport":"../../etc"}'],
  ])('is refused by a server that answers open with %s', async (_, answer) => {
    const server = createServer((_request, response) => response.end(answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const { cause } = await refusedBy({ url: `http://127.0.0.1:${String(port)}/lp` });
    expect(cause).toMatchObject({ name: 'ConnectionRefusedError' });
  });

  it.each(['ftp://example.com', '::', 'ws://example.com'])('refuses the URL %s', (url) => {
    expect(() => longPollTransport({ url })).toThrow(expect.objectContaining({ name: 'UsageError' }));
  });
});

/** How a client without a second attempt ends. */
async function refusedBy(options: Parameters<typeof longPollTransport>[0]): Promise<{ readonly cause?: unknown }> {
  const wamp = new WampClient({ transport: longPollTransport(options), realm: 'realm1', retry: false });
  wamp.connect();
  const states = await firstValueFrom(wamp.state$.pipe(toArray()));
  const last = states.at(-1);
  return { cause: last?.status === 'closed' ? last.cause : undefined };
}
