import type { AuthRequest, TransportInfo as AuthTransport } from '../../auth/router/authenticator.js';
import type { Dict, Id, Uri } from '../../protocol/message.js';
import type { TransportInfo } from '../../transports/link.js';

/** What HELLO and the transport tell an authenticator. */
export function authRequest(realm: Uri, session: Id, details: Dict, info: TransportInfo): AuthRequest {
  const { authid, authrole, authextra } = details;
  return {
    realm,
    session,
    ...(typeof authid === 'string' && { authid }),
    ...(typeof authrole === 'string' && { authrole }),
    // validate() let only a dictionary through, or null for none.
    authextra: (authextra ?? {}) as Dict,
    transport: authTransport(info),
  };
}

/** HELLO.Details.authmethods; a client that names none is anonymous. */
export function authmethods({ authmethods: offered }: Dict): readonly string[] {
  const methods: readonly unknown[] = Array.isArray(offered) ? offered : [];
  const named = methods.filter((method) => typeof method === 'string');
  return named.length === 0 ? ['anonymous'] : [...new Set(named)];
}

const authTransport = ({ secure, peer, cookie, clientCertificate, channelBindings }: TransportInfo): AuthTransport => ({
  secure,
  ...(peer !== undefined && { peer }),
  ...(cookie !== undefined && { cookie }),
  ...(clientCertificate !== undefined && { clientCertificate }),
  ...(channelBindings !== undefined && { channelBindings }),
});
