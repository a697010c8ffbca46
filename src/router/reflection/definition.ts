import { isDict } from '../../protocol/dict.js';
import type { Dict, Uri } from '../../protocol/message.js';
import type { InterfaceKind } from '../../protocol/reflection.js';
import { isUri } from '../../protocol/uri.js';
import { invalidArgument, isString } from '../meta/arguments.js';
import { REFLECTION_LIMITS } from './limits.js';

const { maxDefinitionDepth } = REFLECTION_LIMITS;

type Check = readonly [isRight: (value: unknown) => boolean, what: string];

const TEXT: Check = [isString, 'a string'];
const SCHEMA: Check = [(value) => typeof value === 'boolean' || isDict(value), 'a dictionary or a bool'];
const URIS: Check = [
  (value) => Array.isArray(value) && value.every((one) => typeof one === 'string' && isUri(one)),
  'a list of URIs',
];

/** What the members have to be that mean the same everywhere. */
const MEMBERS: ReadonlyMap<string, Check> = new Map([
  ['description', TEXT],
  ['version', TEXT],
  ['format', TEXT],
  ['args_schema', SCHEMA],
  ['kwargs_schema', SCHEMA],
  ['result_args_schema', SCHEMA],
  ['result_kwargs_schema', SCHEMA],
  ['errors', URIS],
]);

/**
 * A definition, checked, as a copy that nobody else can change.
 *
 * @throws {WampError} `wamp.error.invalid_argument`, saying what is wrong with it.
 */
export function readDefinition(given: unknown, kind: InterfaceKind, uri: Uri): Dict {
  if (!isDict(given)) throw invalidArgument('definition', 'a dictionary or null');
  const definition = copyOfDict(given, maxDefinitionDepth);
  for (const [name, value] of Object.entries(definition)) {
    const [isRight, what] = MEMBERS.get(name) ?? said(name, { kind, uri });
    if (!isRight(value)) throw invalidArgument(name, what);
  }
  return definition;
}

/** A definition may say itself what it is of, as in a document; then it has to be right. */
function said(name: string, { kind, uri }: { readonly kind: InterfaceKind; readonly uri: Uri }): Check {
  if (name === 'kind') return [(value) => value === kind, `${kind}, as it is defined as one`];
  if (name === 'uri') return [(value) => value === uri, 'the URI that is defined'];
  return [() => true, 'anything'];
}

const copyOfDict = (dict: Dict, depth: number): Dict =>
  Object.fromEntries(
    Object.entries(dict)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, copyOf(value, depth - 1)]),
  );

function copyOf(value: unknown, depth: number): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint')
    return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (depth <= 0) throw invalidArgument('definition', `nested at most ${maxDefinitionDepth} deep`);
  if (Array.isArray(value)) return value.map((member) => copyOf(member, depth - 1));
  if (isDict(value)) return copyOfDict(value, depth);
  throw invalidArgument('definition', 'made of text, numbers, bools, null, lists and dictionaries');
}
