import { map } from 'rxjs';
import { UsageError } from '../../protocol/errors.js';
import type { Dict, Uri } from '../../protocol/message.js';
import { isReserved, isUri } from '../../protocol/uri.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import {
  isTrustlevel,
  type Action,
  type AuthorizationDecision,
  type Authorize,
  type RealmAuthorizer,
} from '../authorizer.js';
import type { SessionDetails } from '../session/session-details.js';

/** Options of {@link authorizeByProcedure}. */
export interface AuthorizeByProcedureOptions {
  /**
   * Decides where the procedure cannot be asked: about the procedure itself, above all who may register it, and about
   * whatever the sessions do that have registered it, e.g. {@link authorizeBy}.
   */
  readonly fallback: Authorize;
}

/** How many decisions are kept for one session. */
const MAX_CACHED = 1_000;

/**
 * An authorizer that asks a procedure registered in the realm, as Crossbar.io's dynamic authorizers are asked: with the
 * arguments `[session, uri, action, options]`, where `session` is a dictionary of `session`, `realm`, `authid`,
 * `authrole`, `authmethod`, `authprovider`, and `options` are those of the client's message (`match` among them).
 * It answers `true`, `false`, or `{ allow, disclose, trustlevel, cache }`. With `cache: true` the answer holds for that session,
 * action, URI and match as long as the session lasts (the last 1,000 of them are kept).
 *
 * Where nobody has registered the procedure, or it fails, or answers something else, the client is answered
 * `wamp.error.authorization_failed`. A pattern that matches the procedure's URI is never asked, so nobody gets to decide
 * who was not allowed to by `fallback`. Several sessions may share the registration; each registers before it does
 * anything else, as until then it is asked about like any other.
 *
 * @throws {UsageError} when the procedure is no URI, or one of `wamp.`.
 * @example
 * const fallback = authorizeBy([{ role: 'authorizer', actions: ['register'], uri: 'com.example.authorize' }]);
 * new Router({
 *   realms: { realm1: { authenticate, authorize: authorizeByProcedure('com.example.authorize', { fallback }) } },
 * });
 * @see WAMP spec, Authorization
 */
export function authorizeByProcedure(procedure: Uri, { fallback }: AuthorizeByProcedureOptions): RealmAuthorizer {
  if (!isUri(procedure) || isReserved(procedure)) {
    const what = 'the procedure must be a URI outside of wamp.';
    throw new UsageError(ErrorUri.INVALID_URI, what, { attempted: 'authorizeByProcedure', on: procedure });
  }
  return {
    authorizeIn(realm) {
      const cache = new WeakMap<SessionDetails, Map<string, AuthorizationDecision>>();
      return (session, action, uri, options) => {
        if (uri === procedure || realm.offers(session.session, procedure)) {
          return fallback(session, action, uri, options);
        }
        const key = keyOf(action, uri, options);
        const known = cache.get(session)?.get(key);
        if (known !== undefined) return known;
        return realm.call(procedure, [{ ...session }, uri, action, options]).pipe(
          map((answer) => {
            const { decision, keep } = read(answer);
            if (keep) {
              const decisions = cache.get(session) ?? new Map<string, AuthorizationDecision>();
              cache.set(session, remember(decisions, key, decision));
            }
            return decision;
          }),
        );
      };
    },
  };
}

const keyOf = (action: Action, uri: Uri, { match }: Dict): string => JSON.stringify([action, uri, match ?? 'exact']);

function remember<T>(decisions: Map<string, T>, key: string, decision: T): Map<string, T> {
  const [oldest] = decisions.keys();
  if (oldest !== undefined && decisions.size >= MAX_CACHED) decisions.delete(oldest);
  return decisions.set(key, decision);
}

/** The procedure's answer. @throws TypeError when it is none. */
function read(answer: unknown): { readonly decision: AuthorizationDecision; readonly keep: boolean } {
  if (typeof answer === 'boolean') return { decision: answer, keep: false };
  const { allow, disclose, trustlevel, cache }: Dict =
    typeof answer === 'object' && answer !== null ? { ...answer } : {};
  if (typeof allow !== 'boolean')
    throw new TypeError('the authorizing procedure answered neither a bool nor a decision');
  if (trustlevel !== undefined && trustlevel !== null && !isTrustlevel(trustlevel))
    throw new TypeError('the authorizing procedure answered with a trustlevel that is no integer from 0 on');
  return {
    decision: {
      allow,
      disclose: typeof disclose === 'boolean' ? disclose : undefined,
      trustlevel: trustlevel ?? undefined,
    },
    keep: cache === true,
  };
}
