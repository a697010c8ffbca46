import type { Id } from '../protocol/message.js';
import type { Frame } from './serializer.js';

const HEAD = '[36,';
const COMMA = 44;
const ZERO = 48;
/** No id has more. */
const MAX_DIGITS = 16;

/** The subscription of an EVENT in JSON without white space in front of it, as nearly everybody writes it; else undefined. */
export function subscriptionOf(frame: Frame): Id | undefined {
  const codeAt = (at: number): number => (typeof frame === 'string' ? frame.charCodeAt(at) : (frame[at] ?? NaN));
  for (let at = 0; at < HEAD.length; at++) if (codeAt(at) !== HEAD.charCodeAt(at)) return undefined;
  let id = 0;
  for (let at = HEAD.length; at <= HEAD.length + MAX_DIGITS; at++) {
    const code = codeAt(at);
    if (code === COMMA && id > 0) return id;
    const digit = code - ZERO;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    id = id * 10 + digit;
  }
  return undefined;
}
