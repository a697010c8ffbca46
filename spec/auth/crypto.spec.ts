import { createHash, createHmac, createPrivateKey, pbkdf2Sync, sign, verify } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import { argon2id } from '../../src/auth/crypto/argon2id.js';
import { equal, fromBase64, fromHex, toBase64, toHex, utf8, xor } from '../../src/auth/crypto/bytes.js';
import { ed25519PublicKey, ed25519Sign, ed25519Verify } from '../../src/auth/crypto/ed25519.js';
import { pbkdf2Sha256 } from '../../src/auth/crypto/pbkdf2.js';
import { hmacSha256, sha256 } from '../../src/auth/crypto/sha256.js';
import { randomBytes, type CryptoSource, type SubtleSource } from '../../src/auth/crypto/source.js';
import { hex, insecurePage } from './support.js';
import { CRYPTOSIGN, PRIMITIVES } from './vectors.js';

// Argon2id in JavaScript takes its time, inside jest twenty times more than outside.
jest.setTimeout(300_000);

/** An older browser. */
const withoutCurve: CryptoSource = {
  ...insecurePage,
  subtle: new Proxy(globalThis.crypto.subtle, {
    get: (subtle, name: 'importKey' | 'deriveBits') =>
      name === 'importKey'
        ? (...[format, bytes, algorithm, extractable, usages]: Parameters<SubtleSource['importKey']>) =>
            algorithm === 'Ed25519'
              ? Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'))
              : (subtle as SubtleSource).importKey(format, bytes, algorithm, extractable, usages)
        : subtle[name].bind(subtle),
  }),
};

const PLATFORMS = [
  ['with WebCrypto', globalThis.crypto],
  ['on an http:// page', insecurePage],
  ['where WebCrypto does not know the curve', withoutCurve],
] as const;

/** An Ed25519 key as node:crypto wants it. */
const nodeKey = (seed: string) =>
  createPrivateKey({
    key: Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex'),
    format: 'der',
    type: 'pkcs8',
  });

describe('bytes', () => {
  it('reads and writes Base64, in its canonical form alone', () => {
    expect(toBase64(Uint8Array.of(251, 255, 0))).toBe('+/8A');
    expect(fromBase64('+/8A')).toEqual(Uint8Array.of(251, 255, 0));
    expect(fromBase64('')).toEqual(new Uint8Array());
    for (const text of ['+/8', '-_8A', '+/8A ', 'A===', 'QQ', 'QR==', 'é']) expect(fromBase64(text)).toBeUndefined();
  });

  it('does not fall over a Base64 text of megabytes', () => {
    expect(fromBase64('A'.repeat(4_000_000))).toBeUndefined();
  });

  it('reads and writes hexadecimal of the length wanted', () => {
    expect(toHex(Uint8Array.of(0, 10, 255))).toBe('000aff');
    expect(fromHex('000AfF', 3)).toEqual(Uint8Array.of(0, 10, 255));
    for (const value of ['000aff', '00g1', '0x01', ' 001', 17, null, undefined])
      expect(fromHex(value, 2)).toBeUndefined();
  });

  it('compares', () => {
    expect(equal(utf8('abc'), utf8('abc'))).toBe(true);
    expect(equal(utf8('abc'), utf8('abd'))).toBe(false);
    expect(equal(utf8('abc'), utf8('abcd'))).toBe(false);
    expect(equal(utf8('abcd'), utf8('abc'))).toBe(false);
    expect(xor(Uint8Array.of(1, 255), Uint8Array.of(3, 255))).toEqual(Uint8Array.of(2, 0));
  });
});

describe('SHA-256 and HMAC', () => {
  it.each([0, 1, 55, 56, 64, 65, 1000])('agree with node:crypto on %d bytes', (length) => {
    const data = randomBytes(length);
    const key = randomBytes(length);
    expect(toHex(sha256(data))).toBe(createHash('sha256').update(data).digest('hex'));
    expect(toHex(hmacSha256(key, data))).toBe(createHmac('sha256', key).update(data).digest('hex'));
  });
});

describe('randomBytes', () => {
  it('takes them from the source it is given', () => {
    const source: CryptoSource = { getRandomValues: (array) => new Uint8Array(array.buffer).fill(7) };
    expect(randomBytes(3, source)).toEqual(Uint8Array.of(7, 7, 7));
  });
});

describe.each(PLATFORMS)('%s', (_, source) => {
  it("makes Autobahn|Python's PBKDF2 hash", async () => {
    const { password, salt, pbkdf2 } = PRIMITIVES;
    const key = await pbkdf2Sha256(
      utf8(password),
      { salt: utf8(salt), iterations: pbkdf2.iterations, length: 32 },
      source,
    );
    expect(toHex(key)).toBe(pbkdf2.hash);
  });

  it.each([
    ['', '', 1, 32],
    ['pässwörd', 'salt', 1000, 20],
    ['p'.repeat(200), 's'.repeat(100), 3, 100],
  ])('agrees with node:crypto on PBKDF2 of %j', async (password, salt, iterations, length) => {
    const key = await pbkdf2Sha256(utf8(password), { salt: utf8(salt), iterations, length }, source);
    expect(toHex(key)).toBe(pbkdf2Sync(password, salt, iterations, length, 'sha256').toString('hex'));
  });

  it('signs with Ed25519 as node:crypto does', async () => {
    for (const { seed, publicKey } of CRYPTOSIGN) {
      const message = randomBytes(100);
      const signature = await ed25519Sign(hex(seed), message, source);
      expect(toHex(signature)).toBe(sign(null, message, nodeKey(seed)).toString('hex'));
      expect(verify(null, message, nodeKey(seed), signature)).toBe(true);
      expect(toHex(ed25519PublicKey(hex(seed)))).toBe(publicKey);
    }
  });

  // RFC 8032, section 5.1.7 holds for R = S·B whatever the message, when the key is the neutral element or of its kind.
  it.each(['01', '00', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'])(
    'refuses the key %s, under which anybody can sign',
    async (start) => {
      const neutral = hex('01'.padEnd(64, '0'));
      const signature = Uint8Array.of(...neutral, ...new Uint8Array(32));
      const messages = Array.from({ length: 8 }, (_, i) => Uint8Array.of(i));
      for (const message of messages) {
        expect(await ed25519Verify(hex(start.padEnd(64, '0')), message, signature, source)).toBe(false);
      }
    },
  );

  it('verifies Ed25519 signatures', async () => {
    const [{ seed, publicKey } = { seed: '', publicKey: '' }, other] = CRYPTOSIGN;
    const message = utf8('message');
    const signature = Uint8Array.from(sign(null, message, nodeKey(seed)));
    expect(await ed25519Verify(hex(publicKey), message, signature, source)).toBe(true);
    expect(await ed25519Verify(hex(publicKey), utf8('massage'), signature, source)).toBe(false);
    expect(await ed25519Verify(hex(other?.publicKey ?? ''), message, signature, source)).toBe(false);
    expect(
      await ed25519Verify(
        hex(publicKey),
        message,
        signature.map((byte) => byte ^ 1),
        source,
      ),
    ).toBe(false);
    expect(await ed25519Verify(hex(publicKey), message, signature.subarray(1), source)).toBe(false);
    expect(await ed25519Verify(hex('ff'.repeat(32)), message, signature, source)).toBe(false);
    expect(await ed25519Verify(hex(''), message, signature, source)).toBe(false);
  });
});

describe('Argon2id', () => {
  it("makes Autobahn|Python's hash", async () => {
    const { password, salt, argon2id: expected } = PRIMITIVES;
    const { iterations, memoryKiB, hash } = expected;
    expect(toHex(await argon2id(utf8(password), { salt: utf8(salt), iterations, memoryKiB, length: 32 }))).toBe(hash);
  });
});
