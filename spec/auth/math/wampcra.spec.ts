import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { toBase64 } from '../../../src/auth/crypto/bytes.js';
import { deriveWampcraSecret, signWampcra } from '../../../src/auth/math/wampcra.js';
import { insecurePage } from '../support.js';
import {
  WAMPCRA_CHALLENGE,
  WAMPCRA_CHALLENGE_SHA256,
  WAMPCRA_DERIVED,
  WAMPCRA_SALTED,
  WAMPCRA_SIGNATURES,
} from '../vectors.js';

describe('C-31: WAMP-CRA', () => {
  it('has its vector at hand byte for byte', () => {
    expect(Buffer.byteLength(WAMPCRA_CHALLENGE)).toBe(184);
    expect(createHash('sha256').update(WAMPCRA_CHALLENGE).digest('hex')).toBe(WAMPCRA_CHALLENGE_SHA256);
  });

  it.each(WAMPCRA_SIGNATURES)('signs with the secret $secret', ({ secret, challenge, signature }) => {
    expect(toBase64(signWampcra(secret, challenge))).toBe(signature);
  });

  it.each(WAMPCRA_DERIVED)('derives the secret of $password', async ({ password, salting, derived }) => {
    expect(await deriveWampcraSecret(password, salting)).toBe(derived);
    expect(await deriveWampcraSecret(password, salting, insecurePage)).toBe(derived);
  });

  it('signs with the text of the derived secret, not with its bytes', () => {
    const { derived, challenge, signature } = WAMPCRA_SALTED;
    expect(toBase64(signWampcra(derived, challenge))).toBe(signature);
  });
});
