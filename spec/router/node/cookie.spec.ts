import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom, filter } from 'rxjs';
import { WampClient, ticket } from 'rxwamp';
import { cookie } from 'rxwamp/auth';
import { nodeWebSocketTransport } from 'rxwamp/node';
import { checkCookie, checkTicket, CookieStore, Router } from 'rxwamp/router';
import { listen, type Listener, type ListenOptions } from 'rxwamp/router/node';
import { Code } from '../../../src/protocol/code.js';
import { UsageError } from '../../../src/protocol/errors.js';
import type { WampMessage } from '../../../src/protocol/message.js';
import type { Link } from '../../../src/transports/link.js';
import { serverTls } from '../../transports/certificates.js';
import { dialed, upgradeRequest, Wire } from '../../transports/sockets.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const store = new CookieStore();
const offered = { 'Sec-WebSocket-Protocol': 'wamp.2.json' };
const [mine, other] = ['ab'.repeat(24), 'cd'.repeat(24)] as const;

async function listening(options: ListenOptions): Promise<{ listener: Listener; links: Link[] }> {
  const links: Link[] = [];
  const listener = await listen({ accept: (link) => void links.push(link) }, options);
  cleanups.push(() => listener.close());
  return { listener, links };
}

/** The headers of the answer to an upgrade request. */
async function upgrade(port: number, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const wire = await Wire.to(port);
  cleanups.push(() => wire.socket.destroy());
  wire.write(upgradeRequest({ ...offered, ...headers }));
  return wire.head();
}
const cookieIn = (head: string): string | undefined => /^set-cookie: (.*)\r$/im.exec(head)?.[1];

describe('the session cookie', () => {
  it('is issued with the answer to a client that came with none, and told to the router', async () => {
    const { listener, links } = await listening({ cookie: { store } });
    const set = cookieIn(await upgrade(listener.port));
    // RFC 6265, 4.1.1, and seven days in seconds.
    expect(set).toMatch(/^rxwamp=[\da-f]{48}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/);
    expect(set).toContain(`rxwamp=${links[0]?.info.cookie ?? 'none'};`);
    expect(cookieIn(await upgrade(listener.port))).not.toBe(set);
  });

  it('looks as the options say', async () => {
    const options = { store, name: '__Host-id', maxAgeMs: 90_500, secure: true, sameSite: 'strict' } as const;
    const { listener } = await listening({ cookie: options });
    expect(cookieIn(await upgrade(listener.port))).toMatch(
      /^__Host-id=[\da-f]{48}; Path=\/; Max-Age=90; HttpOnly; SameSite=Strict; Secure$/,
    );
  });

  it.each([
    [`rxwamp=${mine}`],
    [`a=b; rxwamp=${mine}; c=d`],
    [`a=b;rxwamp=${mine};c`],
    [`; =; ;;=rxwamp=${other}; xrxwamp=${other}; rxwamp = ${mine} `],
    [`rxwamp=forged; rxwamp=${mine}`],
  ])('is read from %j', async (header) => {
    const { listener, links } = await listening({ cookie: { store } });
    expect(cookieIn(await upgrade(listener.port, { Cookie: header }))).toBeUndefined();
    expect(links[0]?.info.cookie).toBe(mine);
  });

  it.each([
    [`RXWAMP=${mine}`],
    [`rxwamp`],
    [`rxwamp=`],
    [`rxwamp="${mine}"`],
    [`rxwamp=${mine}0`],
    [`rxwamp=${mine.toUpperCase()}`],
    [`a=rxwamp=${mine}`],
    [`rxwamp=realm1 joe`],
    [';'.repeat(10_000)],
  ])('is a new one instead of %j', async (header) => {
    const { listener, links } = await listening({ cookie: { store } });
    expect(cookieIn(await upgrade(listener.port, { Cookie: header }))).toMatch(/^rxwamp=[\da-f]{48};/);
    expect(links[0]?.info.cookie).not.toContain(mine);
  });

  it('is given to nobody who is refused', async () => {
    const { listener } = await listening({ cookie: { store } });
    const wire = await Wire.to(listener.port);
    wire.write(upgradeRequest({ 'Sec-WebSocket-Protocol': 'soap' }));
    const answer = (await wire.closed).toString();
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(cookieIn(answer)).toBeUndefined();
  });

  it('is not given, and no cookie told of, where there is no option', async () => {
    const { listener, links } = await listening({});
    expect(cookieIn(await upgrade(listener.port, { Cookie: `rxwamp=${mine}` }))).toBeUndefined();
    expect(links[0]?.info.cookie).toBeUndefined();
  });

  it('is Secure on TLS', async () => {
    const server = createTlsServer(serverTls);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    const { listener } = await listening({ server, cookie: { store, sameSite: 'none' } });
    const socket = connectTls({ port: listener.port, host: '127.0.0.1', ca: serverTls.cert });
    const wire = new Wire(socket);
    await once(socket, 'secureConnect');
    wire.write(upgradeRequest(offered));
    expect(cookieIn(await wire.head())).toMatch(/; SameSite=None; Secure$/);
    socket.destroy();
  });

  it.each<[string, ListenOptions]>([
    ['a name that is none', { cookie: { store, name: 'a b' } }],
    ['a name that ends the header', { cookie: { store, name: 'a\r\nX-Evil' } }],
    ['a time that is none', { cookie: { store, maxAgeMs: NaN } }],
    ['no time', { cookie: { store, maxAgeMs: 0 } }],
    // From JavaScript.
    ['a site policy that is none', { cookie: { store, sameSite: 'Lax; Domain=com' as 'lax' } }],
    ['sending it to other sites in the clear', { cookie: { store, sameSite: 'none' } }],
    ['a name that browsers take over TLS only', { cookie: { store, name: '__Host-id' } }],
    ['acting for whoever opens a page', { cookie: { store, sameSite: 'none', secure: true }, allowedOrigins: '*' }],
  ])('refuses %s', async (_, options) => {
    await expect(listening(options)).rejects.toBeInstanceOf(UsageError);
  });
});

describe('R-42: logging in once, over a real socket', () => {
  async function serving(): Promise<{ router: Router; listener: Listener }> {
    const logins = new CookieStore();
    const principals = { joe: { ticket: 'secret!!!', authrole: 'user' } };
    const authenticate = [checkCookie({ store: logins }), checkTicket({ principals })];
    const router = new Router({ realms: { realm1: { authenticate }, realm2: { authenticate } } });
    const listener = await listen(router, { cookie: { store: logins } });
    cleanups.push(async () => {
      await router.close();
      await listener.close();
    });
    return { router, listener };
  }
  const issuedBy = async ({ port }: Listener): Promise<string> =>
    cookieIn(await upgrade(port))?.replace(/;.*/, '') ?? 'none';
  const transportWith = ({ url }: Listener, jar: string) => nodeWebSocketTransport({ url, headers: { Cookie: jar } });
  async function joins(wamp: WampClient): Promise<unknown> {
    cleanups.push(() => wamp.close());
    wamp.connect();
    const state = await firstValueFrom(
      wamp.state$.pipe(filter(({ status }) => status === 'connected' || status === 'closed')),
    );
    if (state.status === 'connected') return [state.session.authid, state.session.authmethod];
    return state.status === 'closed' && state.cause !== undefined && 'reason' in state.cause && state.cause.reason;
  }
  const byTicket = (listener: Listener, jar: string): WampClient =>
    new WampClient({
      transport: transportWith(listener, jar),
      realm: 'realm1',
      auth: [cookie(), ticket({ authid: 'joe', ticket: 'secret!!!', allowInsecure: true })],
    });
  const byCookie = (listener: Listener, jar: string, realm = 'realm1'): WampClient =>
    new WampClient({ transport: transportWith(listener, jar), realm, auth: [cookie()] });

  /** Joins by cookie and says GOODBYE for this reason, which the client has no word for. */
  async function leave(listener: Listener, jar: string, reason: string): Promise<void> {
    const { link, ended } = await dialed(transportWith(listener, jar));
    const heard = (code: Code): Promise<WampMessage> =>
      new Promise((resolve) => {
        const reading = link.subscribe((message) => {
          if (message[0] !== code) return;
          reading.unsubscribe();
          resolve(message);
        });
      });
    const welcome = heard(Code.WELCOME);
    link.next([Code.HELLO, 'realm1', { roles: { caller: {} }, authmethods: ['cookie'] }]);
    await welcome;
    const goodbye = heard(Code.GOODBYE);
    link.next([Code.GOODBYE, {}, reason]);
    await goodbye;
    link.complete();
    await ended;
  }

  it('comes back with the cookie alone, until it has logged out', async () => {
    const { listener } = await serving();
    const jar = await issuedBy(listener);
    expect(await joins(byCookie(listener, jar))).toBe('wamp.error.no_matching_auth_method');
    const first = byTicket(listener, jar);
    expect(await joins(first)).toEqual(['joe', 'ticket']);
    await first.close();
    expect(await joins(byCookie(listener, jar))).toEqual(['joe', 'cookie']);
    expect(await joins(byTicket(listener, jar))).toEqual(['joe', 'cookie']);
    await leave(listener, jar, 'wamp.close.close_realm');
    expect(await joins(byCookie(listener, jar))).toEqual(['joe', 'cookie']);
    await leave(listener, jar, 'wamp.close.logout');
    expect(await joins(byCookie(listener, jar))).toBe('wamp.error.no_matching_auth_method');
  });

  it('is nobody in another realm, with another cookie, or with one it made up', async () => {
    const { listener } = await serving();
    const jar = await issuedBy(listener);
    expect(await joins(byTicket(listener, jar))).toEqual(['joe', 'ticket']);
    expect(await joins(byCookie(listener, jar, 'realm2'))).toBe('wamp.error.no_matching_auth_method');
    expect(await joins(byCookie(listener, await issuedBy(listener)))).toBe('wamp.error.no_matching_auth_method');
    expect(await joins(byCookie(listener, 'rxwamp=realm1'))).toBe('wamp.error.no_matching_auth_method');
  });
});
