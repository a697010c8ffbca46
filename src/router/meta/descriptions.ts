import type { Dict } from '../../protocol/message.js';
import type { Subscription } from '../broker/subscription.js';
import type { Registration } from '../dealer/registration.js';
import type { SessionDetails } from '../session/session-details.js';

/** What other clients may know of a session. */
export const describeSession = ({ session, authid, authrole, authmethod, authprovider }: SessionDetails): Dict => ({
  session,
  authid,
  authrole,
  authmethod,
  authprovider,
});

/** A subscription in the meta API. Not in the spec: the `nkey` of a sharded one. */
export const describeSubscription = ({ id, created, uri, match, nkey }: Subscription): Dict => ({
  id,
  created: created.toISOString(),
  uri,
  match,
  ...(nkey !== undefined && { nkey }),
});

/** A registration in the meta API. */
export const describeRegistration = ({ id, created, uri, match, invoke }: Registration): Dict => ({
  id,
  created: created.toISOString(),
  uri,
  match,
  invoke,
});
