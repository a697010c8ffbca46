import { EVENT, INVOCATION, RESULT } from './codes.js';
import { isDict, tagOf } from './dict.js';
import { ProtocolViolationError } from './errors.js';
import { isId } from './id.js';
import { fieldName, layoutOf, wrongKeyOf, type Layout } from './layouts.js';
import type { WampMessage } from './message.js';

export { fieldName } from './layouts.js';

/** What came, short enough for an error message: never payload, which may hold secrets. */
function describe(value: unknown): string {
  if (typeof value === 'string') return 'a string';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return isDict(value) ? 'a dict' : `a ${tagOf(value)}`;
}

const violation = (what: string): ProtocolViolationError => new ProtocolViolationError(what, { attempted: 'receive' });

/** Whether the elements fit in one of the messages that come in masses, in its usual length: found out without its layout. */
function isUsual(message: readonly unknown[]): boolean {
  const code = message[0];
  const isResult = code === RESULT;
  if (!isResult && code !== EVENT && code !== INVOCATION) return false;
  const details = isResult ? 2 : 3;
  return (
    message.length === details + 2 &&
    isId(message[1]) &&
    (isResult || isId(message[2])) &&
    isDict(message[details]) &&
    Array.isArray(message[details + 1])
  );
}

/** Checks length and elements against the layout, cuts what may be too long and takes out `null` for absent payload. */
function checkElements(message: unknown[], { name, elements, least, open }: Layout): void {
  const most = elements.length;
  if (open && message.length > most + 1) message.length = most + 1;
  if (message.length <= least || message.length > most + 1)
    throw violation(
      `${name} has ${message.length} elements, not ${least + 1}${least === most ? '' : ` to ${most + 1}`}`,
    );
  for (let at = 1; at < message.length; at++) {
    const element = message[at];
    const field = elements[at - 1];
    if (field === undefined || field.fits(element)) continue;
    if (element !== null || !field.name.endsWith('args'))
      throw violation(`${name}.${field.name} must be ${field.type}, not ${describe(element)}`);
    message[at] = field.name === 'args' ? [] : {};
  }
}

/**
 * What a serializer decoded, as a message, once its type code, length and every element have been checked. The array is
 * the one that came in: nothing is copied. A `null` in the place of absent payload is taken out.
 *
 * @throws {ProtocolViolationError} that says what came and what should have.
 * @see WAMP spec, Messages / Message Definitions
 */
export function validate(value: unknown): WampMessage {
  if (!Array.isArray(value)) throw violation(`a message is a list, this is ${describe(value)}`);
  if (value.length === 0) throw violation('a message cannot be an empty list');
  const message: unknown[] = value;
  const code = message[0];
  const layout = layoutOf(code);
  if (layout === undefined) throw violation(`unknown message type ${describe(code)}`);
  if (!isUsual(message)) checkElements(message, layout);
  const wrong = wrongKeyOf(layout, message[layout.dictionaryAt]);
  if (wrong !== undefined) throw violation(`${layout.name}.${fieldName(code, layout.dictionaryAt)}|${wrong}`);
  // Every element has been checked against the layout of this type code.
  return message as unknown as WampMessage;
}
