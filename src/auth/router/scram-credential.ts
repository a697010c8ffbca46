import { fromBase64, toBase64 } from '../crypto/bytes.js';
import { randomBytes, type CryptoOptions } from '../crypto/source.js';
import { SCRAM_DIALECTS, type ScramDialectName, type ScramKdf } from '../math/scram-dialect.js';
import { scramKeys, scramSaltedPassword, type ScramKeys } from '../math/scram.js';

/** All that a router stores of a password. Whoever steals it still has to guess the password. */
export interface ScramCredential {
  readonly kdf: ScramKdf;
  /** In Base64. */
  readonly salt: string;
  readonly iterations: number;
  /** Of Argon2id, in KiB. */
  readonly memory?: number;
  /** In Base64. */
  readonly storedKey: string;
  /** In Base64. */
  readonly serverKey: string;
}

/** Options of {@link deriveScramCredential}. */
export interface ScramCredentialOptions extends CryptoOptions {
  /** Default: `argon2id13`. */
  readonly kdf?: ScramKdf;
  /** Default: 2 for `argon2id13`, 600,000 for `pbkdf2` (both OWASP's advice of 2023). */
  readonly iterations?: number;
  /** Of Argon2id, in KiB. Default: 19,456. */
  readonly memory?: number;
  /** Default: 16 random bytes, which is what it should be. */
  readonly salt?: Uint8Array;
  /** The one the clients speak; a credential is good for that one alone. Default: `spec`. */
  readonly dialect?: ScramDialectName;
}

/** The cost of a hash where nothing else is said. */
export const SCRAM_COSTS: Readonly<Record<ScramKdf, { readonly iterations: number; readonly memory?: number }>> = {
  pbkdf2: { iterations: 600_000 },
  argon2id13: { iterations: 2, memory: 19_456 },
};

/**
 * What a router has to store so that somebody can join with this password.
 *
 * @returns rejects with a `TypeError` when SASLprep forbids the password.
 * @example
 * const credential = await deriveScramCredential('pencil');
 * checkScram({ principals: { user: { authrole: 'user', ...credential } } })
 * @see WAMP spec, Salted Challenge Response Authentication Mechanism
 */
export async function deriveScramCredential(
  password: string,
  { kdf = 'argon2id13', dialect: name = 'spec', crypto, ...options }: ScramCredentialOptions = {},
): Promise<ScramCredential> {
  const dialect = SCRAM_DIALECTS[name];
  const { salt = randomBytes(16, crypto), iterations = SCRAM_COSTS[kdf].iterations } = options;
  const memory = kdf === 'argon2id13' ? (options.memory ?? SCRAM_COSTS[kdf].memory) : undefined;
  const prepared = dialect.preparePassword(password);
  if (prepared === undefined) throw new TypeError('the password holds characters that SASLprep forbids');

  const saltedPassword = await scramSaltedPassword(dialect, prepared, { kdf, salt, iterations, memory }, crypto);
  const { storedKey, serverKey } = scramKeys(saltedPassword);
  return {
    kdf,
    salt: toBase64(salt),
    iterations,
    ...(memory !== undefined && { memory }),
    storedKey: toBase64(storedKey),
    serverKey: toBase64(serverKey),
  };
}

/** The keys of a credential as bytes. @throws TypeError when they are not Base64, which is the store's fault. */
export function keysOf({ storedKey, serverKey }: ScramCredential): ScramKeys {
  const keys = { storedKey: fromBase64(storedKey), serverKey: fromBase64(serverKey) };
  if (keys.storedKey === undefined || keys.serverKey === undefined)
    throw new TypeError('a stored SCRAM key is not Base64');
  return { storedKey: keys.storedKey, serverKey: keys.serverKey };
}
