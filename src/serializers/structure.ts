/** How a binary frame is built. */
export interface Structure {
  /** Nothing in it but what a decoder makes what it should of: no bytes, no integer that a number might not hold, nothing out of the ordinary. */
  readonly plain: boolean;
  /** With texts that were too long to be looked at. */
  readonly longTexts: boolean;
}

const PLAIN: Structure = { plain: true, longTexts: false };
const PLAIN_LONG: Structure = { plain: true, longTexts: true };
const CAREFUL: Structure = { plain: false, longTexts: false };
const CAREFUL_LONG: Structure = { plain: false, longTexts: true };

/** One of four objects: a frame that is looked at costs none. */
export const structureOf = (plain: boolean, longTexts: boolean): Structure =>
  plain ? (longTexts ? PLAIN_LONG : PLAIN) : longTexts ? CAREFUL_LONG : CAREFUL;

/** Whether the unsigned integer of 64 bits at `at` is below 2^53. */
export const isNarrow = (bytes: Uint8Array, at: number): boolean => bytes[at] === 0 && (bytes[at + 1] ?? 0) < 0x20;
