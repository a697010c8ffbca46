import { concat, equal, fromHex, toHex, xor } from '../crypto/bytes.js';
import { ed25519Sign, ed25519Verify } from '../crypto/ed25519.js';
import { sha256 } from '../crypto/sha256.js';
import type { CryptoSource } from '../crypto/source.js';

/** The TLS channel bindings that WAMP-cryptosign knows. */
export type CryptosignChannelBinding = 'tls-unique' | 'tls-exporter';

/** Length in bytes of a seed, a public key, a challenge and a channel id. */
export const CRYPTOSIGN_LENGTH = 32;
const SIGNATURE_LENGTH = 64;

export const isCryptosignChannelBinding = (type: unknown): type is CryptosignChannelBinding =>
  type === 'tls-unique' || type === 'tls-exporter';

/**
 * The 32-byte channel id: of `tls-unique` the SHA-256 of the Finished message, which is shorter or longer than that;
 * of `tls-exporter` the exported key itself. Undefined when the transport gave no such data, or of a wrong length.
 *
 * @see RFC 5929, section 3; RFC 9266
 */
export function channelId(
  type: CryptosignChannelBinding,
  bindings: Readonly<Record<string, Uint8Array>> | undefined,
): Uint8Array | undefined {
  const data = bindings?.[type];
  if (data === undefined || data.length === 0) return undefined;
  const id = type === 'tls-unique' ? sha256(data) : data;
  return id.length === CRYPTOSIGN_LENGTH ? id : undefined;
}

/** What is signed for a challenge. */
export const messageFor = (challenge: Uint8Array, channel: Uint8Array | undefined): Uint8Array =>
  channel === undefined ? challenge : xor(challenge, channel);

/** Signature and signed message, 96 bytes in hexadecimal. */
export async function signCryptosign(seed: Uint8Array, message: Uint8Array, crypto?: CryptoSource): Promise<string> {
  return toHex(concat(await ed25519Sign(seed, message, crypto), message));
}

/**
 * Whether an answer is the signature over exactly the expected message. An answer that carries another message is
 * refused however well it is signed: it was captured elsewhere.
 */
export async function verifyCryptosign(
  publicKey: Uint8Array,
  expected: Uint8Array,
  answer: unknown,
  crypto?: CryptoSource,
): Promise<boolean> {
  const bytes = fromHex(answer, SIGNATURE_LENGTH + CRYPTOSIGN_LENGTH);
  if (bytes === undefined) return false;
  const signed = await ed25519Verify(publicKey, expected, bytes.subarray(0, SIGNATURE_LENGTH), crypto);
  return equal(bytes.subarray(SIGNATURE_LENGTH), expected) && signed;
}
