import { UsageError } from '../../protocol/errors.js';
import { isUri, matchPolicy } from '../../protocol/uri.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import { isTrustlevel } from '../authorizer.js';

const ACTIONS: readonly unknown[] = ['publish', 'subscribe', 'call', 'register'];

const isName = (value: unknown): boolean => typeof value === 'string';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isListOf = (value: unknown, isOne: (value: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isOne);
const isNames = (value: unknown): boolean => isName(value) || isListOf(value, isName);

/** What each field has to be. One that is undefined would speak of more than whoever wrote it meant, so it is refused. */
const FIELDS: ReadonlyMap<string, readonly [isRight: (value: unknown) => boolean, what: string]> = new Map([
  ['role', [isNames, 'must be a name, or a list of at least one']],
  ['authid', [isNames, 'must be a name, or a list of at least one']],
  [
    'actions',
    [
      (value: unknown) => value === '*' || isListOf(value, (action) => ACTIONS.includes(action)),
      "must be '*', or a list of at least one of publish, subscribe, call, register",
    ],
  ],
  ['uri', [isName, 'must be a URI or a pattern']],
  [
    'match',
    [(value: unknown) => isName(value) && matchPolicy(value) !== undefined, 'must be exact, prefix or wildcard'],
  ],
  ['allow', [isFlag, 'must be true or false']],
  ['disclose', [isFlag, 'must be true or false']],
  ['trustlevel', [isTrustlevel, 'must be an integer from 0 on']],
]);

/**
 * Checks a row of a table that may come from a file.
 *
 * @throws {UsageError} that says which row is wrong, and what is.
 */
export function checkRule(rule: unknown, row: number): void {
  const refuse = (what: string): UsageError =>
    new UsageError(ErrorUri.INVALID_ARGUMENT, `row ${row}: ${what}`, { attempted: 'authorizeBy' });
  if (typeof rule !== 'object' || rule === null) throw refuse('must be an object');
  const fields: Readonly<Record<string, unknown>> = { ...rule };
  for (const [name, value] of Object.entries(fields)) {
    const field = FIELDS.get(name);
    if (field === undefined) throw refuse(`knows no field ${name}`);
    const [isRight, what] = field;
    if (!isRight(value)) throw refuse(`${name} ${what}`);
  }
  const { actions, uri, match, allow, disclose, trustlevel } = fields;
  if (actions === undefined) throw refuse('lacks actions');
  if (typeof uri !== 'string') throw refuse('lacks uri');
  const policy = matchPolicy(match) ?? 'exact';
  if (!isUri(uri, policy)) throw refuse(`uri ${JSON.stringify(uri)} cannot be, with match ${policy}`);
  if (allow === false && disclose !== undefined) throw refuse('disclose means nothing where allow is false');
  if (trustlevel === undefined) return;
  if (allow === false) throw refuse('trustlevel means nothing where allow is false');
  if (Array.isArray(actions) && !actions.some((action) => action === 'publish' || action === 'call')) {
    throw refuse('trustlevel means nothing where actions lack publish and call');
  }
}
