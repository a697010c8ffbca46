import { defer, map } from 'rxjs';
import type { Authenticator, Claims } from './authenticator.js';
import { AuthenticationError } from './authentication-error.js';
import { claimsOf } from './claims.js';
import { ask, isRenewable, type Credential } from './credential.js';

/** Options of {@link ticket}. */
export interface TicketOptions extends Claims {
  readonly authid: string;
  /** Sent as it is. A function is asked when the router wants it, so that it may be a token that expires. */
  readonly ticket: Credential<string>;
  /** Send the ticket even where others can read it, over plain `ws:` to another machine. Default: false. */
  readonly allowInsecure?: boolean;
}

/**
 * Joins with a ticket: a password or token that the router gets in clear text. It is refused to a transport known to be
 * readable by others.
 *
 * @example
 * ticket({ authid: 'joe', ticket: 'secret!!!' })
 * ticket({ authid: 'joe', ticket: () => http.get('/token', { responseType: 'text' }) })
 * @see WAMP spec, Ticket-based Authentication
 */
export function ticket(options: TicketOptions): Authenticator {
  return {
    method: 'ticket',
    renewable: isRenewable(options.ticket),
    begin: ({ realm, secure }) =>
      defer(() => {
        if (secure === false && options.allowInsecure !== true) {
          throw error('HELLO', 'the transport is not encrypted and would show the ticket to others');
        }
        return [{ ...claimsOf(options), answer }];

        function answer() {
          return ask(options.ticket, () => error('CHALLENGE', 'no ticket was given')).pipe(
            map((signature) => ({ signature })),
          );
        }
        function error(attempted: string, what: string) {
          return new AuthenticationError('ticket', what, { attempted, on: realm });
        }
      }),
  };
}
