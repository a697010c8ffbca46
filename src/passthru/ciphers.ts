import { gcm } from '@noble/ciphers/aes.js';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { concatBytes, randomBytes } from '@noble/ciphers/utils.js';

/** The ciphers of the spec. */
export type CipherName = 'aes256gcm' | 'xsalsa20poly1305';

/** An authenticated cipher with keys of 32 bytes. */
export interface Cipher {
  readonly nonceBytes: number;
  /** Whether it authenticates what goes along with a text; one that does not ignores it. */
  readonly bindsMore: boolean;
  encrypt(key: Uint8Array, nonce: Uint8Array, text: Uint8Array, more: Uint8Array): Uint8Array;
  /** @throws when anything of it was changed; compares in constant time. */
  decrypt(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, more: Uint8Array): Uint8Array;
}

export const KEY_BYTES = 32;
/** Both ciphers add as much. */
export const TAG_BYTES = 16;

export const CIPHERS: Readonly<Record<CipherName, Cipher>> = {
  aes256gcm: {
    nonceBytes: 12,
    bindsMore: true,
    encrypt: (key, nonce, text, more) => gcm(key, nonce, more).encrypt(text),
    decrypt: (key, nonce, sealed, more) => gcm(key, nonce, more).decrypt(sealed),
  },
  xsalsa20poly1305: {
    nonceBytes: 24,
    bindsMore: false,
    encrypt: (key, nonce, text) => xsalsa20poly1305(key, nonce).encrypt(text),
    decrypt: (key, nonce, sealed) => xsalsa20poly1305(key, nonce).decrypt(sealed),
  },
};

/** A random nonce, and after it what was encrypted. */
export function seal(cipher: Cipher, key: Uint8Array, text: Uint8Array, more: Uint8Array): Uint8Array {
  const nonce = randomBytes(cipher.nonceBytes);
  return concatBytes(nonce, cipher.encrypt(key, nonce, text, more));
}

/** What was sealed; undefined when it is too short, or anything of it was changed. */
export function open(cipher: Cipher, key: Uint8Array, box: Uint8Array, more: Uint8Array): Uint8Array | undefined {
  if (box.length < cipher.nonceBytes + TAG_BYTES) return undefined;
  try {
    return cipher.decrypt(key, box.subarray(0, cipher.nonceBytes), box.subarray(cipher.nonceBytes), more);
  } catch {
    return undefined;
  }
}
