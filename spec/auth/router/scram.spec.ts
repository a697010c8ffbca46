import { describe, expect, it, jest } from '@jest/globals';
import { deriveScramCredential } from '../../../src/auth/router/scram-credential.js';
import { checkScram, type CheckScramOptions, type ScramPrincipal } from '../../../src/auth/router/scram.js';
import { scramAuthMessage, scramProof, type ScramChannel } from '../../../src/auth/math/scram.js';
import { SCRAM_DIALECTS, type ScramDialectName } from '../../../src/auth/math/scram-dialect.js';
import { toBase64 } from '../../../src/auth/crypto/bytes.js';
import { base64, challengeOf, DENIED, hello, helloOf, hex, insecurePage, judge } from '../support.js';
import { SCRAM_EXCHANGES } from '../vectors.js';

// Argon2id in JavaScript takes its time, inside jest twenty times more than outside.
jest.setTimeout(300_000);

const [, vector, , argon2Vector] = SCRAM_EXCHANGES;
const clientNonce = 'egVDf3DMJh0=';
const authextra = { nonce: clientNonce };
const credential = {
  kdf: 'pbkdf2',
  salt: vector.salt,
  iterations: 4096,
  storedKey: toBase64(hex(vector.storedKey)),
  serverKey: toBase64(hex(vector.serverKey)),
} as const;
const user: ScramPrincipal = { authrole: 'frontend', ...credential };
const data = Uint8Array.of(1, 2, 3);

const challenged = (options: Partial<CheckScramOptions> = {}, authid = 'user', extra: object = authextra) =>
  challengeOf(
    checkScram({ principals: { user }, ...options }),
    helloOf({ authid, authextra: { ...extra } }, { channelBindings: { 'tls-unique': data } }),
  );

interface ProofOptions {
  readonly authid?: string;
  readonly channelBinding?: ScramChannel | undefined;
  readonly dialect?: ScramDialectName;
}

/** The proof of the vector's password for whatever the router challenged with. */
function proofFor(
  { challenge }: { challenge: Record<string, unknown> },
  { authid = 'user', channelBinding, dialect = 'spec' }: ProofOptions = {},
): string {
  const nonce = String(challenge['nonce']);
  const exchange = { authid, clientNonce, nonce, salt: vector.salt, iterations: 4096, channelBinding };
  return toBase64(scramProof(hex(vector.saltedPassword), scramAuthMessage(SCRAM_DIALECTS[dialect], exchange)));
}
const extraFor = ({ challenge }: { challenge: Record<string, unknown> }) => ({
  nonce: challenge['nonce'],
  channel_binding: null,
});

describe('checkScram', () => {
  it('challenges with what it stores and a nonce that continues the client’s', async () => {
    const { challenge } = await challenged();
    const { nonce, ...rest } = challenge;
    expect(rest).toEqual({ salt: vector.salt, kdf: 'pbkdf2', iterations: 4096, memory: null });
    expect(nonce).toMatch(/^egVDf3DMJh0=[A-Za-z\d+/]{22}==$/);
    expect((await challenged()).challenge['nonce']).not.toBe(nonce);
  });

  it('accepts the proof and proves itself', async () => {
    const challenge = await challenged();
    const step = await judge(challenge, proofFor(challenge), extraFor(challenge));
    expect(step).toEqual({
      accept: {
        authid: 'user',
        authrole: 'frontend',
        authmethod: 'wamp-scram',
        authprovider: 'static',
        authextra: { verifier: expect.stringMatching(/^[A-Za-z\d+/]{43}=$/) },
      },
    });
  });

  it('serves no HELLO without an authid or a nonce', async () => {
    const router = checkScram({ principals: { user } });
    expect(await hello(router, helloOf({ authextra }))).toBeUndefined();
    for (const nonce of [undefined, '', 7, 'a,b', 'a b', 'é', 'A'.repeat(257)]) {
      expect(await hello(router, helloOf({ authid: 'user', authextra: { nonce } }))).toBeUndefined();
    }
  });

  it('is good for one answer', async () => {
    const challenge = await challenged();
    const proof = proofFor(challenge);
    expect(await judge(challenge, '', extraFor(challenge))).toEqual(DENIED);
    expect(await judge(challenge, proof, extraFor(challenge))).toEqual(DENIED);
    const replayed = await challenged();
    expect(await judge(replayed, proof, extraFor(replayed))).toEqual(DENIED);
  });

  it.each([
    ['no nonce', { nonce: undefined }],
    ['another nonce', { nonce: clientNonce }],
    ['a binding nobody asked for', { channel_binding: 'tls-unique', cbind_data: 'AQID' }],
    ['data of a binding nobody asked for', { cbind_data: 'AQID' }],
  ])('denies an answer with %s', async (_, tampered) => {
    const challenge = await challenged();
    expect(await judge(challenge, proofFor(challenge), { ...extraFor(challenge), ...tampered })).toEqual(DENIED);
  });

  it('looks up the authid as SASLprep writes it', async () => {
    const challenge = await challenged({}, 'us\u00ader');
    const step = await judge(challenge, proofFor(challenge, { authid: 'us\u00ader' }), extraFor(challenge));
    expect(step).toHaveProperty('accept');
    const forbidden = await challenged({}, 'us\u0007er');
    expect(await judge(forbidden, proofFor(forbidden, { authid: 'us\u0007er' }), extraFor(forbidden))).toEqual(DENIED);
  });

  it('fails when its store holds no keys', async () => {
    await expect(challenged({ principals: { user: { ...user, storedKey: '?' } } })).rejects.toThrow(/not Base64/);
  });
});

describe('checkScram and the TLS channel', () => {
  const asked = { ...authextra, channel_binding: 'tls-unique' };
  const channelBinding = { type: 'tls-unique', data };
  const bound = { channel_binding: 'tls-unique', cbind_data: 'AQID' };

  it('accepts the proof that is bound to it', async () => {
    const challenge = await challenged({}, 'user', asked);
    const extra = { ...extraFor(challenge), ...bound };
    expect(await judge(challenge, proofFor(challenge, { channelBinding }), extra)).toHaveProperty('accept');
  });

  it.each([
    ['claims another channel', { type: 'tls-unique', data: Uint8Array.of(9) }, { ...bound, cbind_data: 'CQ==' }],
    ['is bound to another channel', { type: 'tls-unique', data: Uint8Array.of(9) }, bound],
    ['is not bound', undefined, { channel_binding: null }],
    [
      'is bound otherwise',
      { type: 'tls-server-end-point', data },
      { ...bound, channel_binding: 'tls-server-end-point' },
    ],
    ['shows no data', channelBinding, { ...bound, cbind_data: undefined }],
  ])('denies a proof that %s', async (_, binding, extra) => {
    const challenge = await challenged({}, 'user', asked);
    const answer = { ...extraFor(challenge), ...extra };
    expect(await judge(challenge, proofFor(challenge, { channelBinding: binding }), answer)).toEqual(DENIED);
  });

  it('denies a bound proof when somebody took the binding out of HELLO', async () => {
    const challenge = await challenged();
    const extra = { ...extraFor(challenge), ...bound };
    expect(await judge(challenge, proofFor(challenge, { channelBinding }), extra)).toEqual(DENIED);
  });

  it.each(['tls-server-end-point', 'tls-exporter', 7])('denies a HELLO that asks for %j', async (channel_binding) => {
    const router = checkScram({ principals: { user } });
    const request = helloOf({ authid: 'user', authextra: { ...authextra, channel_binding } });
    expect(await hello(router, request)).toEqual(DENIED);
  });
});

describe('R-43: checkScram and somebody unknown', () => {
  it('challenges them as it does everybody, always with the same salt', async () => {
    const mock = { kdf: 'pbkdf2', iterations: 4096 } as const;
    const router = checkScram({ principals: { user }, mock });
    const challengeFor = async (authid: string) =>
      (await challengeOf(router, helloOf({ authid, authextra }))).challenge;
    const [known, unknown, again, other] = await Promise.all(['user', 'x', 'x', 'y'].map(challengeFor));
    expect({ ...unknown, salt: '', nonce: '' }).toEqual({ ...known, salt: '', nonce: '' });
    expect(base64(String(unknown?.['salt']))).toHaveLength(16);
    expect(unknown?.['salt']).toBe(again?.['salt']);
    expect(unknown?.['salt']).not.toBe(other?.['salt']);
    expect(unknown?.['nonce']).not.toBe(again?.['nonce']);
  });

  // OWASP Password Storage Cheat Sheet, 2023.
  it('looks by default as what deriveScramCredential makes', async () => {
    const owasp = { pbkdf2: { iterations: 600_000 }, argon2id13: { iterations: 2, memory: 19_456 } };
    expect((await challenged({}, 'nobody')).challenge).toMatchObject({ kdf: 'argon2id13', ...owasp.argon2id13 });
    const { challenge } = await challenged({ mock: { kdf: 'pbkdf2' } }, 'nobody');
    expect(challenge).toMatchObject({ kdf: 'pbkdf2', ...owasp.pbkdf2, memory: null });
    expect(await deriveScramCredential('pencil', { kdf: 'pbkdf2' })).toMatchObject({ kdf: 'pbkdf2', ...owasp.pbkdf2 });
    const cheap = { iterations: 1, memory: 8 };
    expect(await deriveScramCredential('pencil', cheap)).toMatchObject({ kdf: 'argon2id13', ...cheap });
  });

  it('denies them as it does everybody', async () => {
    const challenge = await challenged({ mock: { kdf: 'pbkdf2', iterations: 4096 } }, 'nobody');
    expect(await judge(challenge, proofFor(challenge, { authid: 'nobody' }), extraFor(challenge))).toEqual(DENIED);
  });

  it('keeps the salt over a restart when it is told a key', async () => {
    const [before, after] = [
      await challenged({ mockKey: 'k' }, 'nobody'),
      await challenged({ mockKey: 'k' }, 'nobody'),
    ];
    expect(before.challenge['salt']).toBe(after.challenge['salt']);
  });
});

describe('checkScram as Crossbar speaks it', () => {
  it('asks and accepts without what Autobahn|Python does not know', async () => {
    const challenge = await challenged({ dialect: 'crossbar' });
    expect(Object.keys(challenge.challenge).sort()).toEqual(['iterations', 'kdf', 'nonce', 'salt']);
    const nonce = base64(String(challenge.challenge['nonce']));
    expect(nonce).toHaveLength(8 + 16);
    expect(nonce.subarray(0, 8)).toEqual(base64(clientNonce));
    expect(await judge(challenge, proofFor(challenge, { dialect: 'crossbar' }), {})).toMatchObject({
      accept: { authmethod: 'scram', authextra: { scram_server_signature: expect.any(String) } },
    });
  });

  it('names Argon2 its way', async () => {
    const { challenge } = await challenged({ dialect: 'crossbar' }, 'nobody');
    expect(challenge).toMatchObject({ kdf: 'argon2id-13', memory: 19_456 });
  });

  it('denies a client nonce that is not Base64', async () => {
    const router = checkScram({ principals: { user }, dialect: 'crossbar' });
    expect(await hello(router, helloOf({ authid: 'user', authextra: { nonce: 'x' } }))).toEqual(DENIED);
  });
});

describe('deriveScramCredential', () => {
  it.each([globalThis.crypto, insecurePage])('makes the keys of the vectors', async (crypto) => {
    const options = { salt: base64(vector.salt), iterations: 4096, crypto };
    expect(await deriveScramCredential('pencil', { kdf: 'pbkdf2', ...options })).toEqual(credential);
  });

  it('makes Argon2id keys', async () => {
    const { kdf, salt, iterations, memory } = argon2Vector;
    const made = await deriveScramCredential('pencil', { salt: base64(salt), iterations, memory });
    expect(made).toMatchObject({ kdf, salt, iterations, memory });
    // ServerKey makes the vector's verifier.
    const router = checkScram({ principals: { user: { authrole: 'user', ...made } } });
    const challenge = await challengeOf(router, helloOf({ authid: 'user', authextra }));
    const message = scramAuthMessage(SCRAM_DIALECTS.spec, {
      ...argon2Vector,
      nonce: String(challenge.challenge['nonce']),
    });
    const proof = toBase64(scramProof(hex(argon2Vector.saltedPassword), message));
    expect(await judge(challenge, proof, extraFor(challenge))).toHaveProperty('accept');
  });

  it('salts every password anew', async () => {
    const [first, second] = await Promise.all(
      [1, 2].map(() => deriveScramCredential('pencil', { kdf: 'pbkdf2', iterations: 4096 })),
    );
    expect(base64(first?.salt ?? '')).toHaveLength(16);
    expect(first?.salt).not.toBe(second?.salt);
    expect(first?.storedKey).not.toBe(second?.storedKey);
  });

  it('refuses a password that SASLprep forbids', async () => {
    await expect(deriveScramCredential('p\u0007')).rejects.toThrow(TypeError);
  });
});
