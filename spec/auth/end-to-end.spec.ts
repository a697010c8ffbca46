import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { inspect } from 'node:util';
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { filter, firstValueFrom, Observable } from 'rxjs';
import { WampClient, type Authenticator, type ConnectionState, type Transport } from 'rxwamp';
import { anonymous, cryptosign, scram, ticket, tlsCertificate, wampcra } from 'rxwamp/auth';
import { nodeWebSocketTransport } from 'rxwamp/node';
import {
  admitAnonymous,
  checkCryptosign,
  checkScram,
  checkTicket,
  checkTls,
  checkWampcra,
  deriveScramCredential,
  deriveWampcraSecret,
  Router,
  type RouterAuthenticator,
  type ScramCredential,
} from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';
import { clientFingerprint, clientTls, serverTls } from '../transports/certificates.js';
import { CRYPTOSIGN } from './vectors.js';

// Argon2id in JavaScript takes its time, inside jest twenty times more than outside.
jest.setTimeout(300_000);

type Key = (typeof CRYPTOSIGN)[0];
const [clientKey, routerKey, otherKey] = CRYPTOSIGN as [Key, Key, Key];

const authid = 'joe';
const SECRET = 'correct horse battery staple';
const WRONG = 'incorrect horse battery staple';
const salting = { salt: 'salt123', iterations: 100, keylen: 32 };

const derived = new Map<string, ScramCredential>();
let salted = '';
beforeAll(async () => {
  salted = await deriveWampcraSecret(SECRET, salting);
  derived.set('pbkdf2', await deriveScramCredential(SECRET, { kdf: 'pbkdf2', iterations: 4_096 }));
  // The client's own limit is lowered as far.
  derived.set('argon2id13', await deriveScramCredential(SECRET, { kdf: 'argon2id13', iterations: 1, memory: 64 }));
});

const scramPrincipals = (kdf: string) => {
  const credential = derived.get(kdf);
  if (credential === undefined) throw new Error('no credential');
  return { [authid]: { authrole: 'user', ...credential } };
};
const cheap = { minArgon2Work: 64 };

/** Each method that has a secret: the client with a given one, which may be a function, and the router. */
const METHODS: readonly (readonly [
  title: string,
  method: string,
  client: (secret: string | (() => string)) => Authenticator,
  router: () => RouterAuthenticator,
])[] = [
  [
    'ticket',
    'ticket',
    (secret) => ticket({ authid, ticket: secret }),
    () => checkTicket({ principals: { [authid]: { ticket: SECRET, authrole: 'user' } } }),
  ],
  [
    'C-31: wampcra',
    'wampcra',
    (secret) => wampcra({ authid, secret }),
    () => checkWampcra({ principals: { [authid]: { secret: SECRET, authrole: 'user' } } }),
  ],
  [
    'C-31: salted wampcra',
    'wampcra',
    (secret) => wampcra({ authid, secret }),
    () => checkWampcra({ principals: { [authid]: { secret: salted, salting, authrole: 'user' } } }),
  ],
  [
    'C-32: scram with PBKDF2',
    'wamp-scram',
    (password) => scram({ authid, password }),
    () => checkScram({ principals: scramPrincipals('pbkdf2') }),
  ],
  [
    'C-32: scram with Argon2id',
    'wamp-scram',
    (password) => scram({ authid, password, ...cheap }),
    () => checkScram({ principals: scramPrincipals('argon2id13') }),
  ],
  [
    'C-33: cryptosign with a pinned router',
    'cryptosign',
    (secret) => cryptosign({ authid, privateKey: keyOf(secret), routerKey: routerKey.publicKey }),
    () =>
      checkCryptosign({
        principals: { [authid]: { authrole: 'user', authorizedKeys: [clientKey.publicKey] } },
        privateKey: routerKey.seed,
      }),
  ],
];

/** The right key for the right secret, and a wrong one for any other. */
function keyOf(secret: string | (() => string)): string | (() => string) {
  const key = (text: string): string => (text === SECRET ? clientKey.seed : otherKey.seed);
  return typeof secret === 'function' ? () => key(secret()) : key(secret);
}

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function routerWith(...authenticate: RouterAuthenticator[]): Router {
  const router = new Router({ realms: { realm1: { authenticate } } });
  cleanups.push(() => router.close());
  return router;
}

interface Outcome {
  readonly wamp: WampClient;
  /** Joined, or closed for good. */
  readonly end: ConnectionState;
  readonly states: readonly ConnectionState[];
  readonly faults: readonly unknown[];
  /** How often the router was dialed. */
  readonly attempts: number;
}

/** What becomes of a client. Between its attempts there is no delay. */
async function join(transport: Transport, auth: readonly Authenticator[]): Promise<Outcome> {
  jest.spyOn(Math, 'random').mockReturnValue(0);
  let attempts = 0;
  const counted: Transport = new Observable((subscriber) => {
    attempts++;
    return transport.subscribe(subscriber);
  });
  const wamp = new WampClient({ transport: counted, realm: 'realm1', auth });
  cleanups.push(() => wamp.close());
  const states: ConnectionState[] = [];
  const faults: unknown[] = [];
  wamp.state$.subscribe((state) => states.push(state));
  wamp.faults$.subscribe((fault) => faults.push(fault));
  wamp.connect();
  const end = await firstValueFrom(
    wamp.state$.pipe(filter(({ status }) => status === 'connected' || status === 'closed')),
  );
  return { wamp, end, states, faults, attempts };
}

const joinedAs = (method: string, role = 'user', id: unknown = authid): object => ({
  status: 'connected',
  session: { authid: id, authrole: role, authmethod: method },
});

/** Every form in which a secret of these specs could be written. */
const FORMS = [SECRET, WRONG, clientKey.seed, otherKey.seed, routerKey.seed].flatMap((secret) => [
  secret,
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret, 'hex').toString('base64'),
  Buffer.from(secret).toString('hex'),
]);
const shown = (value: unknown): string => {
  const cause = value instanceof Error ? shown(value.cause) : '';
  return [
    JSON.stringify(value),
    inspect(value, { depth: Infinity, showHidden: true, getters: true }),
    value instanceof Error ? `${value.message} ${String(value.stack)}` : '',
    cause,
  ].join('\n');
};
const leaks = (value: unknown): string[] => FORMS.filter((form) => form !== '' && shown(value).includes(form));

/** What a user's log could hold of a client, and of the router's own. */
async function everything({ wamp, states, faults, end }: Outcome): Promise<unknown[]> {
  const failure: unknown = await firstValueFrom(wamp.call('com.example.nothing')).catch((error: unknown) => error);
  const cause = end.status === 'closed' ? end.cause : undefined;
  return [states, ...states, faults, failure, cause, wamp.state];
}

describe('client and router, by their public faces', () => {
  it('by the way secrets are looked for, they would be found', () => {
    expect(leaks({ deep: [{ ticket: SECRET }] })).toEqual([SECRET]);
    expect(leaks(new Error('x', { cause: new Error(`token ${WRONG}`) }))).toContain(WRONG);
  });

  it('anonymous', async () => {
    const router = routerWith(admitAnonymous());
    const { end } = await join(router.transport(), [anonymous()]);
    expect(end).toMatchObject(joinedAs('anonymous', 'anonymous', expect.any(String)));
  });

  describe.each(METHODS)('R-42, %s', (_, method, client, check) => {
    it('joins with the right secret', async () => {
      const outcome = await join(routerWith(check()).transport(), [client(SECRET)]);
      expect(outcome.end).toMatchObject(joinedAs(method));
      expect(outcome.states.map(({ status }) => status)).toEqual(['idle', 'connecting', 'authenticating', 'connected']);
      for (const one of await everything(outcome)) expect(leaks(one)).toEqual([]);
    });

    it('with a wrong secret that is fixed is refused once and for all', async () => {
      const outcome = await join(routerWith(check()).transport(), [client(WRONG)]);
      expect(outcome.end).toMatchObject({
        status: 'closed',
        cause: { name: 'ConnectionRefusedError', reason: 'wamp.error.authentication_denied', fatal: true },
      });
      expect(outcome.attempts).toBe(1);
      for (const one of await everything(outcome)) expect(leaks(one)).toEqual([]);
    });

    it('with a function is asked afresh, and the second same refusal is the last', async () => {
      const secret = jest.fn(() => WRONG);
      const outcome = await join(routerWith(check()).transport(), [client(secret)]);
      expect(outcome.end).toMatchObject({
        status: 'closed',
        cause: { name: 'ConnectionRefusedError', reason: 'wamp.error.authentication_denied' },
      });
      expect([outcome.attempts, secret.mock.calls.length]).toEqual([2, 2]);
      for (const one of await everything(outcome)) expect(leaks(one)).toEqual([]);
    });

    it('joins with a function that has the right secret at the second attempt', async () => {
      const secret = jest.fn(() => SECRET).mockReturnValueOnce(WRONG);
      const outcome = await join(routerWith(check()).transport(), [client(secret)]);
      expect(outcome.end).toMatchObject(joinedAs(method));
      expect([outcome.attempts, secret.mock.calls.length]).toEqual([2, 2]);
    });

    it('R-43: refuses somebody unknown in the same words', async () => {
      const { end } = await join(routerWith(check()).transport(), [client(WRONG)]);
      const empty =
        method === 'cryptosign' ? checkCryptosign({ principals: {}, privateKey: routerKey.seed }) : emptied(method);
      const unknown = await join(routerWith(empty).transport(), [client(SECRET)]);
      const said = ({ status, ...rest }: ConnectionState): unknown =>
        'cause' in rest && rest.cause !== undefined ? [status, rest.cause.message] : status;
      expect(said(unknown.end)).toEqual(said(end));
    });
  });

  /** The router's half of a method, with nobody in it. */
  const emptied = (method: string): RouterAuthenticator => {
    if (method === 'ticket') return checkTicket({ principals: {} });
    if (method === 'wampcra') return checkWampcra({ principals: {} });
    return checkScram({ principals: {}, mock: { kdf: 'pbkdf2', iterations: 4_096 } });
  };

  it('C-33: a router that is not the pinned one is left at once, and told so', async () => {
    const principals = { [authid]: { authrole: 'user', authorizedKeys: [clientKey.publicKey] } };
    const router = routerWith(checkCryptosign({ principals, privateKey: otherKey.seed }));
    const outcome = await join(router.transport(), [
      cryptosign({ authid, privateKey: clientKey.seed, routerKey: routerKey.publicKey }),
    ]);
    expect(outcome.end).toMatchObject({
      status: 'closed',
      cause: { name: 'AuthenticationError', method: 'cryptosign' },
    });
    expect(outcome.attempts).toBe(1);
    for (const one of await everything(outcome)) expect(leaks(one)).toEqual([]);
  });

  describe('several methods at once', () => {
    const both = [wampcra({ authid, secret: SECRET }), ticket({ authid, ticket: SECRET })];
    const byTicket = checkTicket({ principals: { [authid]: { ticket: SECRET, authrole: 'user' } } });
    const byCra = checkWampcra({ principals: { [authid]: { secret: SECRET, authrole: 'user' } } });

    it("are tried in the client's order, whatever the router's", async () => {
      const { end } = await join(routerWith(byTicket, byCra).transport(), both);
      expect(end).toMatchObject(joinedAs('wampcra'));
    });

    it('are left out where the router does not have them', async () => {
      const { end } = await join(routerWith(byTicket).transport(), both);
      expect(end).toMatchObject(joinedAs('ticket'));
    });

    it('are skipped where the router cannot serve this client by them', async () => {
      const router = routerWith(checkTls({ principals: {} }), byTicket);
      const { end } = await join(router.transport(), [tlsCertificate({ authid }), ticket({ authid, ticket: SECRET })]);
      expect(end).toMatchObject(joinedAs('ticket'));
    });

    it('none of which the router has are no_matching_auth_method, at the first attempt', async () => {
      const { end, attempts } = await join(routerWith(admitAnonymous()).transport(), both);
      expect(end).toMatchObject({ status: 'closed', cause: { reason: 'wamp.error.no_matching_auth_method' } });
      expect(attempts).toBe(1);
    });
  });
});

describe('over a WebSocket with TLS', () => {
  async function listening(authenticate: readonly RouterAuthenticator[]): Promise<string> {
    const server = createTlsServer({
      ...serverTls,
      ca: clientTls.cert,
      requestCert: true,
      rejectUnauthorized: false,
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const router = routerWith(...authenticate);
    const listener = await listen(router, { server });
    cleanups.push(async () => {
      await router.close();
      await listener.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    return listener.url;
  }
  const dial = (url: string, tls: { key?: string; cert?: string } = {}): Transport =>
    nodeWebSocketTransport({ url, tls: { ca: serverTls.cert, ...tls } });
  const byTls = checkTls({ principals: { [clientFingerprint]: { authid: 'gateway', authrole: 'device' } } });

  it('R-42: tls: joins with the certificate that is known', async () => {
    const { end } = await join(dial(await listening([byTls]), clientTls), [tlsCertificate()]);
    expect(end).toMatchObject(joinedAs('tls', 'device', 'gateway'));
  });

  it.each([
    ['without a certificate', {}],
    ['with one that nobody vouches for', serverTls],
  ])('R-42: tls: is refused %s', async (_, tls) => {
    const { end } = await join(dial(await listening([byTls]), tls), [tlsCertificate()]);
    expect(end).toMatchObject({ status: 'closed', cause: { reason: 'wamp.error.no_matching_auth_method' } });
  });

  it('R-42: tls: is refused as somebody else', async () => {
    const { end } = await join(dial(await listening([byTls]), clientTls), [tlsCertificate({ authid: 'root' })]);
    expect(end).toMatchObject({ status: 'closed', cause: { reason: 'wamp.error.no_matching_auth_method' } });
  });

  it('C-34: a ticket is sent there, and not where others could read it', async () => {
    const byTicket = checkTicket({ principals: { [authid]: { ticket: SECRET, authrole: 'user' } } });
    const { end } = await join(dial(await listening([byTicket])), [ticket({ authid, ticket: SECRET })]);
    expect(end).toMatchObject(joinedAs('ticket'));
    const router = routerWith(byTicket);
    const insecure = router.transport({ info: { secure: false } });
    const clear = await join(insecure, [ticket({ authid, ticket: SECRET })]);
    expect(clear.end).toMatchObject({ status: 'closed', cause: { name: 'AuthenticationError' } });
  });

  it('C-33: cryptosign is bound to the channel', async () => {
    const principals = { [authid]: { authrole: 'user', authorizedKeys: [clientKey.publicKey] } };
    const url = await listening([checkCryptosign({ principals, privateKey: routerKey.seed })]);
    const { end } = await join(dial(url), [
      cryptosign({
        authid,
        privateKey: clientKey.seed,
        routerKey: routerKey.publicKey,
        channelBinding: 'tls-exporter',
      }),
    ]);
    expect(end).toMatchObject(joinedAs('cryptosign'));
  });
});
