import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as hash } from '@noble/hashes/sha2.js';

// Not by WebCrypto: for the few hundred bytes hashed here its round trip costs more than the hash, and these answer at
// once.

/** SHA-256. */
export const sha256 = (data: Uint8Array): Uint8Array => hash(data);

/** HMAC-SHA-256 (RFC 2104). */
export const hmacSha256 = (key: Uint8Array, data: Uint8Array): Uint8Array => hmac(hash, key, data);
