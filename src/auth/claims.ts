import { of } from 'rxjs';
import type { Dict } from '../protocol/message.js';
import type { Authenticator, Claims } from './authenticator.js';

/** The claims among an authenticator's options, with what the method itself adds to `authextra`. */
export function claimsOf({ authid, authrole, authextra }: Claims, methodExtra?: Dict): Claims {
  return {
    ...(authid !== undefined && { authid }),
    ...(authrole !== undefined && { authrole }),
    ...((authextra ?? methodExtra) !== undefined && { authextra: { ...authextra, ...methodExtra } }),
  };
}

/** A method without CHALLENGE: the client claims, and the router knows or believes. */
export const claiming = (method: string, claims: Claims): Authenticator => ({
  method,
  begin: () => of(claimsOf(claims)),
});
