import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { anonymous } from '../../src/auth/anonymous.js';
import type { Authenticator } from '../../src/auth/authenticator.js';
import { cookie } from '../../src/auth/cookie.js';
import type { CryptoSource } from '../../src/auth/crypto/source.js';
import { cryptosign } from '../../src/auth/cryptosign.js';
import {
  admitAnonymous,
  checkCookie,
  CookieStore,
  checkCryptosign,
  checkScram,
  checkTicket,
  checkTls,
  checkWampcra,
  deriveScramCredential,
  deriveWampcraSecret,
  type RouterAuthenticator,
  type ScramCredential,
} from '../../src/auth/router/index.js';
import { scram } from '../../src/auth/scram.js';
import { ticket } from '../../src/auth/ticket.js';
import { tlsCertificate } from '../../src/auth/tls.js';
import { wampcra } from '../../src/auth/wampcra.js';
import { DENIED, handshake, helloOf, insecurePage, type HandshakeOptions } from './support.js';
import { CRYPTOSIGN } from './vectors.js';

// Argon2id in JavaScript takes its time, inside jest twenty times more than outside.
jest.setTimeout(300_000);

type Pair = readonly [client: Authenticator, router: RouterAuthenticator];
type Key = (typeof CRYPTOSIGN)[0];

const [clientKey, routerKey, otherKey] = CRYPTOSIGN as [Key, Key, Key];
const channelBindings = { 'tls-unique': Uint8Array.of(1, 2, 3), 'tls-server-end-point': Uint8Array.of(4, 5, 6) };
const otherChannel = { 'tls-unique': Uint8Array.of(7, 8, 9), 'tls-server-end-point': Uint8Array.of(7, 8, 9) };
const onTls: HandshakeOptions = { context: { channelBindings }, transport: { channelBindings } };
const salting = { salt: 'salt', iterations: 100, keylen: 16 };
const authid = 'jo=e,';
const authrole = 'user';
const limits = { minArgon2Work: 512 };

const credentials = new Map<string, ScramCredential>();
let salted = '';

beforeAll(async () => {
  for (const dialect of ['spec', 'crossbar'] as const) {
    for (const [kdf, cost] of [
      ['pbkdf2', { iterations: 4096 }],
      ['argon2id13', { iterations: 2, memory: 256 }],
    ] as const) {
      credentials.set(`${dialect} ${kdf}`, await deriveScramCredential('pässword', { kdf, dialect, ...cost }));
    }
  }
  salted = await deriveWampcraSecret('pässword', salting);
});

const scramPair = (
  crypto: CryptoSource,
  dialect: 'spec' | 'crossbar',
  kdf: 'pbkdf2' | 'argon2id13',
  options: { readonly password?: string; readonly channelBinding?: 'tls-unique' | 'tls-server-end-point' } = {},
): Pair => {
  const credential = credentials.get(`${dialect} ${kdf}`);
  if (credential === undefined) throw new Error('no credential');
  return [
    scram({ authid, password: 'pässword', dialect, crypto, ...limits, ...options }),
    checkScram({
      principals: { [authid]: { authrole, ...credential } },
      dialect,
      crypto,
      mock: { kdf, iterations: 4096 },
    }),
  ];
};
const devices = { [authid]: { authrole, authorizedKeys: [clientKey.publicKey] } };
const pinned = { authid, privateKey: clientKey.seed, routerKey: routerKey.publicKey } as const;

const PAIRS: readonly (readonly [title: string, pair: (crypto: CryptoSource) => Pair, options?: HandshakeOptions])[] = [
  [
    'ticket',
    () => [ticket({ authid, ticket: 's' }), checkTicket({ principals: { [authid]: { ticket: 's', authrole } } })],
  ],
  [
    'wampcra',
    (crypto) => [
      wampcra({ authid, secret: 'pässword', crypto }),
      checkWampcra({ principals: { [authid]: { secret: 'pässword', authrole } }, crypto }),
    ],
  ],
  [
    'salted wampcra',
    (crypto) => [
      wampcra({ authid, secret: 'pässword', crypto }),
      checkWampcra({ principals: { [authid]: { secret: salted, authrole, salting } }, crypto }),
    ],
  ],
  ['scram with PBKDF2', (crypto) => scramPair(crypto, 'spec', 'pbkdf2')],
  ['scram with Argon2id', (crypto) => scramPair(crypto, 'spec', 'argon2id13')],
  ['scram with PBKDF2, as Crossbar speaks it', (crypto) => scramPair(crypto, 'crossbar', 'pbkdf2')],
  ['scram with Argon2id, as Crossbar speaks it', (crypto) => scramPair(crypto, 'crossbar', 'argon2id13')],
  [
    'scram bound by tls-unique',
    (crypto) => scramPair(crypto, 'spec', 'pbkdf2', { channelBinding: 'tls-unique' }),
    onTls,
  ],
  [
    'scram bound by tls-server-end-point',
    (crypto) => scramPair(crypto, 'spec', 'pbkdf2', { channelBinding: 'tls-server-end-point' }),
    onTls,
  ],
  [
    'cryptosign',
    (crypto) => [
      cryptosign({ authid, privateKey: clientKey.seed, crypto }),
      checkCryptosign({ principals: devices, crypto }),
    ],
  ],
  [
    'cryptosign with a pinned router',
    (crypto) => [
      cryptosign({ ...pinned, crypto }),
      checkCryptosign({ principals: devices, privateKey: routerKey.seed, crypto }),
    ],
  ],
  [
    'cryptosign with a pinned router, bound by tls-unique',
    (crypto) => [
      cryptosign({ ...pinned, channelBinding: 'tls-unique', crypto }),
      checkCryptosign({ principals: devices, privateKey: routerKey.seed, crypto }),
    ],
    onTls,
  ],
];

describe.each([
  ['with WebCrypto', globalThis.crypto as CryptoSource],
  ['on an http:// page', insecurePage],
])('client and router agree %s on', (_, crypto) => {
  it.each(PAIRS.map(([title, pair, options = {}]) => ({ title, pair, options })))(
    '$title',
    async ({ pair, options }) => {
      const [client, router] = pair(crypto);
      expect(client.method).toBe(router.method);
      expect(await handshake(client, router, options)).toMatchObject({
        accept: { authid, authrole, authmethod: client.method, authprovider: 'static' },
      });
    },
  );
});

describe('client and router agree without a challenge on', () => {
  it('anonymous', async () => {
    expect(await handshake(anonymous(), admitAnonymous())).toMatchObject({ accept: { authrole: 'anonymous' } });
  });

  it('tls', async () => {
    const fingerprint256 = 'ab'.repeat(32);
    const router = checkTls({ principals: { [fingerprint256]: { authid, authrole } } });
    const transport = { clientCertificate: { fingerprint256 } };
    expect(await handshake(tlsCertificate(), router, { transport })).toMatchObject({ accept: { authid, authrole } });
    expect(await handshake(tlsCertificate(), router)).toBeUndefined();
  });

  it('cookie', async () => {
    const store = new CookieStore();
    const router = checkCookie({ store });
    const transport = { cookie: store.issue() };
    expect(await handshake(cookie(), router, { transport })).toBeUndefined();
    router.joined?.(helloOf({}, transport), { authid, authrole, authmethod: 'ticket', authprovider: 'static' });
    expect(await handshake(cookie(), router, { transport })).toMatchObject({ accept: { authid, authrole } });
  });
});

describe('between client and router', () => {
  const pbkdf2 = (options = {}) => scramPair(globalThis.crypto, 'spec', 'pbkdf2', options);
  const cra = (secret = 'pässword'): Pair => [
    wampcra({ authid, secret }),
    checkWampcra({ principals: { [authid]: { secret: 'pässword', authrole } } }),
  ];
  const sign = (options = {}): Pair => [
    cryptosign({ ...pinned, ...options }),
    checkCryptosign({ principals: devices, privateKey: routerKey.seed }),
  ];

  it('a wrong secret is denied', async () => {
    expect(await handshake(...cra('password'))).toEqual(DENIED);
    expect(await handshake(...pbkdf2({ password: 'password' }))).toEqual(DENIED);
    expect(await handshake(...sign({ privateKey: otherKey.seed }))).toEqual(DENIED);
  });

  it('a CRA challenge that was tampered with is denied', async () => {
    const promote = (extra: Record<string, unknown>) => ({
      challenge: String(extra['challenge']).replace('"user"', '"root"'),
    });
    expect(await handshake(...cra(), { tamper: { challenge: promote } })).toEqual(DENIED);
  });

  it('a changed authid, nonce or cost of SCRAM is noticed', async () => {
    const weaker = { challenge: (extra: Record<string, unknown>) => ({ ...extra, iterations: 4097 }) };
    expect(await handshake(...pbkdf2(), { tamper: weaker })).toEqual(DENIED);
    const cheap = { challenge: (extra: Record<string, unknown>) => ({ ...extra, iterations: 1 }) };
    await expect(handshake(...pbkdf2(), { tamper: cheap })).rejects.toThrow(/only 1 iterations/);
    const other = {
      challenge: (extra: Record<string, unknown>) => ({ ...extra, nonce: `${String(extra['nonce'])}A` }),
    };
    expect(await handshake(...pbkdf2(), { tamper: other })).toEqual(DENIED);
    const renamed = { hello: (claims: object) => ({ ...claims, authid: 'jim' }) };
    expect(await handshake(...pbkdf2(), { tamper: renamed })).toEqual(DENIED);
  });

  it('a SCRAM binding that was taken out of HELLO is denied', async () => {
    const strip = {
      hello: (claims: { authextra?: object }) => ({
        ...claims,
        authextra: { ...claims.authextra, channel_binding: null },
      }),
    };
    expect(await handshake(...pbkdf2({ channelBinding: 'tls-unique' }), { ...onTls, tamper: strip })).toEqual(DENIED);
  });

  it('a cryptosign binding that was taken out of HELLO is refused by the client', async () => {
    const strip = {
      hello: (claims: { authextra?: object }) => ({
        ...claims,
        authextra: { ...claims.authextra, channel_binding: null },
      }),
    };
    const [client, router] = sign({ channelBinding: 'tls-unique', routerKey: undefined });
    await expect(handshake(client, router, { ...onTls, tamper: strip })).rejects.toThrow(/another TLS channel/);
  });

  it('another TLS channel on each side is noticed', async () => {
    const relayed = { context: { channelBindings }, transport: { channelBindings: otherChannel } };
    expect(await handshake(...pbkdf2({ channelBinding: 'tls-unique' }), relayed)).toEqual(DENIED);
    await expect(handshake(...sign({ channelBinding: 'tls-unique' }), relayed)).rejects.toThrow(/did not prove/);
    const unpinned = cryptosign({ authid, privateKey: clientKey.seed, channelBinding: 'tls-unique' });
    expect(await handshake(unpinned, checkCryptosign({ principals: devices }), relayed)).toEqual(DENIED);
  });

  it('a router that is not the pinned one is refused', async () => {
    const [client] = sign();
    for (const privateKey of [otherKey.seed, undefined]) {
      const router = checkCryptosign({ principals: devices, ...(privateKey && { privateKey }) });
      await expect(handshake(client, router)).rejects.toMatchObject({ name: 'AuthenticationError' });
    }
  });

  it('a router without the verifier of SCRAM is refused', async () => {
    const forged = { welcome: <T extends object>(identity: T) => ({ ...identity, authextra: { verifier: 'AAAA' } }) };
    await expect(handshake(...pbkdf2(), { tamper: forged })).rejects.toThrow(
      /did not prove that it knows the password/,
    );
    const silent = { welcome: <T extends object>(identity: T) => ({ ...identity, authextra: {} }) };
    await expect(handshake(...pbkdf2(), { tamper: silent })).rejects.toThrow(
      /did not prove that it knows the password/,
    );
  });

  it('the dialects of SCRAM do not understand each other', async () => {
    const [client] = scramPair(globalThis.crypto, 'spec', 'pbkdf2');
    const [, router] = scramPair(globalThis.crypto, 'crossbar', 'pbkdf2');
    expect(client.method).not.toBe(router.method);
    await expect(handshake(client, router)).rejects.toMatchObject({ name: 'AuthenticationError' });
  });
});
