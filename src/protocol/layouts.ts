import { isDict } from './dict.js';
import { isId } from './id.js';

const PAYLOAD = 'args:list? kwargs:dict?';
const PASSTHRU = 'ppt_scheme:string ppt_serializer:string ppt_cipher:string ppt_keyid:string';

/**
 * The messages: type code, name, elements (`?` may be absent), and after the bar the keys of Options, Details or Extra
 * whose type the spec fixes. Three dots: only routers send it, so it may grow elements that we do not
 * know yet; what clients send is refused when it is too long.
 *
 * @see WAMP spec, Messages / Message Definitions, Extensibility
 */
const MESSAGES = `
1 HELLO realm:string details:dict
  | roles:dict agent:string authmethods:list-of-strings authid:string authrole:string authextra:dict
2 WELCOME session:id details:dict ...
  | roles:dict agent:string realm:string authid:string authrole:string authmethod:string authprovider:string
3 ABORT details:dict reason:string ${PAYLOAD}
4 CHALLENGE authmethod:string extra:dict ...
5 AUTHENTICATE signature:string extra:dict
6 GOODBYE details:dict reason:string
8 ERROR requestType:type-of-a-request request:id details:dict error:string ${PAYLOAD}
  | ${PASSTHRU}
16 PUBLISH request:id options:dict topic:string ${PAYLOAD}
  | acknowledge:bool exclude_me:bool exclude:list-of-ids exclude_authid:list-of-strings exclude_authrole:list-of-strings
  eligible:list-of-ids eligible_authid:list-of-strings eligible_authrole:list-of-strings
  disclose_me:bool retain:bool rkey:string ${PASSTHRU}
17 PUBLISHED request:id publication:id ...
32 SUBSCRIBE request:id options:dict topic:string
  | match:exact-or-prefix-or-wildcard get_retained:bool nkey:string
33 SUBSCRIBED request:id subscription:id ...
34 UNSUBSCRIBE request:id subscription:id options:dict?
35 UNSUBSCRIBED request:id-or-0 details:dict? ...
  | subscription:id reason:string
36 EVENT subscription:id publication:id details:dict ${PAYLOAD} ...
  | topic:string publisher:id publisher_authid:string publisher_authrole:string trustlevel:integer-from-0 retained:bool
  ${PASSTHRU}
48 CALL request:id options:dict procedure:string ${PAYLOAD}
  | receive_progress:bool progress:bool timeout:integer-from-0 disclose_me:bool runmode:string rkey:string ${PASSTHRU}
49 CANCEL request:id options:dict
  | mode:string
50 RESULT request:id details:dict ${PAYLOAD} ...
  | progress:bool ${PASSTHRU}
64 REGISTER request:id options:dict procedure:string
  | match:exact-or-prefix-or-wildcard invoke:single-or-roundrobin-or-random-or-first-or-last disclose_caller:bool
  forward_timeout:bool concurrency:integer-from-1 force_reregister:bool
65 REGISTERED request:id registration:id ...
66 UNREGISTER request:id registration:id options:dict?
67 UNREGISTERED request:id-or-0 details:dict? ...
  | registration:id reason:string
68 INVOCATION request:id registration:id details:dict ${PAYLOAD} ...
  | receive_progress:bool progress:bool timeout:integer-from-0 procedure:string caller:id caller_authid:string
  caller_authrole:string trustlevel:integer-from-0 ${PASSTHRU}
69 INTERRUPT request:id options:dict ...
  | mode:string reason:string
70 YIELD request:id options:dict ${PAYLOAD}
  | progress:bool ${PASSTHRU}`;

type Check = (value: unknown) => boolean;

/** An element of a message or a key of its dictionary, and what it may hold. */
export interface Field {
  readonly name: string;
  /** In words, for an error. */
  readonly type: string;
  readonly fits: Check;
}

/** How a message is built. */
export interface Layout {
  readonly name: string;
  /** The elements after the type code, in order; `least` of them must be there. */
  readonly elements: readonly Field[];
  readonly least: number;
  /** Whether a longer message is cut, not refused. */
  readonly open: boolean;
  /** Where its Options, Details or Extra stand; 0 when it has none. */
  readonly dictionaryAt: number;
  /** The keys of that dictionary; one that is not here is ignored, whatever it holds. */
  readonly keys: ReadonlyMap<string, Field>;
}

const isString: Check = (value) => typeof value === 'string';
const integerFrom =
  (least: number): Check =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least;
const listOf =
  (fits: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(fits);
const REQUESTS: readonly unknown[] = [16, 32, 34, 48, 49, 64, 66, 68, 70];

const CHECKS: Readonly<Record<string, Check>> = {
  bool: (value) => typeof value === 'boolean',
  string: isString,
  id: isId,
  'id-or-0': (value) => value === 0 || isId(value),
  'type-of-a-request': (value) => REQUESTS.includes(value),
  'integer-from-0': integerFrom(0),
  'integer-from-1': integerFrom(1),
  dict: isDict,
  list: Array.isArray,
  'list-of-ids': listOf(isId),
  'list-of-strings': listOf(isString),
};

function parseFields(text: string): Field[] {
  return [...text.matchAll(/(\w+):([\w-]+)/g)].map(([, name = '', type = '']) => {
    const words = type.replaceAll('-', ' ');
    const check = CHECKS[type];
    if (check !== undefined) return { name, type: `${type.startsWith('i') ? 'an' : 'a'} ${words}`, fits: check };
    const choices: readonly unknown[] = words.split(' or ');
    return { name, type: words, fits: (value) => choices.includes(value) };
  });
}

/** By type code and by name. */
type Layouts = Readonly<Record<string | number, Layout | undefined>>;

function parse(text: string): Layouts {
  const layouts: Record<string | number, Layout> = {};
  // A message begins where a line begins with its type code.
  for (const line of text.trim().split(/\n(?=\d)/)) {
    const [message = '', keys = ''] = line.split('|');
    const [code = '', name = ''] = message.split(' ');
    const elements = parseFields(message);
    layouts[code] = layouts[name] = {
      name,
      elements,
      least: elements.length + 1 - message.split('?').length,
      open: message.includes('...'),
      dictionaryAt: 1 + elements.findIndex(({ fits }) => fits === isDict),
      keys: new Map(parseFields(keys).map((field) => [field.name, field])),
    };
  }
  return layouts;
}

const LAYOUTS = /* @__PURE__ */ parse(MESSAGES);

/** How the message of this type code or name is built, if there is one. */
export const layoutNamed = (message: number | string): Layout | undefined => LAYOUTS[message];

/** How what came as a type code has a message built; undefined when there is no such message. */
export const layoutOf = (code: unknown): Layout | undefined => (typeof code === 'number' ? LAYOUTS[code] : undefined);

/** The spec's name of a type code (`'EVENT'` for 36), or `'message <code>'` for one it does not define. */
export const codeName = (code: number): string => LAYOUTS[code]?.name ?? `message ${code}`;

/** The spec's name of an element of a message (`'args'`), or `'element <at>'` where it has none. */
export const fieldName = (code: unknown, at: number): string =>
  layoutOf(code)?.elements[at - 1]?.name ?? `element ${at}`;

/**
 * The first key of a message's Options, Details or Extra that the spec types otherwise, as `key must be …`; undefined when
 * all are as they should be. `null` counts as absent.
 *
 * @param dictionary has no keys when it is no dictionary
 */
export function wrongKeyOf({ keys }: Layout, dictionary: unknown): string | undefined {
  // Unlike `Object.keys`, `for … in` makes nothing, and takes what is no dictionary.
  for (const key in dictionary as Record<string, unknown>) {
    const field = keys.get(key);
    if (field === undefined) continue;
    // It has the key.
    const value = (dictionary as Record<string, unknown>)[key];
    if (value !== null && value !== undefined && !field.fits(value)) return `${key} must be ${field.type}`;
  }
  return undefined;
}
