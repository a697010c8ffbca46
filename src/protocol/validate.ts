import { Code, codeName } from './code.js';
import { isDict } from './dict.js';
import { ProtocolViolationError } from './errors.js';
import { isId } from './id.js';
import { wrongKey } from './known-keys.js';
import type { WampMessage } from './message.js';

type Kind = 'id' | 'id or 0' | 'request type' | 'string' | 'dict' | 'args' | 'kwargs';

/** The elements after the type code, in order; `least` of them must be there; `open` means a longer message is cut, not refused. */
interface Shape {
  readonly fields: readonly { readonly name: string; readonly kind: Kind }[];
  readonly least: number;
  readonly open: boolean;
}

const shape = (layout: string, open: boolean): Shape => {
  const fields = layout.split(' ').map((field) => {
    const [name = '', kind = ''] = field.replace('?', '').split(':');
    // The layouts below are literals of this file; the spec of this table reads every kind.
    return { name, kind: kind.replaceAll('_', ' ') as Kind };
  });
  const least = layout.split(' ').filter((field) => !field.endsWith('?')).length;
  return { fields, least, open };
};
/** What clients send is refused when it is too long; what only routers send may grow elements we do not know yet. */
const fromClient = (layout: string): Shape => shape(layout, false);
const fromRouter = (layout: string): Shape => shape(layout, true);

/** Layouts in the order of the spec; `?` marks what may be absent. */
const SHAPES_BY_CODE = new Map<number, Shape>([
  [Code.HELLO, fromClient('realm:string details:dict')],
  [Code.WELCOME, fromRouter('session:id details:dict')],
  [Code.ABORT, fromClient('details:dict reason:string args:args? kwargs:kwargs?')],
  [Code.CHALLENGE, fromRouter('authmethod:string extra:dict')],
  [Code.AUTHENTICATE, fromClient('signature:string extra:dict')],
  [Code.GOODBYE, fromClient('details:dict reason:string')],
  [Code.ERROR, fromClient('requestType:request_type request:id details:dict error:string args:args? kwargs:kwargs?')],
  [Code.PUBLISH, fromClient('request:id options:dict topic:string args:args? kwargs:kwargs?')],
  [Code.PUBLISHED, fromRouter('request:id publication:id')],
  [Code.SUBSCRIBE, fromClient('request:id options:dict topic:string')],
  [Code.SUBSCRIBED, fromRouter('request:id subscription:id')],
  [Code.UNSUBSCRIBE, fromClient('request:id subscription:id options:dict?')],
  [Code.UNSUBSCRIBED, fromRouter('request:id_or_0 details:dict?')],
  [Code.EVENT, fromRouter('subscription:id publication:id details:dict args:args? kwargs:kwargs?')],
  [Code.CALL, fromClient('request:id options:dict procedure:string args:args? kwargs:kwargs?')],
  [Code.CANCEL, fromClient('request:id options:dict')],
  [Code.RESULT, fromRouter('request:id details:dict args:args? kwargs:kwargs?')],
  [Code.REGISTER, fromClient('request:id options:dict procedure:string')],
  [Code.REGISTERED, fromRouter('request:id registration:id')],
  [Code.UNREGISTER, fromClient('request:id registration:id options:dict?')],
  [Code.UNREGISTERED, fromRouter('request:id_or_0 details:dict?')],
  [Code.INVOCATION, fromRouter('request:id registration:id details:dict args:args? kwargs:kwargs?')],
  [Code.INTERRUPT, fromRouter('request:id options:dict')],
  [Code.YIELD, fromClient('request:id options:dict args:args? kwargs:kwargs?')],
]);

/** The same as a list, whose look-up is cheaper: by type code, with holes. */
const SHAPES: readonly (Shape | undefined)[] = Array.from({ length: Code.YIELD + 1 }, (_, code) =>
  SHAPES_BY_CODE.get(code),
);

const shapeOf = (code: unknown): Shape | undefined => (typeof code === 'number' ? SHAPES[code] : undefined);

/** The spec's name of an element of a message (`'args'`), or `'element <at>'` where it has none. */
export const fieldName = (code: unknown, at: number): string =>
  shapeOf(code)?.fields[at - 1]?.name ?? `element ${String(at)}`;

const KIND_IN_WORDS: Readonly<Record<Kind, string>> = {
  id: 'an id',
  'id or 0': 'an id or 0',
  'request type': 'the type of a request',
  string: 'a string',
  dict: 'a dict',
  args: 'a list',
  kwargs: 'a dict',
};

const REQUEST_TYPES: ReadonlySet<unknown> = new Set([
  Code.PUBLISH,
  Code.SUBSCRIBE,
  Code.UNSUBSCRIBE,
  Code.CALL,
  Code.CANCEL,
  Code.REGISTER,
  Code.UNREGISTER,
  Code.INVOCATION,
  Code.YIELD,
]);

function fits(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case 'id':
      return isId(value);
    case 'id or 0':
      return value === 0 || isId(value);
    case 'request type':
      return REQUEST_TYPES.has(value);
    case 'string':
      return typeof value === 'string';
    case 'args':
      return Array.isArray(value);
    case 'dict':
    case 'kwargs':
      return isDict(value);
  }
}

/** What came, short enough for an error message: never payload, which may hold secrets. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `a list of ${String(value.length)}`;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'object')
    return isDict(value) ? 'a dict' : `a ${Object.prototype.toString.call(value).slice(8, -1)}`;
  return `a ${typeof value}`;
}

const violation = (what: string, on?: string): ProtocolViolationError =>
  new ProtocolViolationError(what, { attempted: 'receive', on });

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
  const known = shapeOf(code);
  if (known === undefined) throw violation(`unknown message type ${describe(code)}`);
  const { fields, least } = known;
  if (message.length - 1 > fields.length && known.open) message.length = fields.length + 1;
  if (message.length - 1 < least || message.length - 1 > fields.length) {
    const want = least === fields.length ? String(least + 1) : `${String(least + 1)} to ${String(fields.length + 1)}`;
    throw violation(`${codeName(code as Code)} has ${String(message.length)} elements, not ${want}`);
  }
  for (let at = 1; at < message.length; at++) {
    const field = fields[at - 1];
    if (field === undefined) break;
    const { name, kind } = field;
    const element = message[at];
    if (fits(kind, element)) {
      if (kind !== 'dict') continue;
      const wrong = wrongKey(code as Code, element as Record<string, unknown>);
      if (wrong !== undefined) throw violation(`${codeName(code as Code)}.${name}|${wrong}`);
    } else if (element === null && (kind === 'args' || kind === 'kwargs')) {
      message[at] = kind === 'args' ? [] : {};
    } else {
      throw violation(`${codeName(code as Code)}.${name} must be ${KIND_IN_WORDS[kind]}, not ${describe(element)}`);
    }
  }
  // Every element has been checked against the layout of this type code.
  return message as unknown as WampMessage;
}
