import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import { of } from 'rxjs';
import {
  checkCryptosign,
  type CheckCryptosignOptions,
  type CryptosignPrincipal,
} from '../../../src/auth/router/cryptosign.js';
import { challengeOf, DENIED, hello, helloOf, hex, insecurePage, judge, randomly } from '../support.js';
import { CHANNEL_ID, CRYPTOSIGN, CRYPTOSIGN_EXAMPLES, TLS_UNIQUE } from '../vectors.js';

const [client, router, stranger] = CRYPTOSIGN as [
  (typeof CRYPTOSIGN)[0],
  (typeof CRYPTOSIGN)[0],
  (typeof CRYPTOSIGN)[0],
];
const principals = {
  client01: { authrole: 'device', authorizedKeys: [router.publicKey, client.publicKey.toUpperCase()] },
};
const channelBindings = { 'tls-unique': Uint8Array.from(Buffer.from(TLS_UNIQUE)), 'tls-exporter': hex(CHANNEL_ID) };
const identity = { authid: 'client01', authrole: 'device', authmethod: 'cryptosign', authprovider: 'static' };

const challenged = (
  options: Partial<CheckCryptosignOptions> = {},
  { authid = 'client01' as string | undefined, ...authextra }: Record<string, string | undefined> = {},
) =>
  challengeOf(
    checkCryptosign({ principals, ...options }),
    helloOf({ ...(authid && { authid }), authextra: { pubkey: client.publicKey, ...authextra } }, { channelBindings }),
  );

/** The answer of that key's owner, made by node:crypto. */
function answerOf({ seed }: { seed: string }, message: string): string {
  const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return sign(null, Buffer.from(message, 'hex'), key).toString('hex') + message;
}
const xored = (a: string, b: string) => Buffer.from(hex(a).map((byte, i) => byte ^ (hex(b)[i] ?? 0))).toString('hex');

describe.each([
  ['with WebCrypto', globalThis.crypto],
  ['without', insecurePage],
])('checkCryptosign %s', (_, crypto) => {
  it('accepts the signature that node:crypto makes', async () => {
    const challenge = await challenged({ crypto });
    expect(challenge.challenge).toEqual({ challenge: expect.stringMatching(/^[\da-f]{64}$/), channel_binding: null });
    const answer = answerOf(client, String(challenge.challenge['challenge']));
    expect(await judge(challenge, answer)).toEqual({ accept: identity });
  });

  it('accepts the answer of the spec to its own challenge', async () => {
    for (const { publicKey, challenge, unbound } of CRYPTOSIGN) {
      const known = { a: { authrole: 'device', authorizedKeys: [publicKey] } };
      const source = { ...randomly(hex(challenge)), subtle: crypto.subtle };
      const made = await challenged({ principals: known, crypto: source }, { authid: 'a', pubkey: publicKey });
      expect(await judge(made, unbound.signature + unbound.message)).toMatchObject({ accept: { authid: 'a' } });
    }
  });

  it('accepts the answers of the spec that are bound to the channel', async () => {
    for (const { publicKey, challenge, bound } of CRYPTOSIGN) {
      const known = { a: { authrole: 'device', authorizedKeys: [publicKey] } };
      const source = { ...randomly(hex(challenge)), subtle: crypto.subtle };
      const hello = { authid: 'a', pubkey: publicKey, channel_binding: 'tls-unique' };
      const made = await challenged({ principals: known, crypto: source }, hello);
      expect(made.challenge).toMatchObject({ channel_binding: 'tls-unique' });
      expect(await judge(made, bound.signature + bound.message)).toMatchObject({ accept: { authid: 'a' } });
    }
  });
});

describe('checkCryptosign', () => {
  it.each([
    ['nothing', () => ''],
    ['the signature alone', (challenge: string) => answerOf(client, challenge).slice(0, 128)],
    ['the signature by another key', (challenge: string) => answerOf(stranger, challenge)],
    ['the signature by a key of the same principal', (challenge: string) => answerOf(router, challenge)],
    ['an earlier answer', () => client.unbound.signature + client.unbound.message],
    ['an earlier signature over the new challenge', (challenge: string) => client.unbound.signature + challenge],
    ['a bound signature', (challenge: string) => answerOf(client, xored(challenge, CHANNEL_ID))],
  ])('denies %s', async (_, answer) => {
    const challenge = await challenged();
    expect(await judge(challenge, answer(String(challenge.challenge['challenge'])))).toEqual(DENIED);
  });

  it('denies an unbound signature where a channel was bound', async () => {
    for (const channel_binding of ['tls-unique', 'tls-exporter']) {
      const challenge = await challenged({}, { channel_binding });
      expect(await judge(challenge, answerOf(client, String(challenge.challenge['challenge'])))).toEqual(DENIED);
    }
  });

  it('is good for one answer', async () => {
    const challenge = await challenged();
    const answer = answerOf(client, String(challenge.challenge['challenge']));
    expect(await judge(challenge, 'guess')).toEqual(DENIED);
    expect(await judge(challenge, answer)).toEqual(DENIED);
  });

  it('serves no HELLO without a public key', async () => {
    for (const pubkey of [undefined, null, '', 'f00', 7]) {
      const request = helloOf({ authid: 'client01', authextra: { pubkey } });
      expect(await hello(checkCryptosign({ principals }), request)).toBeUndefined();
    }
  });

  it('challenges without a binding that the transport cannot give', async () => {
    const request = helloOf({
      authid: 'client01',
      authextra: { pubkey: client.publicKey, channel_binding: 'tls-unique' },
    });
    const { challenge } = await challengeOf(checkCryptosign({ principals }), request);
    expect(challenge).toMatchObject({ channel_binding: null });
    expect((await challenged({}, { channel_binding: 'other' })).challenge).toMatchObject({ channel_binding: null });
  });

  it.each([
    ['an unknown authid', { authid: 'nobody' }, client],
    ['a prototype for an authid', { authid: '__proto__' }, client],
    ['an unknown key', { pubkey: stranger.publicKey }, stranger],
    ['an unknown key and no authid', { authid: undefined, pubkey: stranger.publicKey }, stranger],
  ])('challenges %s and denies it at the end', async (_, claims, key) => {
    const challenge = await challenged(
      {},
      'authid' in claims && claims.authid === undefined ? { ...claims, authid: '' } : claims,
    );
    expect(Object.keys(challenge.challenge)).toEqual(Object.keys((await challenged()).challenge));
    expect(await judge(challenge, answerOf(key, String(challenge.challenge['challenge'])))).toEqual(DENIED);
  });

  it('knows a client by its key alone', async () => {
    const challenge = await challenged({}, { authid: '' });
    expect(await judge(challenge, answerOf(client, String(challenge.challenge['challenge'])))).toEqual({
      accept: identity,
    });
  });

  it('looks principals up by authid and key', async () => {
    const found: CryptosignPrincipal = { authrole: 'device', authorizedKeys: [client.publicKey] };
    const lookup = jest.fn((_authid: string | undefined, _realm: string, _key: string) => of(found));
    const challenge = await challenged({ principals: lookup }, { authid: '', pubkey: client.publicKey.toUpperCase() });
    expect(lookup.mock.calls[0]?.slice(0, 3)).toEqual([undefined, 'realm1', client.publicKey]);
    expect(await judge(challenge, answerOf(client, String(challenge.challenge['challenge'])))).toEqual({
      accept: { ...identity, authid: client.publicKey, authprovider: 'dynamic' },
    });
  });

  it('checks the key also of those it looked up', async () => {
    const lookup = () => of({ authrole: 'device', authorizedKeys: [router.publicKey] });
    const challenge = await challenged({ principals: lookup });
    expect(await judge(challenge, answerOf(client, String(challenge.challenge['challenge'])))).toEqual(DENIED);
  });
});

describe('checkCryptosign with a key of its own', () => {
  const asked = CRYPTOSIGN_EXAMPLES[0]?.challenge ?? '';
  const options = { privateKey: () => Promise.resolve(router.seed) };

  function isSigned(answer: unknown, message: string): boolean {
    const der = Buffer.from(`302a300506032b6570032100${router.publicKey}`, 'hex');
    const signature = Buffer.from(String(answer).slice(0, 128), 'hex');
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return String(answer).slice(128) === message && verify(null, Buffer.from(message, 'hex'), key, signature);
  }

  it('proves itself to a client that asks', async () => {
    const { challenge } = await challenged(options, { challenge: asked });
    expect(challenge).toMatchObject({ pubkey: router.publicKey });
    expect(isSigned(challenge['signature'], asked)).toBe(true);
  });

  it('takes the channel into what it signs', async () => {
    const id = createHash('sha256').update(TLS_UNIQUE).digest('hex');
    const { challenge } = await challenged(options, { challenge: asked, channel_binding: 'tls-unique' });
    expect(isSigned(challenge['signature'], xored(asked, id))).toBe(true);
  });

  it('says nothing to a client that does not ask, or asks in vain', async () => {
    for (const [own, challenge] of [
      [options, undefined],
      [options, 'f00'],
      [{}, asked],
    ] as const) {
      const made = await challenged(own, { challenge });
      expect(Object.keys(made.challenge)).toEqual(['challenge', 'channel_binding']);
    }
  });

  it('fails when its key is none', async () => {
    await expect(challenged({ privateKey: 'f00' }, { challenge: asked })).rejects.toThrow(/not a seed of 32 bytes/);
  });
});
