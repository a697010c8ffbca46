import type { AuthAttempt, Authenticator } from '../auth/authenticator.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { UsageError } from '../protocol/errors.js';
import type { Dict, Uri } from '../protocol/message.js';
import type { Roles } from '../protocol/features.js';

/** An authenticator with the attempt it began. */
export interface Offer {
  readonly method: string;
  readonly attempt: AuthAttempt;
}

/** What every offer that says anything says alike. */
function agreed(realm: Uri, offers: readonly Offer[], key: 'authid' | 'authrole'): Dict {
  const said = new Set(offers.flatMap(({ attempt }) => attempt[key] ?? []));
  if (said.size > 1) {
    const what = `the authentication methods name different ${key}s, and HELLO holds one: ${[...said].join(', ')}`;
    throw new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'HELLO', on: realm });
  }
  const [value] = said;
  return value === undefined ? {} : { [key]: value };
}

/**
 * HELLO.Details: what this client can do and how it can prove itself.
 *
 * @throws {UsageError} when the methods offered contradict each other.
 * @see WAMP spec, Sessions / HELLO
 */
export function helloDetails(realm: Uri, agent: string, roles: Roles, offers: readonly Offer[]): Dict {
  const details = { roles, agent };
  if (offers.length === 0) return details;
  const extras = offers.flatMap(({ attempt }) => attempt.authextra ?? []);
  return {
    ...details,
    authmethods: offers.map(({ method }) => method),
    ...agreed(realm, offers, 'authid'),
    ...agreed(realm, offers, 'authrole'),
    ...(extras.length > 0 && { authextra: Object.assign({}, ...extras) as Dict }),
  };
}

/** The methods, each with its attempt. */
export const toOffers = (methods: readonly Authenticator[], attempts: readonly AuthAttempt[]): readonly Offer[] =>
  methods.flatMap(({ method }, at) => {
    const attempt = attempts[at];
    return attempt === undefined ? [] : [{ method, attempt }];
  });
