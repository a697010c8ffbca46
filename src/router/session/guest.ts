import type { AuthRequest, Identity } from '../../auth/router/authenticator.js';
import type { Dict, Hello, Uri } from '../../protocol/message.js';
import { isUri } from '../../protocol/uri.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { TransportInfo } from '../../transports/link.js';
import type { RouterContext } from '../context.js';
import type { Realm } from '../realm.js';
import type { Realms } from '../realms.js';
import { authRequest } from './auth-request.js';
import { announcesRole, peerFeatures, type PeerFeatures } from './peer-features.js';
import type { SessionDetails } from './session-details.js';

/** A client that said HELLO to a realm that there is, until it is gone. It has a session id and uses the realm. */
export interface Guest {
  readonly realm: Realm;
  readonly request: AuthRequest;
  readonly features: PeerFeatures;
}

/** Why a HELLO is not even looked into. */
export interface Refusal {
  readonly reason: Uri;
  readonly message: string;
}

/** Takes a client in, whoever it turns out to be. */
export function takeIn(
  [, uri, details]: Hello,
  info: TransportInfo,
  realms: Realms,
  { ids, sessionIds, fault }: RouterContext,
): Guest | Refusal {
  if (!isUri(uri)) return { reason: ErrorUri.INVALID_URI, message: 'the realm is not a URI' };
  if (!announcesRole(details)) return { reason: ErrorUri.NO_SUCH_ROLE, message: 'HELLO announces no role' };
  let realm: Realm | undefined;
  try {
    realm = realms.acquire(uri);
  } catch (error) {
    fault(error);
  }
  if (realm === undefined) return { reason: ErrorUri.NO_SUCH_REALM, message: `there is no realm ${uri}` };
  const session = ids.nextNotIn(sessionIds);
  sessionIds.add(session);
  return { realm, request: authRequest(uri, session, details, info), features: peerFeatures(details) };
}

/** Gives back what a client had been given when it was taken in. */
export function letGo({ realm, request }: Guest, realms: Realms, { sessionIds }: RouterContext): void {
  sessionIds.delete(request.session);
  realms.release(realm);
}

/** Who a guest turned out to be. */
export const detailsOf = (
  { realm, request }: Guest,
  { authid, authrole, authmethod, authprovider }: Identity,
): SessionDetails => ({ session: request.session, realm: realm.uri, authid, authrole, authmethod, authprovider });

/** WELCOME.Details. */
export const welcomeDetails = (
  { realm }: Guest,
  { authid, authrole, authmethod, authprovider, authextra }: Identity,
  agent: string,
): Dict => ({
  roles: realm.roles,
  agent,
  realm: realm.uri,
  authid,
  authrole,
  authmethod,
  authprovider,
  ...(authextra !== undefined && { authextra }),
});
