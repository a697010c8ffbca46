import type { Id } from './message.js';

/** The largest WAMP id, 2^53. It is exact as a JavaScript number although it is not a "safe" integer. */
export const MAX_ID = 2 ** 53;

/**
 * Whether a value is a WAMP id.
 *
 * @see WAMP spec, IDs
 */
export const isId = (value: unknown): value is Id =>
  typeof value === 'number' && value >= 1 && value <= MAX_ID && Number.isInteger(value);

/** The id after this one in session scope: +1, and 1 again after 2^53. */
export const nextId = (id: Id): Id => (id >= MAX_ID ? 1 : id + 1);

/**
 * An id in global scope: uniformly random over 1..2^53, from the platform's secure generator.
 *
 * @see WAMP spec, IDs / Global Scope
 */
export function randomId(): Id {
  const words = crypto.getRandomValues(new Uint32Array(2));
  const [high = 0, low = 0] = words;
  return (high % 2 ** 21) * 2 ** 32 + low + 1;
}
