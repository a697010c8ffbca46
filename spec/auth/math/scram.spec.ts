import { describe, expect, it, jest } from '@jest/globals';
import { toBase64, toHex } from '../../../src/auth/crypto/bytes.js';
import { objectionToCost, SCRAM_COST_LIMITS } from '../../../src/auth/math/scram-cost.js';
import { SCRAM_DIALECTS } from '../../../src/auth/math/scram-dialect.js';
import {
  isScramProof,
  scramAuthMessage,
  scramKeys,
  scramProof,
  scramSaltedPassword,
  scramVerifier,
} from '../../../src/auth/math/scram.js';
import { base64, insecurePage } from '../support.js';
import { CROSSBAR_EXCHANGE, SCRAM_EXCHANGES } from '../vectors.js';

// Argon2id in JavaScript takes its time, inside jest twenty times more than outside.
jest.setTimeout(300_000);

const { spec, crossbar } = SCRAM_DIALECTS;

describe.each([
  ['with WebCrypto', globalThis.crypto],
  ['on an http:// page', insecurePage],
])('SCRAM %s', (_, crypto) => {
  it.each(SCRAM_EXCHANGES)('makes proof and verifier of $title', async (exchange) => {
    const hashing = { memory: undefined, ...exchange, salt: base64(exchange.salt) };
    const saltedPassword = await scramSaltedPassword(spec, 'pencil', hashing, crypto);
    const { storedKey, serverKey } = scramKeys(saltedPassword);
    const authMessage = scramAuthMessage(spec, exchange);

    expect(toBase64(scramProof(saltedPassword, authMessage))).toBe(exchange.proof);
    expect(scramVerifier(serverKey, authMessage)).toBe(exchange.verifier);
    expect(isScramProof(storedKey, authMessage, base64(exchange.proof))).toBe(true);
    if ('saltedPassword' in exchange) expect(toHex(saltedPassword)).toBe(exchange.saltedPassword);
    if ('storedKey' in exchange) {
      expect(toHex(storedKey)).toBe(exchange.storedKey);
      expect(toHex(serverKey)).toBe(exchange.serverKey);
    }
  });
});

describe('AuthMessage', () => {
  it('escapes the authid and carries the channel binding', () => {
    const { clientFirst, channel, ...exchange } = SCRAM_EXCHANGES[2];
    const authMessage = Buffer.from(scramAuthMessage(spec, exchange)).toString();
    expect(authMessage.startsWith(clientFirst)).toBe(true);
    expect(authMessage).toContain(channel);
  });

  it('says biws where no channel is bound', () => {
    expect(Buffer.from(scramAuthMessage(spec, SCRAM_EXCHANGES[1])).toString()).toContain(',c=biws,r=');
  });
});

describe('a proof', () => {
  const { proof, storedKey } = SCRAM_EXCHANGES[1];
  const authMessage = scramAuthMessage(spec, SCRAM_EXCHANGES[1]);
  const key = Uint8Array.from(Buffer.from(storedKey, 'hex'));

  it('is refused when a bit of it is wrong, or something is missing or added', () => {
    const bytes = base64(proof);
    expect(isScramProof(key, authMessage, bytes)).toBe(true);
    expect(
      isScramProof(
        key,
        authMessage,
        bytes.map((byte, i) => (i === 31 ? byte ^ 1 : byte)),
      ),
    ).toBe(false);
    expect(isScramProof(key, authMessage, bytes.subarray(0, 31))).toBe(false);
    expect(isScramProof(key, authMessage, Uint8Array.of(...bytes, 0))).toBe(false);
    expect(isScramProof(key, authMessage, new Uint8Array())).toBe(false);
  });

  it('is good for its own exchange only', () => {
    const other = scramAuthMessage(spec, { ...SCRAM_EXCHANGES[1], nonce: 'egVDf3DMJh0=SBmkFIh7sSp=' });
    expect(isScramProof(key, other, base64(proof))).toBe(false);
  });
});

describe('the Crossbar dialect', () => {
  const { authMessage, password, proof, ...exchange } = CROSSBAR_EXCHANGE;

  it('signs the text of Autobahn|Python', () => {
    expect(Buffer.from(scramAuthMessage(crossbar, exchange)).toString()).toBe(authMessage);
  });

  it('takes the text of an Argon2 hash for its bytes', async () => {
    const saltedPassword = await scramSaltedPassword(crossbar, password, { ...exchange, salt: base64(exchange.salt) });
    expect(toBase64(scramProof(saltedPassword, Buffer.from(authMessage)))).toBe(proof);
  });

  it('hashes with PBKDF2 as the spec does', async () => {
    const { salt, ...hashing } = SCRAM_EXCHANGES[1];
    const saltedPassword = await scramSaltedPassword(crossbar, 'pencil', { ...hashing, salt: base64(salt) });
    expect(toHex(saltedPassword)).toBe(hashing.saltedPassword);
  });

  it('appends bytes, not text, to the nonce', () => {
    const nonce = crossbar.extendNonce('AAE=', Uint8Array.of(2, 3));
    expect(nonce).toBe('AAECAw==');
    expect(crossbar.isExtension('AAECAw==', 'AAE=')).toBe(true);
    for (const other of ['AAE=', 'AAICAw==', 'AA==', 'AAE=AgM=', '?'])
      expect(crossbar.isExtension(other, 'AAE=')).toBe(false);
    expect(crossbar.extendNonce('no base64', Uint8Array.of(2, 3))).toBeUndefined();
  });
});

describe('the cost of a hash', () => {
  const salt = new Uint8Array(16);
  const pbkdf2 = (iterations: number) => objectionToCost({ kdf: 'pbkdf2', salt, iterations }, SCRAM_COST_LIMITS);
  const argon2 = (iterations: number, memory?: number, bytes = salt) =>
    objectionToCost({ kdf: 'argon2id13', salt: bytes, iterations, memory }, SCRAM_COST_LIMITS);

  it('may be what RFC 7677, OWASP and Crossbar recommend', () => {
    expect([pbkdf2(4_096), pbkdf2(600_000), argon2(2, 19_456), argon2(3, 65_536), argon2(4_096, 512)]).toEqual(
      Array(5).fill(undefined),
    );
  });

  it('may not be too low', () => {
    expect(pbkdf2(4_095)).toBe('only 4095 iterations of PBKDF2');
    expect(argon2(1, 8)).toBe('only 1 iterations of Argon2id over 8 KiB');
    expect(argon2(4, 512)).toMatch(/^only/);
  });

  it('may not be so high that it stalls the client', () => {
    expect(pbkdf2(10_000_001)).toBe('10000001 iterations of PBKDF2');
    expect(argon2(1, 262_145)).toBe('1 iterations of Argon2id over 262145 KiB');
    expect(argon2(4_097, 1_024)).toBeDefined();
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])('may not be %d iterations', (iterations) => {
    expect(pbkdf2(iterations)).toBeDefined();
    expect(argon2(iterations, 65_536)).toBeDefined();
  });

  it('may not lack memory or a salt', () => {
    expect(argon2(3)).toBe('no amount of memory');
    expect(argon2(1_000_000, 7)).toBe('no amount of memory');
    expect(argon2(3, 65_536.5)).toBe('no amount of memory');
    expect(argon2(3, 65_536, new Uint8Array(7))).toBe('a salt of 7 bytes');
  });
});
