import { Code } from './code.js';
import { isDict } from './dict.js';
import { isId } from './id.js';

type Check = readonly [type: string, fits: (value: unknown) => boolean];

const isString = (value: unknown): value is string => typeof value === 'string';
const bool: Check = ['bool', (value) => typeof value === 'boolean'];
const string: Check = ['string', isString];
const id: Check = ['id', isId];
const natural: Check = ['integer ≥ 0', (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0];
const positive: Check = ['integer ≥ 1', (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1];
const dict: Check = ['dict', isDict];
const ids: Check = ['list of ids', (value) => Array.isArray(value) && value.every(isId)];
const strings: Check = ['list of strings', (value) => Array.isArray(value) && value.every(isString)];
const oneOf = (...names: readonly string[]): Check => [
  names.join(' or '),
  (value) => isString(value) && names.includes(value),
];

const match = oneOf('exact', 'prefix', 'wildcard');
const passthru = { ppt_scheme: string, ppt_serializer: string, ppt_cipher: string, ppt_keyid: string };

/**
 * The keys of Options, Details and Extra whose type the spec fixes. A key that is not here is ignored, whatever it
 * holds; `null` counts as absent.
 *
 * @see WAMP spec, Messages / Extensibility
 */
const KNOWN: Readonly<Partial<Record<number, Readonly<Record<string, Check>>>>> = {
  [Code.HELLO]: { roles: dict, agent: string, authmethods: strings, authid: string, authrole: string, authextra: dict },
  [Code.WELCOME]: {
    roles: dict,
    agent: string,
    realm: string,
    authid: string,
    authrole: string,
    authmethod: string,
    authprovider: string,
  },
  [Code.ERROR]: passthru,
  [Code.PUBLISH]: {
    acknowledge: bool,
    exclude_me: bool,
    exclude: ids,
    exclude_authid: strings,
    exclude_authrole: strings,
    eligible: ids,
    eligible_authid: strings,
    eligible_authrole: strings,
    disclose_me: bool,
    retain: bool,
    rkey: string,
    ...passthru,
  },
  [Code.SUBSCRIBE]: { match, get_retained: bool, nkey: string },
  [Code.UNSUBSCRIBED]: { subscription: id, reason: string },
  [Code.EVENT]: {
    topic: string,
    publisher: id,
    publisher_authid: string,
    publisher_authrole: string,
    trustlevel: natural,
    retained: bool,
    ...passthru,
  },
  [Code.CALL]: {
    receive_progress: bool,
    progress: bool,
    timeout: natural,
    disclose_me: bool,
    runmode: string,
    rkey: string,
    ...passthru,
  },
  [Code.CANCEL]: { mode: string },
  [Code.RESULT]: { progress: bool, ...passthru },
  [Code.REGISTER]: {
    match,
    invoke: oneOf('single', 'roundrobin', 'random', 'first', 'last'),
    disclose_caller: bool,
    forward_timeout: bool,
    concurrency: positive,
    force_reregister: bool,
  },
  [Code.UNREGISTERED]: { registration: id, reason: string },
  [Code.INVOCATION]: {
    receive_progress: bool,
    progress: bool,
    timeout: natural,
    procedure: string,
    caller: id,
    caller_authid: string,
    caller_authrole: string,
    trustlevel: natural,
    ...passthru,
  },
  [Code.INTERRUPT]: { mode: string, reason: string },
  [Code.YIELD]: { progress: bool, ...passthru },
};

/** The first key the spec types otherwise, as `key must be …`; undefined when all are as they should be. */
export function wrongKey(code: Code, dictionary: Record<string, unknown>): string | undefined {
  const keys = Object.keys(dictionary);
  if (keys.length === 0) return undefined;
  const known = KNOWN[code];
  if (known === undefined) return undefined;
  for (const key of keys) {
    const value = dictionary[key];
    if (value === null || value === undefined || !Object.hasOwn(known, key)) continue;
    const check = known[key];
    if (check !== undefined && !check[1](value)) return `${key} must be ${check[0]}`;
  }
  return undefined;
}
