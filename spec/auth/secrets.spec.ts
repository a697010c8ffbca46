import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { catchError, firstValueFrom, from, of } from 'rxjs';
import type { Authenticator } from '../../src/auth/authenticator.js';
import { cryptosign } from '../../src/auth/cryptosign.js';
import { toBase64, utf8 } from '../../src/auth/crypto/bytes.js';
import {
  checkCryptosign,
  checkScram,
  checkTicket,
  checkWampcra,
  deriveScramCredential,
} from '../../src/auth/router/index.js';
import { scram } from '../../src/auth/scram.js';
import { ticket } from '../../src/auth/ticket.js';
import { wampcra } from '../../src/auth/wampcra.js';
import { begin, challengeOf, helloOf, hex, judge } from './support.js';
import { CRYPTOSIGN } from './vectors.js';

const SECRET = 'correct horse battery staple';
const SEED = CRYPTOSIGN[0]?.seed ?? '';
const FORMS = [
  SECRET,
  toBase64(utf8(SECRET)),
  Buffer.from(SECRET).toString('hex'),
  SEED,
  toBase64(hex(SEED)),
  hex(SEED).join(),
];

/** All that a log could make of a value. */
const logged = (value: unknown): string =>
  [
    String(value),
    JSON.stringify(value),
    inspect(value, { depth: Infinity, showHidden: true, getters: true }),
    value instanceof Error ? `${value.message} ${String(value.stack)} ${inspect(value.cause)}` : '',
  ].join('\n');

const expectNoSecretIn = (...values: readonly unknown[]): void => {
  for (const value of values) for (const form of FORMS) expect(logged(value)).not.toContain(form);
};

const clients: readonly (readonly [string, Authenticator])[] = [
  ['ticket', ticket({ authid: 'joe', ticket: SECRET })],
  ['wampcra', wampcra({ authid: 'joe', secret: SECRET })],
  ['scram', scram({ authid: 'joe', password: `${SECRET}\u0007` })],
  ['scram as Crossbar speaks it', scram({ authid: 'joe', password: SECRET, dialect: 'crossbar' })],
  ['cryptosign', cryptosign({ privateKey: SEED, routerKey: SEED })],
  ['cryptosign by bytes', cryptosign({ privateKey: hex(SEED) })],
];

describe('no secret is to be seen', () => {
  it('by the way this is looked for', () => {
    expect(() => expectNoSecretIn({ deep: { property: SECRET } })).toThrow();
    expect(() => expectNoSecretIn(new Error('x', { cause: SECRET }))).toThrow();
    expect(() => expectNoSecretIn({ bytes: hex(SEED) }, toBase64(hex(SEED)))).toThrow();
  });

  it.each(clients)('in an authenticator and an attempt: %s', async (_, client) => {
    expectNoSecretIn(client, await begin(client));
  });

  it.each(clients)('in what goes wrong with a challenge: %s', async (_, client) => {
    const attempt = await begin(client);
    const nonce = `${String(attempt.authextra?.['nonce'])}A`;
    const hopeless = [
      { challenge: 7 },
      { challenge: '{}', salt: 7 },
      { challenge: 'ff'.repeat(32), channel_binding: 'tls-unique' },
      { nonce, salt: 'c2FsdA==', kdf: 'pbkdf2', iterations: 4096 },
    ];
    for (const extra of hopeless) {
      const answer = from(attempt.answer?.(extra) ?? []).pipe(catchError((error: unknown) => of({ error })));
      const outcome = await firstValueFrom(answer);
      if ('error' in outcome) expectNoSecretIn(outcome.error);
    }
    const verdict = from(attempt.verify?.({}) ?? [undefined]).pipe(catchError((error: unknown) => of(error)));
    expectNoSecretIn(await firstValueFrom<unknown>(verdict));
  });

  it.each([
    ['a seed too long', () => cryptosign({ privateKey: `${SEED}00` })],
    ['a secret for a seed', () => cryptosign({ privateKey: SECRET })],
  ])('in what goes wrong with %s', async (_, client) => {
    const error: unknown = await begin(client()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expectNoSecretIn(error);
  });

  it('in the router’s half, its challenges and its verdicts', async () => {
    const credential = await deriveScramCredential(SECRET, { kdf: 'pbkdf2', iterations: 4096 });
    const pubkey = CRYPTOSIGN[1]?.publicKey ?? '';
    const routers = [
      checkTicket({ principals: { joe: { ticket: SECRET, authrole: 'user' } } }),
      checkWampcra({ principals: { joe: { secret: SECRET, authrole: 'user' } } }),
      checkScram({ principals: { joe: { ...credential, authrole: 'user' } } }),
      checkCryptosign({ principals: { joe: { authorizedKeys: [pubkey], authrole: 'user' } }, privateKey: SEED }),
    ];
    expectNoSecretIn(credential);
    for (const router of routers) {
      const authextra = { nonce: 'AAAA', pubkey, challenge: 'ff'.repeat(32) };
      const challenge = await challengeOf(router, helloOf({ authid: 'joe', authextra }));
      expectNoSecretIn(router, challenge, await judge(challenge, 'guess'));
      expect(logged([router, challenge])).not.toContain(credential.storedKey);
      expect(logged([router, challenge])).not.toContain(credential.serverKey);
    }
  });
});
