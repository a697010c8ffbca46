import { describe, expect, it } from '@jest/globals';
import { toHex, utf8 } from '../../../src/auth/crypto/bytes.js';
import { channelId, messageFor, signCryptosign, verifyCryptosign } from '../../../src/auth/math/cryptosign.js';
import { hex, insecurePage } from '../support.js';
import { CHANNEL_ID, CRYPTOSIGN, CRYPTOSIGN_EXAMPLES, TLS_UNIQUE } from '../vectors.js';

describe.each([
  ['with WebCrypto', globalThis.crypto],
  ['on an http:// page', insecurePage],
])('cryptosign %s', (_, crypto) => {
  it.each(CRYPTOSIGN)('signs as the spec does with $seed', async ({ seed, publicKey, challenge, unbound, bound }) => {
    for (const [channel, { signature, message }] of [
      [undefined, unbound],
      [hex(CHANNEL_ID), bound],
    ] as const) {
      const signed = messageFor(hex(challenge), channel);
      expect(toHex(signed)).toBe(message);
      expect(await signCryptosign(hex(seed), signed, crypto)).toBe(signature + message);
      expect(await verifyCryptosign(hex(publicKey), signed, signature + message, crypto)).toBe(true);
    }
  });

  it.each(CRYPTOSIGN_EXAMPLES)("verifies the spec's $title", async ({ key, challenge, channel, answer }) => {
    const message = messageFor(hex(challenge), channel === undefined ? undefined : hex(channel));
    expect(await verifyCryptosign(hex(key), message, answer, crypto)).toBe(true);
  });

  it.each(CRYPTOSIGN.slice(0, 1))('refuses a captured answer, although it is well signed', async (vector) => {
    const { publicKey, challenge, unbound } = vector;
    const [key, other] = [hex(publicKey), hex('ee'.repeat(32))];
    const captured = unbound.signature + unbound.message;
    const relabelled = unbound.signature + toHex(other);
    expect(await verifyCryptosign(key, hex(challenge), captured, crypto)).toBe(true);
    expect(await verifyCryptosign(key, other, captured, crypto)).toBe(false);
    expect(await verifyCryptosign(key, other, relabelled, crypto)).toBe(false);
    expect(await verifyCryptosign(key, hex(challenge), relabelled, crypto)).toBe(false);
  });

  it.each(CRYPTOSIGN.slice(1, 2))('refuses what is no answer', async ({ publicKey, challenge, unbound }) => {
    for (const answer of [unbound.signature, '', 'x'.repeat(192), undefined, 7]) {
      expect(await verifyCryptosign(hex(publicKey), hex(challenge), answer, crypto)).toBe(false);
    }
  });
});

describe('the channel id', () => {
  it('is the SHA-256 of tls-unique', () => {
    expect(channelId('tls-unique', { 'tls-unique': utf8(TLS_UNIQUE) })).toEqual(hex(CHANNEL_ID));
  });

  it('is tls-exporter itself, which has 32 bytes', () => {
    expect(channelId('tls-exporter', { 'tls-exporter': hex(CHANNEL_ID) })).toEqual(hex(CHANNEL_ID));
    expect(channelId('tls-exporter', { 'tls-exporter': hex('00') })).toBeUndefined();
  });

  it('is missing where the transport gives none', () => {
    expect(channelId('tls-unique', undefined)).toBeUndefined();
    expect(channelId('tls-unique', { 'tls-exporter': hex(CHANNEL_ID) })).toBeUndefined();
    expect(channelId('tls-unique', { 'tls-unique': new Uint8Array() })).toBeUndefined();
  });
});
