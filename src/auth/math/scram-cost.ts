import type { ScramHashing } from './scram.js';

/**
 * How cheap and how dear a password hash a client agrees to. Too cheap, and a false router could guess the password
 * from the proof; too dear, and it could freeze the client or eat its memory.
 */
export interface ScramCostLimits {
  /** Fewest iterations of PBKDF2. Default 4,096 (RFC 7677). */
  readonly minPbkdf2Iterations: number;
  /** Most iterations of PBKDF2. Default 10,000,000. */
  readonly maxPbkdf2Iterations: number;
  /** Least work of Argon2id, iterations × memory in KiB. Default 32,768; OWASP's smallest recommendation is 35,840. */
  readonly minArgon2Work: number;
  /** Most work of Argon2id, iterations × memory in KiB. Default 4,194,304, twice Crossbar's 4,096 × 512. */
  readonly maxArgon2Work: number;
  /** Most memory of Argon2id, in KiB. Default 262,144 (256 MiB). */
  readonly maxArgon2MemoryKiB: number;
}

/** The limits a client keeps to unless it is told others. */
export const SCRAM_COST_LIMITS: ScramCostLimits = {
  minPbkdf2Iterations: 4_096,
  maxPbkdf2Iterations: 10_000_000,
  minArgon2Work: 32_768,
  maxArgon2Work: 4_194_304,
  maxArgon2MemoryKiB: 262_144,
};

/** The least memory Argon2id works with, and the shortest salt it takes. */
const MIN_ARGON2_MEMORY_KIB = 8;
const MIN_ARGON2_SALT_LENGTH = 8;

/** What is wrong with the cost of a hash, in words; undefined when nothing is. */
export function objectionToCost(hashing: ScramHashing, limits: ScramCostLimits): string | undefined {
  const { kdf, salt, iterations, memory = 0 } = hashing;
  if (!Number.isSafeInteger(iterations) || iterations < 1) return 'no number of iterations';
  if (kdf === 'pbkdf2') {
    if (iterations < limits.minPbkdf2Iterations) return `only ${iterations} iterations of PBKDF2`;
    if (iterations > limits.maxPbkdf2Iterations) return `${iterations} iterations of PBKDF2`;
    return undefined;
  }
  const cost = `${iterations} iterations of Argon2id over ${memory} KiB`;
  if (!Number.isSafeInteger(memory) || memory < MIN_ARGON2_MEMORY_KIB) return 'no amount of memory';
  if (salt.length < MIN_ARGON2_SALT_LENGTH) return `a salt of ${salt.length} bytes`;
  if (iterations * memory < limits.minArgon2Work) return `only ${cost}`;
  if (iterations * memory > limits.maxArgon2Work || memory > limits.maxArgon2MemoryKiB) return cost;
  return undefined;
}
