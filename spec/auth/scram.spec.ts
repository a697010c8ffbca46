import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { EMPTY } from 'rxjs';
import type { AuthAttempt } from '../../src/auth/authenticator.js';
import { scram, type ScramOptions } from '../../src/auth/scram.js';
import { answer, begin, randomly, verify } from './support.js';

const CLIENT_NONCE = 'AAECAwQFBgcICQoLDA0ODw==';
const crypto = randomly(Uint8Array.from({ length: 16 }, (_, i) => i));
const SALT = 'aBc+fx0NAVA=';
const CHALLENGE = { nonce: `${CLIENT_NONCE}SBmkFIh7sSo=`, salt: SALT, kdf: 'pbkdf2', iterations: 4096, memory: null };
const TLS_UNIQUE = Uint8Array.of(1, 2, 3);

const attemptOf = (options: Partial<ScramOptions> = {}): Promise<AuthAttempt> =>
  begin(scram({ authid: 'user', password: 'pencil', crypto, ...options }), {
    channelBindings: { 'tls-unique': TLS_UNIQUE },
  });

/** SCRAM-SHA-256 as RFC 7677 has it, on node:crypto alone. */
function expected(password: string, authid: string, { nonce, salt, iterations } = CHALLENGE, c = 'biws') {
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), iterations, 32, 'sha256');
  const message = `n=${authid},r=${CLIENT_NONCE},r=${nonce},s=${salt},i=${String(iterations)},c=${c},r=${nonce}`;
  const clientKey = hmac(salted, 'Client Key');
  const signature = hmac(createHash('sha256').update(clientKey).digest(), message);
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0)));
  return {
    proof: proof.toString('base64'),
    verifier: hmac(hmac(salted, 'Server Key'), message).toString('base64'),
  };
}

describe('C-32: scram', () => {
  it('says hello with a nonce of 16 random bytes, new at every attempt', async () => {
    const authenticator = scram({ authid: 'user', password: 'pencil', authextra: { locale: 'de' } });
    expect(authenticator.method).toBe('wamp-scram');
    const attempts = await Promise.all([begin(authenticator), begin(authenticator)]);
    const nonces = attempts.map(({ authextra }) => String(authextra?.['nonce']));
    expect(nonces.map((nonce) => Buffer.from(nonce, 'base64').length)).toEqual([16, 16]);
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(attempts[0]).toMatchObject({ authid: 'user', authextra: { locale: 'de', nonce: nonces[0] } });
    expect(await attemptOf()).toMatchObject({ authextra: { nonce: CLIENT_NONCE } });
  });

  it.each([
    ['with WebCrypto', crypto],
    ['on an http:// page', { getRandomValues: crypto.getRandomValues }],
  ])('proves and verifies as node:crypto computes it, %s', async (_, source) => {
    const attempt = await attemptOf({ crypto: source });
    const { proof, verifier } = expected('pencil', 'user');
    expect(await answer(attempt, CHALLENGE)).toEqual({
      signature: proof,
      extra: { nonce: CHALLENGE.nonce, channel_binding: null },
    });
    await verify(attempt, { authextra: { verifier } });
    await verify(attempt, { authextra: { verifier: `v=${verifier}` } });
  });

  it('normalises authid and password, and escapes the authid', async () => {
    const attempt = await attemptOf({ authid: 'I\u00adX,=', password: 'e\u0301' });
    expect(attempt.authid).toBe('IX,=');
    const { proof } = expected('\u00e9', 'IX=2C=3D');
    expect((await answer(attempt, CHALLENGE)).signature).toBe(proof);
  });

  it('binds the TLS channel', async () => {
    const attempt = await attemptOf({ channelBinding: 'tls-unique' });
    expect(attempt.authextra).toEqual({ nonce: CLIENT_NONCE, channel_binding: 'tls-unique' });
    const c = Buffer.concat([Buffer.from('p=tls-unique,,'), TLS_UNIQUE]).toString('base64');
    expect(await answer(attempt, CHALLENGE)).toEqual({
      signature: expected('pencil', 'user', CHALLENGE, c).proof,
      extra: { nonce: CHALLENGE.nonce, channel_binding: 'tls-unique', cbind_data: 'AQID' },
    });
  });

  it('does not begin without the TLS channel it is to bind', async () => {
    const error = { name: 'AuthenticationError', attempted: 'HELLO' };
    await expect(attemptOf({ channelBinding: 'tls-server-end-point' })).rejects.toMatchObject(error);
    await expect(attemptOf({ channelBinding: 'tls-unique', dialect: 'crossbar' })).rejects.toMatchObject(error);
  });

  it('does not begin with an authid that SASLprep forbids', async () => {
    await expect(attemptOf({ authid: 'a\u0007' })).rejects.toThrow(/the authid holds characters/);
  });

  it('does not prove a password that SASLprep forbids', async () => {
    const attempt = await attemptOf({ password: 'p\u0007' });
    await expect(answer(attempt, CHALLENGE)).rejects.toThrow(/the password holds characters/);
  });

  it.each([
    ['an unrelated nonce', { nonce: 'SBmkFIh7sSo=' }],
    ["the client's own nonce alone", { nonce: CLIENT_NONCE }],
    ["a nonce with the client's in its middle", { nonce: `A${CLIENT_NONCE}A` }],
    ['a nonce with a comma', { nonce: `${CLIENT_NONCE},i=1` }],
    ['a nonce without end', { nonce: CLIENT_NONCE.padEnd(1_025, 'A') }],
    ['no nonce', { nonce: undefined }],
    ['no salt', { salt: undefined }],
    ['a salt that is not Base64', { salt: 'a,i=1' }],
    ['another hash', { kdf: 'md5' }],
    ["the Crossbar dialect's name of the hash", { kdf: 'argon2id-13', memory: 65_536, iterations: 3 }],
    ['few iterations', { iterations: 4_095 }],
    ['iterations to stall on', { iterations: 1e9 }],
    ['iterations in words', { iterations: '4096' }],
    ['no iterations', { iterations: undefined }],
    ['little memory', { kdf: 'argon2id13', salt: `${SALT.slice(0, -1)}BCDE=`, iterations: 1, memory: 1_024 }],
    ['memory to choke on', { kdf: 'argon2id13', salt: 'aBc+fx0NAVBxyzDO3q2+7w==', iterations: 1, memory: 2 ** 31 }],
    ['no memory', { kdf: 'argon2id13', salt: 'aBc+fx0NAVBxyzDO3q2+7w==', iterations: 3 }],
  ])('refuses a CHALLENGE with %s', async (_, tampered) => {
    await expect(answer(await attemptOf(), { ...CHALLENGE, ...tampered })).rejects.toMatchObject({
      name: 'AuthenticationError',
      method: 'wamp-scram',
      attempted: 'CHALLENGE',
    });
  });

  it('takes limits of its own', async () => {
    const lax = await attemptOf({ minPbkdf2Iterations: 1_000 });
    await expect(answer(lax, { ...CHALLENGE, iterations: 1_000 })).resolves.toBeDefined();
    const strict = await attemptOf({ minPbkdf2Iterations: 5_000 });
    await expect(answer(strict, CHALLENGE)).rejects.toThrow(/only 4096 iterations of PBKDF2/);
  });

  it('answers one CHALLENGE', async () => {
    const attempt = await attemptOf();
    await answer(attempt, CHALLENGE);
    await expect(answer(attempt, CHALLENGE)).rejects.toThrow(/challenged twice/);
  });

  it.each([
    ['without a verifier', {}],
    ['with a verifier that is none', { authextra: { verifier: 7 } }],
    ['with an empty verifier', { authextra: { verifier: '' } }],
    ['with a wrong verifier', { authextra: { verifier: expected('pencil', 'user').proof } }],
    ['with the verifier of another password', { authextra: { verifier: expected('pencils', 'user').verifier } }],
    ['with no authextra', { authextra: null }],
  ])('does not trust a router that welcomes %s', async (_, details) => {
    const attempt = await attemptOf();
    await answer(attempt, CHALLENGE);
    await expect(verify(attempt, details)).rejects.toMatchObject({ name: 'AuthenticationError', attempted: 'WELCOME' });
  });

  it('does not trust a router that welcomes without a challenge', async () => {
    const { verifier } = expected('pencil', 'user');
    for (const details of [{ authextra: { verifier } }, { authextra: { verifier: '' } }, {}]) {
      await expect(verify(await attemptOf(), details)).rejects.toMatchObject({ name: 'AuthenticationError' });
    }
  });

  it('fails when no password is given', async () => {
    const attempt = await attemptOf({ password: () => EMPTY, crypto: randomly(new Uint8Array(16)) });
    await expect(answer(attempt, { ...CHALLENGE, nonce: 'AAAAAAAAAAAAAAAAAAAAAA==x' })).rejects.toThrow(
      /no password was given/,
    );
  });
});

describe('C-32: scram as Crossbar speaks it', () => {
  const nonce = Buffer.from(Uint8Array.from({ length: 32 }, (_, i) => i)).toString('base64');
  const challenge = { nonce, salt: SALT, kdf: 'pbkdf2', iterations: 4096 };

  it('proves as node:crypto computes it, and sends no extra', async () => {
    const attempt = await attemptOf({ dialect: 'crossbar' });
    const { proof, verifier } = expected('pencil', 'user', { ...CHALLENGE, nonce }, '');
    expect(await answer(attempt, challenge)).toEqual({ signature: proof, extra: {} });
    await verify(attempt, { authextra: { scram_server_signature: verifier } });
    await expect(verify(attempt, { authextra: { verifier } })).rejects.toThrow();
  });

  it.each([
    ["the client's own alone", Uint8Array.from({ length: 16 }, (_, i) => i)],
    ['a shorter one', Uint8Array.from({ length: 15 }, (_, i) => i)],
    ['one that differs in a byte', Uint8Array.from({ length: 32 }, (_, i) => (i === 15 ? 99 : i))],
  ])('refuses %s for a nonce', async (_, bytes) => {
    const attempt = await attemptOf({ dialect: 'crossbar' });
    const tampered = { ...challenge, nonce: Buffer.from(bytes).toString('base64') };
    await expect(answer(attempt, tampered)).rejects.toThrow(/nonce does not continue/);
  });

  it('refuses a nonce that is one as text but not as bytes', async () => {
    const attempt = await attemptOf({ dialect: 'crossbar' });
    const tampered = { ...challenge, nonce: `${CLIENT_NONCE}SBmkFIh7sSo=` };
    await expect(answer(attempt, tampered)).rejects.toThrow(/nonce does not continue/);
  });
});
