import { isDict } from '../../protocol/dict.js';
import { isWampError, UsageError } from '../../protocol/errors.js';
import type { Dict, Uri } from '../../protocol/message.js';
import type { InterfaceDefinition, InterfaceKind } from '../../protocol/reflection.js';
import { isUri, type UriRule } from '../../protocol/uri.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import { readDefinition } from './definition.js';
import { REFLECTION_LIMITS } from './limits.js';

/** What a realm offers, by URI: definitions that are there from the start and stay. */
export interface RealmInterfaces {
  readonly procedures?: Readonly<Record<Uri, InterfaceDefinition>> | undefined;
  readonly topics?: Readonly<Record<Uri, InterfaceDefinition>> | undefined;
  readonly errors?: Readonly<Record<Uri, InterfaceDefinition>> | undefined;
}

/** One definition of a realm's own. */
export interface RealmDefinition {
  readonly kind: InterfaceKind;
  readonly uri: Uri;
  readonly definition: Dict;
}

const KINDS: ReadonlyMap<string, InterfaceKind> = new Map([
  ['procedures', 'procedure'],
  ['topics', 'topic'],
  ['errors', 'error'],
]);

/**
 * The definitions of a realm's own, which may come from a file.
 *
 * @throws {UsageError} that says which one is wrong, and what is.
 */
export function readInterfaces(interfaces: RealmInterfaces, realm: Uri, rule: UriRule): RealmDefinition[] {
  const refuse = (what: string, uri: Uri = ErrorUri.INVALID_ARGUMENT, cause?: unknown): UsageError =>
    new UsageError(uri, what, { attempted: 'Router', on: realm, cause });
  if (!isDict(interfaces)) throw refuse('interfaces must be an object');
  return Object.entries(interfaces).flatMap(([name, members]) => {
    const kind = KINDS.get(name);
    if (kind === undefined) throw refuse(`interfaces knows procedures, topics and errors, not ${name}`);
    if (members === undefined) return [];
    if (!isDict(members)) throw refuse(`interfaces.${name} must be an object`);
    const given = Object.entries(members);
    if (given.length > REFLECTION_LIMITS.maxListed) {
      throw refuse(`interfaces.${name} has more than ${REFLECTION_LIMITS.maxListed} definitions`);
    }
    return given.map(([uri, definition]) => {
      const where = `interfaces.${name}[${JSON.stringify(uri)}]`;
      if (!isUri(uri, 'exact', rule)) throw refuse(`${where}: not a well-formed URI`, ErrorUri.INVALID_URI);
      try {
        return { kind, uri, definition: readDefinition(definition, kind, uri) };
      } catch (error) {
        if (!isWampError(error)) throw error;
        throw refuse(`${where}: ${String(error.args[0])}`, error.uri, error);
      }
    });
  });
}
