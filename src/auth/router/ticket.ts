import { map, of, type ObservableInput } from 'rxjs';
import { equal, utf8 } from '../crypto/bytes.js';
import { sha256 } from '../crypto/sha256.js';
import type { AuthRequest, RouterAuthenticator } from './authenticator.js';
import { challengeOnce, verdict, type ChallengeOptions } from './challenge.js';
import { find, identify, once, providerOf, type Principal, type PrincipalOptions } from './principals.js';

/** Someone who joins with a ticket. */
export interface TicketPrincipal extends Principal {
  readonly ticket: string;
}

/** Options of {@link checkTicket}: the tickets, or someone who judges them. */
export type CheckTicketOptions = ChallengeOptions &
  (
    | (PrincipalOptions<TicketPrincipal> & { readonly verify?: undefined })
    | {
        readonly principals?: undefined;
        readonly authprovider?: string;
        /** Judges a ticket that says itself whose it is, e.g. a signed token. Give `of(undefined)` to refuse it. */
        readonly verify: (ticket: string, request: AuthRequest) => ObservableInput<Principal | undefined>;
      }
  );

/**
 * Admits those who show their ticket. Whether an authid exists cannot be told from the answers.
 *
 * @example
 * checkTicket({ principals: { joe: { ticket: 'secret!!!', authrole: 'user' } } })
 * checkTicket({ verify: (token) => verifyJwt(token).then(({ role }) => ({ authrole: role })) })
 * @see WAMP spec, Ticket-based Authentication
 */
export function checkTicket(options: CheckTicketOptions): RouterAuthenticator {
  return {
    method: 'ticket',
    hello(request) {
      const { authid } = request;
      if (authid === undefined) return of(undefined);
      const asked = {
        authid,
        authmethod: 'ticket',
        authprovider: options.verify === undefined ? providerOf(options) : (options.authprovider ?? 'dynamic'),
      };
      return of(
        challengeOnce({}, options, (ticket) =>
          judge(options, authid, ticket, request).pipe(
            map((principal) => verdict(principal && identify(principal, asked))),
          ),
        ),
      );
    },
  };
}

/** Whose ticket it is, or undefined. */
function judge(options: CheckTicketOptions, authid: string, ticket: string, request: AuthRequest) {
  if (options.verify !== undefined) return once(() => options.verify(ticket, request));
  return find(options.principals, authid, request).pipe(
    map((principal): Principal | undefined => {
      const right = equal(sha256(utf8(ticket)), sha256(utf8(principal?.ticket ?? '')));
      return right && ticket !== '' ? principal : undefined;
    }),
  );
}
