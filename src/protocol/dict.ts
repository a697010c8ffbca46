import type { Dict } from './message.js';

/** One for all that is empty. */
export const NO_ENTRIES: Dict = Object.freeze({});

/** What kind of object a value is: `'Object'`, `'Array'`, `'Date'`, … By tag and not by class, which tells those of other realms as well. */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

/** Whether a value is a dictionary: a plain object, not a list, bytes, a date or a map. */
export const isDict = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  // Most are; asking for the tag takes longer.
  (Object.getPrototypeOf(value) === Object.prototype || tagOf(value) === 'Object');
