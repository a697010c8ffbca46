import { describe, expect, it } from '@jest/globals';
import { EMPTY, of } from 'rxjs';
import { cryptosign, type CryptosignOptions } from '../../src/auth/cryptosign.js';
import { utf8 } from '../../src/auth/crypto/bytes.js';
import { answer, begin, hex, insecurePage, randomly, verify } from './support.js';
import { CHANNEL_ID, CRYPTOSIGN, CRYPTOSIGN_EXAMPLES, TLS_UNIQUE } from './vectors.js';

const [key, other] = CRYPTOSIGN as [(typeof CRYPTOSIGN)[0], (typeof CRYPTOSIGN)[0]];
const channelBindings = { 'tls-unique': utf8(TLS_UNIQUE), 'tls-exporter': hex(CHANNEL_ID) };
const attemptOf = (options: Partial<CryptosignOptions> = {}) =>
  begin(cryptosign({ privateKey: key.seed, ...options }), { channelBindings });

describe('C-33: cryptosign', () => {
  it.each(CRYPTOSIGN)('answers as the spec does with $seed', async ({ seed, publicKey, challenge, unbound }) => {
    for (const crypto of [globalThis.crypto, insecurePage]) {
      const attempt = await attemptOf({ privateKey: seed, crypto, authid: 'client01' });
      expect(attempt).toMatchObject({ authid: 'client01', authextra: { pubkey: publicKey } });
      const signature = unbound.signature + unbound.message;
      expect(await answer(attempt, { challenge, channel_binding: null })).toEqual({ signature });
    }
  });

  it.each(['tls-unique', 'tls-exporter'] as const)('answers as the spec does, bound by %s', async (channelBinding) => {
    for (const { seed, publicKey, challenge, bound } of CRYPTOSIGN) {
      const attempt = await attemptOf({ privateKey: seed, channelBinding });
      expect(attempt.authextra).toEqual({ pubkey: publicKey, channel_binding: channelBinding });
      const signature = bound.signature + bound.message;
      expect(await answer(attempt, { challenge, channel_binding: channelBinding })).toEqual({ signature });
    }
  });

  it.each([
    ['bytes', hex(key.seed)],
    ['a function', () => key.seed],
    ['an Observable', () => of(hex(key.seed))],
    ['a Promise', () => Promise.resolve(key.seed.toUpperCase())],
  ])('takes the key as %s', async (_, privateKey) => {
    expect((await attemptOf({ privateKey })).authextra).toEqual({ pubkey: key.publicKey });
  });

  it.each([
    ['of 31 bytes', key.seed.slice(2)],
    ['of 33 bytes', `00${key.seed}`],
    ['in words', 'x'.repeat(64)],
    ['of 16 bytes', new Uint8Array(16)],
    ['that is none', () => EMPTY],
  ])('does not begin with a key %s', async (_, privateKey) => {
    await expect(attemptOf({ privateKey })).rejects.toMatchObject({ name: 'AuthenticationError', attempted: 'HELLO' });
  });

  it('does not begin without the TLS channel it is to bind', async () => {
    const authenticator = cryptosign({ privateKey: key.seed, channelBinding: 'tls-unique' });
    await expect(begin(authenticator)).rejects.toThrow(/no TLS channel to bind to by tls-unique/);
    const tooShort = { 'tls-exporter': new Uint8Array(31) };
    const exporter = cryptosign({ privateKey: key.seed, channelBinding: 'tls-exporter' });
    await expect(begin(exporter, { channelBindings: tooShort })).rejects.toThrow(/no TLS channel/);
  });

  it.each([
    ['downgraded by silence', 'tls-unique', undefined],
    ['downgraded by null', 'tls-unique', null],
    ['exchanged', 'tls-exporter', 'tls-unique'],
    ['imposed', undefined, 'tls-unique'],
  ] as const)('does not answer when the channel binding was %s', async (_, asked, channel_binding) => {
    const attempt = await attemptOf(asked && { channelBinding: asked });
    await expect(answer(attempt, { challenge: key.challenge, channel_binding })).rejects.toThrow(/another TLS channel/);
  });

  it.each([undefined, 7, 'ff', 'ff'.repeat(33), 'xx'.repeat(32)])('does not sign %j', async (challenge) => {
    await expect(answer(await attemptOf(), { challenge })).rejects.toThrow(/no challenge of 32 bytes/);
  });
});

describe('C-33: cryptosign with a pinned router', () => {
  const proofs = CRYPTOSIGN_EXAMPLES.filter(({ title }) => title.endsWith('router'));
  const [unbound] = proofs as [(typeof proofs)[0]];
  const pinned = (options: Partial<CryptosignOptions> = {}) =>
    attemptOf({ routerKey: unbound.key, crypto: randomly(hex(unbound.challenge)), ...options });
  const extra = { challenge: key.challenge, pubkey: unbound.key, signature: unbound.answer };

  it("believes the router of the spec's example 1", async () => {
    const attempt = await pinned();
    expect(attempt.authextra).toMatchObject({ challenge: unbound.challenge });
    await expect(answer(attempt, extra)).resolves.toBeDefined();
    await expect(verify(attempt, {})).resolves.toBeUndefined();
  });

  it('asks with a challenge of its own every time', async () => {
    const attempts = await Promise.all([1, 2].map(() => attemptOf({ routerKey: unbound.key })));
    const [first, second] = attempts.map(({ authextra }) => authextra?.['challenge']);
    expect(first).toMatch(/^[\da-f]{64}$/);
    expect(first).not.toBe(second);
  });

  it('takes the channel into what the router signs', async () => {
    const { publicKey, bound } = other;
    const options = {
      channelBinding: 'tls-unique',
      routerKey: publicKey,
      crypto: randomly(hex(other.challenge)),
    } as const;
    const proof = {
      challenge: key.challenge,
      channel_binding: 'tls-unique',
      signature: bound.signature + bound.message,
    };
    await expect(answer(await pinned(options), proof)).resolves.toBeDefined();
    const replayed = { ...proof, signature: other.unbound.signature + other.unbound.message };
    await expect(answer(await pinned(options), replayed)).rejects.toThrow(/did not prove/);
  });

  it.each([
    ['no signature', { signature: undefined }],
    ['a signature of something else', { signature: other.unbound.signature + other.unbound.message }],
    ['a bit wrong', { signature: `0${unbound.answer.slice(1)}` }],
    ['another key', { pubkey: other.publicKey }],
  ])('does not answer a router that sends %s', async (_, tampered) => {
    const attempt = await pinned();
    await expect(answer(attempt, { ...extra, ...tampered })).rejects.toMatchObject({ name: 'AuthenticationError' });
    await expect(verify(attempt, {})).rejects.toThrow(/did not prove/);
  });

  it('does not trust a router that welcomes without a challenge', async () => {
    await expect(verify(await pinned(), {})).rejects.toMatchObject({
      name: 'AuthenticationError',
      attempted: 'WELCOME',
    });
  });

  it('does not begin with a malformed router key', async () => {
    await expect(pinned({ routerKey: 'f00' })).rejects.toThrow(/not 64 hexadecimal digits/);
  });
});
