import { toBase64, utf8 } from '../crypto/bytes.js';
import { pbkdf2Sha256 } from '../crypto/pbkdf2.js';
import { hmacSha256 } from '../crypto/sha256.js';
import type { CryptoSource } from '../crypto/source.js';

/** How a WAMP-CRA secret was derived from a password, as the CHALLENGE says it. */
export interface WampcraSalting {
  /** Used as it is written: its UTF-8 bytes are the salt. */
  readonly salt: string;
  /** Of PBKDF2. */
  readonly iterations: number;
  /** Length of the derived key, in bytes. */
  readonly keylen: number;
}

/** What is meant where a CHALLENGE names a salt and no more. */
export const WAMPCRA_DEFAULTS = { iterations: 1000, keylen: 32 } as const;

/**
 * The secret that signs challenges when it is kept salted: the Base64 text of what PBKDF2-HMAC-SHA-256 makes of the
 * password. It is also what a router stores in place of the password.
 *
 * @see WAMP spec, Challenge Response Authentication / Secrets and Password Salting
 */
export async function deriveWampcraSecret(
  password: string,
  { salt, iterations, keylen }: WampcraSalting,
  crypto?: CryptoSource,
): Promise<string> {
  return toBase64(await pbkdf2Sha256(utf8(password), { salt: utf8(salt), iterations, length: keylen }, crypto));
}

/** The bytes that sign a challenge. In an AUTHENTICATE they are written in Base64. */
export const signWampcra = (secret: string, challenge: string): Uint8Array => hmacSha256(utf8(secret), utf8(challenge));
