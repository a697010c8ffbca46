import { catchError, defaultIfEmpty, from, map, of, take, timeout, type ObservableInput } from 'rxjs';
import type { Dict, Uri } from '../protocol/message.js';
import * as ErrorUri from '../protocol/error-uris.js';
import type { RealmCalls } from './authorization/realm-calls.js';
import type { RouterContext } from './context.js';
import type { SessionDetails } from './session/session-details.js';
import type { Session } from './session/session.js';

/** What a client may be allowed to do on a URI. */
export type Action = 'publish' | 'subscribe' | 'call' | 'register';

/**
 * An authorizer's answer. With `disclose: true` the other side is told who the session is, asked or not; with `false` a
 * request to be told of it is refused; without it the realm's `disclose` decides.
 *
 * `trustlevel` (an integer from 0, the least trusted, on) is what those who receive an event or a call that is allowed
 * find in its details: how far the router trusts whoever it came from, here. Without it they find none.
 *
 * @see WAMP spec, Publication Trust Levels; Call Trust Levels
 */
export type AuthorizationDecision =
  | boolean
  | {
      readonly allow: boolean;
      readonly disclose?: boolean | undefined;
      readonly trustlevel?: number | undefined;
    };

/**
 * Decides whether a session may do something. Asked before anything is looked up, so that a refusal tells nothing of
 * what exists. What it throws, fails with or does not decide in time is answered with `wamp.error.authorization_failed`.
 *
 * While it decides asynchronously, further messages of that session wait, in order. Reflection asks it as well, with no
 * options, about what it lists or describes; there nothing waits.
 *
 * @param uri the topic or procedure; a pattern when `options.match` says so.
 * @param options Options of the client's message.
 * @see WAMP spec, Authorization
 */
export type Authorize = (
  session: SessionDetails,
  action: Action,
  uri: Uri,
  options: Dict,
) => AuthorizationDecision | ObservableInput<AuthorizationDecision>;

/** An authorizer that makes calls in the realm it decides about, made anew for every realm. */
export interface RealmAuthorizer {
  authorizeIn(realm: RealmCalls): Authorize;
}

/** An authorizer's answer as broker and dealer need it. */
export type Verdict =
  | { readonly allowed: true; readonly disclose?: boolean | undefined; readonly trustlevel?: number | undefined }
  | { readonly allowed: false; readonly error: Uri };

const ALLOWED: Verdict = { allowed: true };
const DENIED: Verdict = { allowed: false, error: ErrorUri.NOT_AUTHORIZED };
const FAILED: Verdict = { allowed: false, error: ErrorUri.AUTHORIZATION_FAILED };

/** Whether a value can be a trust level. */
export const isTrustlevel = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const isDecision = (answer: unknown): answer is AuthorizationDecision =>
  typeof answer === 'boolean' ||
  (typeof answer === 'object' &&
    answer !== null &&
    'allow' in answer &&
    typeof answer.allow === 'boolean' &&
    (!('trustlevel' in answer) || answer.trustlevel === undefined || isTrustlevel(answer.trustlevel)));

function verdict(decision: unknown): Verdict {
  if (!isDecision(decision)) return FAILED;
  if (typeof decision === 'boolean') return decision ? ALLOWED : DENIED;
  return decision.allow ? { allowed: true, disclose: decision.disclose, trustlevel: decision.trustlevel } : DENIED;
}

/** Asks a realm's authorizer. */
export class Authorizer {
  readonly #authorize: Authorize | undefined;
  readonly #context: RouterContext;

  constructor(authorize: Authorize | undefined, context: RouterContext) {
    this.#authorize = authorize;
    this.#context = context;
  }

  /** Calls `then` once: at once, or later, and then the session's further messages wait for it. */
  check(
    session: Pick<Session, 'details' | 'hold'>,
    action: Action,
    uri: Uri,
    options: Dict,
    then: (verdict: Verdict) => void,
  ): void {
    if (this.#authorize === undefined) {
      then(ALLOWED);
      return;
    }
    const answer = this.#ask(this.#authorize, session, action, uri, options);
    if ('allowed' in answer) then(answer);
    else session.hold(answer.later, then);
  }

  #ask(authorize: Authorize, { details }: Pick<Session, 'details'>, action: Action, uri: Uri, options: Dict) {
    const { fault, limits } = this.#context;
    try {
      const answer = authorize(details, action, uri, options);
      if (isDecision(answer)) return verdict(answer);
      const later = from(answer).pipe(
        take(1),
        timeout(limits.authorizationTimeoutMs),
        map(verdict),
        defaultIfEmpty(FAILED),
        catchError((error: unknown) => {
          fault(error);
          return of(FAILED);
        }),
      );
      return { later };
    } catch (error) {
      fault(error);
      return FAILED;
    }
  }
}
