import { isDict } from '../../protocol/dict.js';
import type { List, Uri } from '../../protocol/message.js';
import {
  isInterfaceKind,
  type InterfaceDefinition,
  type InterfaceKind,
  type InterfaceSchema,
} from '../../protocol/reflection.js';
import { text } from './readers.js';

/** What is defined, or was. */
export interface InterfaceChange {
  readonly kind: InterfaceKind;
  readonly uri: Uri;
}

/**
 * What a router tells of a procedure, topic or error. What routers agree on is typed; whatever else it tells is there under
 * its own names: of what nobody defined but somebody uses, rxwamp's router tells `match`, `created` and `invoke`. Whoever
 * defined it may have said anything; what is of the wrong type is undefined here.
 */
export interface InterfaceDescription extends InterfaceChange, InterfaceDefinition {}

/** A list of texts. */
const texts = (said: unknown): readonly string[] | undefined =>
  Array.isArray(said) && said.every((one) => typeof one === 'string') ? said : undefined;

const schema = (said: unknown): InterfaceSchema | undefined =>
  typeof said === 'boolean' || isDict(said) ? said : undefined;

/** The members that are typed. */
const READERS: Readonly<Record<string, (said: unknown) => unknown>> = {
  description: text,
  version: text,
  format: text,
  args_schema: schema,
  kwargs_schema: schema,
  result_args_schema: schema,
  result_kwargs_schema: schema,
  errors: texts,
};

/** The result of `list`: one list, or in the manner of some routers the URIs as the results themselves. */
export const uris = (said: unknown, args: List): readonly Uri[] | undefined => texts(said) ?? texts(args);

/**
 * What is said of this URI; undefined when it is something else. wamp2spring calls the kind `type`, so where one was asked
 * for it need not be said.
 */
export function description(said: unknown, uri: Uri, asked?: InterfaceKind): InterfaceDescription | undefined {
  if (!isDict(said) || said['uri'] !== uri) return undefined;
  const kind = said['kind'] ?? asked;
  if (!isInterfaceKind(kind) || (asked !== undefined && kind !== asked)) return undefined;
  const read = Object.entries(said).map(([name, value]): [string, unknown] => [
    name,
    Object.hasOwn(READERS, name) ? READERS[name]?.(value) : value,
  ]);
  return { ...Object.fromEntries(read), kind, uri };
}

/** All that is said of this URI; undefined when something else is among it. */
export function descriptions(said: unknown, uri: Uri): readonly InterfaceDescription[] | undefined {
  if (!Array.isArray(said)) return undefined;
  const read = said.map((one) => description(one, uri)).filter((one) => one !== undefined);
  return read.length === said.length ? read : undefined;
}

/** The arguments of `on_define` and `on_undefine`. */
export const interfaceChange = ([kind, uri]: List): InterfaceChange | undefined =>
  isInterfaceKind(kind) && typeof uri === 'string' ? { kind, uri } : undefined;
