/** RFC 3454, table C.1.2: they become an ordinary space. */
const SPACE = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
/** RFC 3454, table B.1: they vanish. */
const NOTHING = /[\u00ad\u034f\u1806\u180b-\u180d\u2060\ufe00-\ufe0f\ufeff]|\u200c|\u200d/gu;
/** RFC 3454, tables C.2 to C.9, and what this platform's Unicode does not know and so cannot normalise. */
const PROHIBITED =
  /[\p{Cc}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\u0340\u0341\u06dd\u070f\u180e\u200c-\u200f\u202a-\u202e\u2060-\u2063\u206a-\u206f\u2ff0-\u2ffb\ufeff\ufff9-\ufffd\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;
/** RFC 3454, table D.1: characters written from right to left. */
const RIGHT_TO_LEFT =
  /[\u05be\u05c0\u05c3\u05d0-\u05ea\u05f0-\u05f4\u061b\u061f\u0621-\u063a\u0640-\u064a\u066d-\u066f\u0671-\u06d5\u06dd\u06e5\u06e6\u06fa-\u06fe\u0700-\u070d\u0710\u0712-\u072c\u0780-\u07a5\u07b1\u200f\ufb1d\ufb1f-\ufb28\ufb2a-\ufb36\ufb38-\ufb3c\ufb3e\ufb40\ufb41\ufb43\ufb44\ufb46-\ufbb1\ufbd3-\ufd3d\ufd50-\ufd8f\ufd92-\ufdc7\ufdf0-\ufdfc\ufe70-\ufe74\ufe76-\ufefc]/u;
/** Table D.2 as near as it matters: its letters, without the symbols and digits of some scripts. */
const LEFT_TO_RIGHT = /[\p{L}\p{Mc}\p{Nl}]/u;

/**
 * A user name or password in the form in which it is compared and hashed, so that the same text typed on another
 * keyboard gives the same bytes. Plain ASCII stays as it is.
 *
 * @returns undefined for a text that holds a character no such text may hold: controls, private use, unassigned, or
 * letters of both writing directions.
 * @see RFC 4013 (SASLprep), RFC 3454 (stringprep)
 */
export function saslprep(text: string): string | undefined {
  const prepared = text.replace(SPACE, ' ').replace(NOTHING, '').normalize('NFKC');
  return PROHIBITED.test(prepared) || !isBidiSound(Array.from(prepared)) ? undefined : prepared;
}

/** RFC 3454, section 6. */
function isBidiSound(characters: readonly string[]): boolean {
  const rightToLeft = characters.map((character) => RIGHT_TO_LEFT.test(character));
  if (!rightToLeft.includes(true)) return true;
  const mixed = characters.some((character, i) => rightToLeft[i] === false && LEFT_TO_RIGHT.test(character));
  return !mixed && rightToLeft[0] === true && rightToLeft.at(-1) === true;
}
