import { map, of, type ObservableInput } from 'rxjs';
import type { AuthRequest, ClientCertificate, RouterAuthenticator } from './authenticator.js';
import { identify, once, providerOf, type Principal } from './principals.js';

/** Someone who joins with a certificate. */
export interface TlsPrincipal extends Principal {
  readonly authid: string;
}

/** Options of {@link checkTls}. */
export interface CheckTlsOptions {
  /**
   * By the certificate's SHA-256 fingerprint in hexadecimal, with or without colons; or a function that looks it up.
   */
  readonly principals:
    | Readonly<Record<string, TlsPrincipal>>
    | ((
        certificate: ClientCertificate,
        realm: string,
        request: AuthRequest,
      ) => ObservableInput<TlsPrincipal | undefined>);
  /**
   * WELCOME.Details.authprovider. Default: `dynamic` where principals are looked up, `static` where they are listed.
   */
  readonly authprovider?: string;
}

/**
 * Admits those whose TLS client certificate is known. Serves no HELLO without one, nor one that asks for another authid
 * than the certificate's: the next method is tried.
 *
 * @example
 * checkTls({ principals: { 'AB:CD:…': { authid: 'gateway', authrole: 'device' } } })
 * @see WAMP spec, Authentication Methods
 */
export function checkTls(options: CheckTlsOptions): RouterAuthenticator {
  const { principals } = options;
  const listed = new Map(
    typeof principals === 'function' ? [] : Object.entries(principals).map(([print, who]) => [plain(print), who]),
  );
  return {
    method: 'tls',
    hello(request) {
      const { clientCertificate } = request.transport;
      if (clientCertificate === undefined) return of(undefined);
      const found =
        typeof principals === 'function'
          ? once(() => principals(clientCertificate, request.realm, request))
          : of(listed.get(plain(clientCertificate.fingerprint256)));
      return found.pipe(
        map((principal) => {
          if (principal === undefined) return undefined;
          if (request.authid !== undefined && request.authid !== principal.authid) return undefined;
          const asked = { authid: principal.authid, authmethod: 'tls', authprovider: providerOf(options) };
          return { accept: identify(principal, asked) };
        }),
      );
    },
  };
}

const plain = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();
