/** Bytes as WebCrypto takes them. */
export type CryptoBytes = ArrayBufferView | ArrayBuffer;

/** The part of WebCrypto's `SubtleCrypto` that is used here. */
export interface SubtleSource {
  importKey(
    format: 'raw' | 'pkcs8',
    keyData: CryptoBytes,
    algorithm: string,
    extractable: boolean,
    keyUsages: ('sign' | 'verify' | 'deriveBits')[],
  ): Promise<object>;
  sign(algorithm: string, key: object, data: CryptoBytes): Promise<ArrayBuffer>;
  verify(algorithm: string, key: object, signature: CryptoBytes, data: CryptoBytes): Promise<boolean>;
  deriveBits(algorithm: { readonly name: string }, baseKey: object, length: number): Promise<ArrayBuffer>;
}

/**
 * Where randomness and fast cryptography come from; the platform's `globalThis.crypto` is one.
 *
 * `subtle` is absent on pages that are not served over https. What it would do is then done in JavaScript: the same
 * bytes, only slower.
 */
export interface CryptoSource {
  readonly subtle?: SubtleSource | undefined;
  /** Fills the array from a cryptographically secure generator. */
  getRandomValues(array: ArrayBufferView): unknown;
}

/** What every authenticator that computes takes. */
export interface CryptoOptions {
  /** Default: `globalThis.crypto`. */
  readonly crypto?: CryptoSource;
}

/** That many secure random bytes. */
export function randomBytes(length: number, source: CryptoSource = globalThis.crypto): Uint8Array {
  const bytes = new Uint8Array(length);
  source.getRandomValues(bytes);
  return bytes;
}
