/**
 * What a foreign client's program says of itself on its stdout, a JSON object a line: the outcome of a check, and nothing
 * else. `router-under-clients.mjs` reads it. The programs in Python and Go write the same.
 */

/** @param {object} line */
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** @param {string} version */
export const version = (version) => say({ version });

/** The client has no such thing. */
export class NotThere extends Error {}

/** How long a check may take, on a machine that is busy. */
const WITHIN_MS = 20_000;

/**
 * @param {string} group
 * @param {string} feature
 * @param {() => Promise<unknown>} body
 */
export async function check(group, feature, body) {
  const start = performance.now();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`nothing came of it within ${WITHIN_MS / 1_000} s`)), WITHIN_MS);
    });
    await Promise.race([body(), late]);
    say({ group, feature, ok: true, ms: performance.now() - start });
  } catch (error) {
    if (error instanceof NotThere) say({ group, feature, absent: error.message });
    else say({ group, feature, ok: false, detail: inWords(error) });
  } finally {
    clearTimeout(timer);
  }
}

/** @param {unknown} error */
function inWords(error) {
  if (error instanceof Error && error.message !== '') return error.message;
  return typeof error === 'string' ? error : (JSON.stringify(error) ?? String(error));
}

let count = 0;
/** A URI that no other check uses. @param {string} name */
export const fresh = (name) => `foreign.${name}.n${(count += 1)}`;

export const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A promise, and how to resolve it. @template T */
export class Later {
  /** @type {(value: T) => void} */
  resolve = () => undefined;
  /** @type {Promise<T>} */
  promise = new Promise((resolve) => (this.resolve = resolve));
}
