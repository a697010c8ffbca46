import type { Dict } from '../../protocol/message.js';
import type { SessionDetails } from '../session/session-details.js';

/**
 * Whether the other side is told who it is: because the authorizer says so, or because one side asks and neither the
 * authorizer nor the realm forbids it.
 *
 * @see WAMP spec, Publisher Identification; Caller Identification
 */
export function disclosure(asked: boolean, authorizer: boolean | undefined, realm: boolean): boolean | 'refused' {
  if (authorizer === true) return true;
  if (!asked) return false;
  return authorizer === false || !realm ? 'refused' : true;
}

/** A publisher in EVENT.Details. */
export const publisherAttributes = ({ session, authid, authrole }: SessionDetails): Dict => ({
  publisher: session,
  publisher_authid: authid,
  publisher_authrole: authrole,
});

/** A caller in INVOCATION.Details. */
export const callerAttributes = ({ session, authid, authrole }: SessionDetails): Dict => ({
  caller: session,
  caller_authid: authid,
  caller_authrole: authrole,
});
