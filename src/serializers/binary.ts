import { EXACT } from './options.js';
import type { Format } from './prepare.js';

/** From here on, in either direction, an encoder that also writes BigInts writes a float for an integer that is a number. */
const WIDE = 2 ** 31;

/** The formats that have bytes of their own and integers of at most 64 bits. */
export const BINARY: Format = {
  marksBytes: false,
  bytes: (bytes) => bytes,
  number: (value) => {
    const size = Math.abs(value);
    return size >= WIDE && size <= EXACT && Number.isInteger(value) ? BigInt(value) : value;
  },
  integer: (value) => {
    if (value < WIDE && value > -WIDE) return Number(value);
    return BigInt.asUintN(64, value) === value || BigInt.asIntN(64, value) === value ? value : undefined;
  },
};
