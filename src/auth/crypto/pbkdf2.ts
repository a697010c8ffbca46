import { pbkdf2Async } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { CryptoSource } from './source.js';

/** What PBKDF2 works with. */
export interface Pbkdf2Parameters {
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Of the key, in bytes. */
  readonly length: number;
}

/** PBKDF2 with HMAC-SHA-256 (RFC 8018), by WebCrypto where there is one. Never blocks the page. */
export async function pbkdf2Sha256(
  password: Uint8Array,
  { salt, iterations, length }: Pbkdf2Parameters,
  { subtle }: CryptoSource = globalThis.crypto,
): Promise<Uint8Array> {
  if (subtle === undefined) return pbkdf2Async(sha256, password, salt, { c: iterations, dkLen: length });
  const key = await subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations };
  return new Uint8Array(await subtle.deriveBits(algorithm, key, 8 * length));
}
