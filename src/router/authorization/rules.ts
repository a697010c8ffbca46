import type { Uri } from '../../protocol/message.js';
import { matchPolicy, type MatchPolicy } from '../../protocol/uri.js';
import type { Action, AuthorizationDecision, Authorize } from '../authorizer.js';
import type { SessionDetails } from '../session/session-details.js';
import { checkRule } from './check-rule.js';
import { compareSpecificity, covers, overlap, type UriPattern } from './uri-pattern.js';

/** One row of a table of rules: who may, or may not, do what where. */
export interface AuthorizationRule {
  /** Of whom it speaks, by authrole. Default: of every role. */
  readonly role?: string | readonly string[];
  /** Of whom it speaks, by authid; of those with the role alone, if a role is given, too. Default: of everybody. */
  readonly authid?: string | readonly string[];
  /** What it is about; `'*'` is all four. */
  readonly actions: readonly Action[] | '*';
  /** Topics and procedures, by `match`. `''` as a prefix is all of them, the router's own `wamp.` included. */
  readonly uri: Uri;
  /** How `uri` is meant. Default: `'exact'`. */
  readonly match?: MatchPolicy;
  /** Default: true. */
  readonly allow?: boolean;
  /**
   * `true` tells the other side who the session is, asked or not; `false` refuses a request to be told. Default: the
   * realm's `disclose` decides. Only where it allows.
   */
  readonly disclose?: boolean;
  /**
   * What subscribers and callees find as `trustlevel` in the details of the events and calls that the row allows: an
   * integer from 0, the least trusted, on. Default: they find none. Only where it allows, and only in a row about
   * `publish` or `call`.
   */
  readonly trustlevel?: number;
}

interface CompiledRule extends UriPattern {
  readonly roles: ReadonlySet<string> | undefined;
  readonly authids: ReadonlySet<string> | undefined;
  readonly actions: ReadonlySet<Action> | undefined;
  readonly allow: boolean;
  readonly decision: AuthorizationDecision;
}

/**
 * An authorizer that goes by a table. What no row allows is refused.
 *
 * Of the rows that speak of the session, the action and the URI, the one with the most specific URI decides, by the
 * order in which calls are routed: exact, the longest prefix, the best wildcard. Among rows with the same URI and match,
 * one that denies decides, and then the first in the table; naming a role or an authid makes no row stronger.
 *
 * A pattern (SUBSCRIBE and REGISTER with `match`) is allowed only where a single row allows every URI that it could
 * match, and no row at least as specific denies one of them.
 *
 * A decision takes time in proportion to the number of rows.
 *
 * @throws {UsageError} that says which row is wrong, and what is.
 * @example
 * const authorize = authorizeBy([
 *   { role: ['user', 'admin'], actions: ['subscribe', 'call'], uri: 'com.example.', match: 'prefix' },
 *   { role: 'sensor', actions: ['publish'], uri: 'com.example.', match: 'prefix', trustlevel: 2 },
 *   { role: 'user', actions: '*', uri: 'com.example.secret', allow: false },
 *   { role: 'admin', actions: ['call'], uri: 'wamp.session.', match: 'prefix' },
 * ]);
 * new Router({ realms: { realm1: { authenticate, authorize } } });
 * @see WAMP spec, Authorization
 */
export function authorizeBy(rules: readonly AuthorizationRule[]): Authorize {
  const compiled = rules.map((rule, row) => {
    checkRule(rule, row);
    return compile(rule);
  });
  // Sorting keeps the order of the table among equals.
  compiled.sort((a, b) => compareSpecificity(b, a) || Number(a.allow) - Number(b.allow));

  return (session, action, uri, options) => {
    // A topic that is published to or a procedure that is called is no pattern, whatever the options say.
    const match = action === 'subscribe' || action === 'register' ? matchPolicy(options['match']) : 'exact';
    if (match === undefined) return false;
    const asked = { match, uri };
    for (const rule of compiled) {
      if (!speaksOf(rule, session, action)) continue;
      if (!rule.allow && overlap(rule, asked)) return false;
      if (rule.allow && covers(rule, asked)) return rule.decision;
    }
    return false;
  };
}

const compile = ({
  role,
  authid,
  actions,
  uri,
  match = 'exact',
  allow = true,
  disclose,
  trustlevel,
}: AuthorizationRule): CompiledRule => ({
  uri,
  match,
  allow,
  roles: setOf(role),
  authids: setOf(authid),
  actions: actions === '*' ? undefined : new Set(actions),
  decision:
    disclose === undefined && trustlevel === undefined
      ? allow
      : { allow, ...(disclose !== undefined && { disclose }), ...(trustlevel !== undefined && { trustlevel }) },
});

const setOf = (names: string | readonly string[] | undefined): ReadonlySet<string> | undefined =>
  names === undefined ? undefined : new Set(typeof names === 'string' ? [names] : names);

const speaksOf = ({ roles, authids, actions }: CompiledRule, session: SessionDetails, action: Action): boolean =>
  (roles?.has(session.authrole) ?? true) && (authids?.has(session.authid) ?? true) && (actions?.has(action) ?? true);
