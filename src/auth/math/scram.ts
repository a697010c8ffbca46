import { argon2id } from '../crypto/argon2id.js';
import { concat, equal, toBase64, utf8, xor } from '../crypto/bytes.js';
import { pbkdf2Sha256 } from '../crypto/pbkdf2.js';
import { hmacSha256, sha256 } from '../crypto/sha256.js';
import type { CryptoSource } from '../crypto/source.js';
import type { ScramDialect, ScramKdf } from './scram-dialect.js';

const HASH_LENGTH = 32;

/** How a password is hashed, and how much work that is. */
export interface ScramHashing {
  readonly kdf: ScramKdf;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Of Argon2id, in KiB. */
  readonly memory?: number | undefined;
}

/** What both sides said, as it goes into the text that both sign. */
export interface ScramExchange {
  readonly authid: string;
  readonly clientNonce: string;
  /** The whole nonce. */
  readonly nonce: string;
  /** In Base64, as the CHALLENGE has it. */
  readonly salt: string;
  readonly iterations: number;
  readonly channelBinding?: ScramChannel | undefined;
}

/** A TLS channel binding: its type (RFC 5929) and its data. */
export interface ScramChannel {
  readonly type: string;
  readonly data: Uint8Array;
}

/** What a router keeps of a password: enough to check a proof, too little to make one. */
export interface ScramKeys {
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** The AuthMessage (RFC 5802, section 3). */
export function scramAuthMessage(dialect: ScramDialect, exchange: ScramExchange): Uint8Array {
  const { authid, clientNonce, nonce, salt, iterations, channelBinding } = exchange;
  const gs2Header = channelBinding === undefined ? 'n,,' : `p=${channelBinding.type},,`;
  const channel = dialect.channel(concat(utf8(gs2Header), channelBinding?.data ?? new Uint8Array()));
  const clientFirst = `n=${dialect.escape(authid)},r=${clientNonce}`;
  const routerFirst = `r=${nonce},s=${salt},i=${iterations}`;
  return utf8(`${clientFirst},${routerFirst},c=${channel},r=${nonce}`);
}

/** The SaltedPassword of a prepared password, the slow part of it all. */
export async function scramSaltedPassword(
  dialect: ScramDialect,
  password: string,
  { kdf, salt, iterations, memory = 0 }: ScramHashing,
  crypto?: CryptoSource,
): Promise<Uint8Array> {
  const derived =
    kdf === 'pbkdf2'
      ? await pbkdf2Sha256(utf8(password), { salt, iterations, length: HASH_LENGTH }, crypto)
      : await argon2id(utf8(password), { salt, iterations, memoryKiB: memory, length: HASH_LENGTH });
  return dialect.saltedPassword(kdf, derived);
}

const clientKeyOf = (saltedPassword: Uint8Array): Uint8Array => hmacSha256(saltedPassword, utf8('Client Key'));

/** StoredKey and ServerKey. */
export const scramKeys = (saltedPassword: Uint8Array): ScramKeys => ({
  storedKey: sha256(clientKeyOf(saltedPassword)),
  serverKey: hmacSha256(saltedPassword, utf8('Server Key')),
});

/** The ClientProof. */
export function scramProof(saltedPassword: Uint8Array, authMessage: Uint8Array): Uint8Array {
  const clientKey = clientKeyOf(saltedPassword);
  return xor(clientKey, hmacSha256(sha256(clientKey), authMessage));
}

/** Whether a ClientProof was made with the password that the StoredKey is of. */
export function isScramProof(storedKey: Uint8Array, authMessage: Uint8Array, proof: Uint8Array): boolean {
  const clientKey = xor(hmacSha256(storedKey, authMessage), proof);
  return equal(sha256(clientKey), storedKey) && proof.length === HASH_LENGTH;
}

/** The ServerSignature, in Base64: the router's proof that it knows the ServerKey. */
export const scramVerifier = (serverKey: Uint8Array, authMessage: Uint8Array): string =>
  toBase64(hmacSha256(serverKey, authMessage));
