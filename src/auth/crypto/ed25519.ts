import { ed25519 } from '@noble/curves/ed25519.js';
import { concat } from './bytes.js';
import type { CryptoSource, SubtleSource } from './source.js';

/** What goes before the 32 bytes of a seed to make a PKCS #8 private key of it (RFC 8410, section 7). */
const PKCS8_PREFIX = Uint8Array.from([48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32]);

/** The 32-byte public key of a 32-byte seed. */
export const ed25519PublicKey = (seed: Uint8Array): Uint8Array => ed25519.getPublicKey(seed);

/** The 64-byte Ed25519 signature (RFC 8032) of a message, by WebCrypto where it knows the curve. */
export async function ed25519Sign(
  seed: Uint8Array,
  message: Uint8Array,
  { subtle }: CryptoSource = globalThis.crypto,
): Promise<Uint8Array> {
  const key = await importKey(subtle, 'pkcs8', concat(PKCS8_PREFIX, seed), 'sign');
  if (subtle === undefined || key === undefined) return ed25519.sign(message, seed);
  return new Uint8Array(await subtle.sign('Ed25519', key, message));
}

/**
 * Whether a signature over a message was made with the seed of that public key. False also for a key that is none, or
 * one of the few of small order, under which anybody can sign.
 */
export async function ed25519Verify(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  { subtle }: CryptoSource = globalThis.crypto,
): Promise<boolean> {
  if (!isSound(publicKey)) return false;
  const key = await importKey(subtle, 'raw', publicKey, 'verify');
  if (subtle !== undefined && key !== undefined) return subtle.verify('Ed25519', key, signature, message);
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

function isSound(publicKey: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(publicKey).isSmallOrder();
  } catch {
    return false;
  }
}

/** Undefined where WebCrypto is missing, does not know the curve or refuses the key. */
async function importKey(
  subtle: SubtleSource | undefined,
  format: 'raw' | 'pkcs8',
  bytes: Uint8Array,
  usage: 'sign' | 'verify',
): Promise<object | undefined> {
  try {
    return await subtle?.importKey(format, bytes, 'Ed25519', false, [usage]);
  } catch {
    return undefined;
  }
}
