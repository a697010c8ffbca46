import { argon2idAsync } from '@noble/hashes/argon2.js';

/** What Argon2id works with; the parallelism is always 1. */
export interface Argon2idParameters {
  /** At least 8 bytes. */
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly memoryKiB: number;
  /** Of the hash, in bytes. */
  readonly length: number;
}

/** Argon2id version 0x13 (RFC 9106), in JavaScript: browsers do not offer it. Yields to the page as it works. */
export const argon2id = (
  password: Uint8Array,
  { salt, iterations, memoryKiB, length }: Argon2idParameters,
): Promise<Uint8Array> =>
  argon2idAsync(password, salt, { t: iterations, m: memoryKiB, p: 1, dkLen: length, maxmem: 1024 * memoryKiB + 4096 });
