import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EMPTY, filter, firstValueFrom, from, map, of, take, tap, toArray, type Observable } from 'rxjs';
import { Code, WampClient, type ConnectionState, type WampClientOptions } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { json } from 'rxwamp';
import { WebSocketServer, type WebSocket } from 'ws';

/** A router of one word: it answers HELLO with WELCOME, in JSON. */
class Server {
  readonly sockets: WebSocket[] = [];
  readonly received: unknown[] = [];
  readonly #http = createServer();
  readonly #ws = new WebSocketServer({
    server: this.#http,
    handleProtocols: (offered) => (offered.has('wamp.2.json') ? 'wamp.2.json' : false),
  });

  constructor(readonly name: string) {
    this.#ws.on('connection', (socket) => {
      this.sockets.push(socket);
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as readonly unknown[];
        this.received.push(message);
        if (message[0] === Code.HELLO) socket.send(JSON.stringify([Code.WELCOME, 1, { agent: this.name, roles: {} }]));
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    // A TCP server that listens has an address of this kind.
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.sockets.splice(0)) socket.terminate();
  }

  async close(): Promise<void> {
    this.cut();
    this.#ws.close();
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}

const open: { close(): Promise<void> }[] = [];
async function serve(name: string): Promise<{ readonly server: Server; readonly url: string }> {
  const server = new Server(name);
  open.push(server);
  return { server, url: await server.listen() };
}
/** A port at which nobody listens any more. */
async function nobody(): Promise<string> {
  const server = new Server('nobody');
  const url = await server.listen();
  await server.close();
  return url;
}
function client(options: Partial<WampClientOptions>): WampClient {
  const wamp = new WampClient({ realm: 'realm1', retry: { initialDelayMs: 0 }, closeTimeoutMs: 0, ...options });
  open.unshift(wamp);
  return wamp;
}
/** What a spec waits for at its end: until then a failure is not unhandled. */
const awaited = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => undefined);
  return promise;
};
/** The agents of the next sessions; whenever there is one, `then` is called. */
function agents(wamp: WampClient, count: number, then: () => void = () => undefined): Promise<(string | undefined)[]> {
  const sessions = wamp.session$.pipe(
    take(count),
    tap(() => setImmediate(then)),
    map(({ agent }) => agent),
    toArray(),
  );
  const seen = awaited(firstValueFrom(sessions));
  wamp.connect();
  return seen;
}
const next = (wamp: WampClient, status: ConnectionState['status']): Promise<ConnectionState> =>
  awaited(firstValueFrom(wamp.state$.pipe(filter((state) => state.status === status))));

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

describe('url', () => {
  it('may be several, which are tried in turn', async () => {
    const [a, b] = [await serve('a'), await serve('b')];
    const cut = (): void => {
      a.server.cut();
      b.server.cut();
    };
    expect(await agents(client({ url: [a.url, await nobody(), b.url] }), 3, cut)).toStrictEqual(['a', 'b', 'a']);
  });

  it.each<[string, (url: string) => string | Promise<string> | Observable<string> | string[]]>([
    ['a text', (url) => url],
    ['a promise', async (url) => url],
    ['an Observable, of which the first counts', (url) => of(url, 'ws://never')],
    ['a list', (url) => [url]],
  ])('may be a function, asked at every attempt, that gives %s', async (_, give) => {
    const [a, b] = [await serve('a'), await serve('b')];
    const urls = [a.url, b.url, b.url];
    let asked = 0;
    const wamp = client({ url: () => give(urls[asked++] ?? '') });
    expect(await agents(wamp, 2, () => a.server.cut())).toStrictEqual(['a', 'b']);
    expect(asked).toBe(2);
  });

  it('that is a function may fail or give none, and is asked again', async () => {
    const { url } = await serve('a');
    const answers: (() => Observable<string>)[] = [
      () => {
        throw new Error('no token');
      },
      () => EMPTY,
      () => from(Promise.reject(new Error('offline'))),
    ];
    const wamp = client({ url: () => answers.shift()?.() ?? of(url) });
    const waits = awaited(
      firstValueFrom(
        wamp.state$.pipe(
          filter((state) => state.status === 'waiting'),
          take(3),
          toArray(),
        ),
      ),
    );
    expect(await agents(wamp, 1)).toStrictEqual(['a']);
    expect((await waits).map(({ cause }) => [cause.name, cause.message])).toStrictEqual([
      ['ConnectionRefusedError', 'connect: no token'],
      ['ConnectionRefusedError', 'connect: the url function gave none'],
      ['ConnectionRefusedError', 'connect: offline'],
    ]);
  });

  it('that a function gives malformed ends it', async () => {
    const wamp = client({ url: () => 'nonsense' });
    wamp.connect();
    expect(await next(wamp, 'closed')).toMatchObject({ cause: { name: 'UsageError' } });
  });

  it('at which nobody listens is tried again, and close() ends that', async () => {
    const wamp = client({ url: await nobody() });
    wamp.connect();
    expect(await next(wamp, 'waiting')).toMatchObject({ cause: { name: 'ConnectionRefusedError', fatal: false } });
    await wamp.close();
    expect(wamp.state).toStrictEqual({ status: 'closed', cause: undefined });
  });
});

it('serializers are offered in their order; none in common is fatal', async () => {
  const { url } = await serve('a');
  expect(await agents(client({ url, serializers: [cbor(), json()] }), 1)).toStrictEqual(['a']);
  const wamp = client({ url, serializers: [cbor()] });
  wamp.connect();
  expect(await next(wamp, 'closed')).toMatchObject({ cause: { name: 'ConnectionRefusedError', fatal: true } });
});

it('maxMessageBytes bounds what is accepted: the session ends, and the client connects again', async () => {
  const { server, url } = await serve('a');
  const wamp = client({ url, maxMessageBytes: 1_000 });
  const lost = next(wamp, 'waiting');
  expect(
    await agents(wamp, 2, () => server.sockets[0]?.send(JSON.stringify([Code.EVENT, 1, 1, {}, ['x'.repeat(1_000)]]))),
  ).toStrictEqual(['a', 'a']);
  expect(await lost).toMatchObject({ cause: { name: 'OverflowError', limit: 1_000 } });
});
