import { deepStrictEqual } from 'node:assert/strict';

/**
 * Fails unless both are the same, down to types.
 *
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {string} [what]
 */
export function same(actual, expected, what = 'what came') {
  try {
    deepStrictEqual(actual, expected);
  } catch {
    throw new Error(`${what} is ${show(actual)} instead of ${show(expected)}`);
  }
}

/**
 * Fails unless it holds.
 *
 * @param {unknown} truth
 * @param {string} what is wrong when it does not
 * @returns {asserts truth}
 */
export function must(truth, what) {
  if (!truth) throw new Error(what);
}

/**
 * Fails unless the promise fails with this error.
 *
 * @param {Promise<unknown>} promise
 * @param {(error: Error & { uri?: string, reason?: string }) => boolean} matches
 * @param {string} what the error should be
 */
export async function fails(promise, matches, what) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    if (error instanceof Error && matches(error)) return error;
    throw new Error(`expected ${what}`, { cause: error });
  }
  throw new Error(`expected ${what}, and it went well: ${show(value)}`);
}

/** @param {unknown} value */
const show = (value) =>
  JSON.stringify(value, (_, inner) =>
    typeof inner === 'bigint'
      ? `${inner}n`
      : inner instanceof Uint8Array
        ? `bytes ${Buffer.from(inner).toString('hex')}`
        : inner,
  ) ?? String(value);
