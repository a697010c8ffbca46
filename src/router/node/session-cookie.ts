import type { CookieStore } from '../../auth/router/cookie-store.js';
import { UsageError } from '../../protocol/errors.js';
import * as ErrorUri from '../../protocol/error-uris.js';

/** The cookie by which a listener knows a client again. */
export interface CookieOptions {
  /** The logins, shared with the realm's `checkCookie({ store })`. */
  readonly store: CookieStore;
  /**
   * Default: `rxwamp`. A name that begins with `__Host-` keeps other hosts of the same domain from planting a cookie;
   * browsers take it over TLS only.
   */
  readonly name?: string | undefined;
  /** How long browsers keep it, in milliseconds, from when it was issued. Default: as long as the store a login. */
  readonly maxAgeMs?: number | undefined;
  /** Whether browsers send it over TLS only. Default: true on a server with TLS; say so where TLS ends at a proxy. */
  readonly secure?: boolean | undefined;
  /**
   * From which pages browsers send it: of this site (`lax`, `strict`), or of all that `allowedOrigins` lets in (`none`,
   * which needs TLS). Default: `lax`.
   */
  readonly sameSite?: 'strict' | 'lax' | 'none' | undefined;
}

/** A cookie a client has from now on. */
export interface ClientCookie {
  readonly value: string;
  /** The `Set-Cookie` header's value, where the client came with none. */
  readonly setCookie: string | undefined;
}

/** RFC 6265, 4.1.1: a token. */
const NAME = /^[\w!#$%&'*+\-.^`|~]+$/;
const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const;

const unusable = (what: string): UsageError =>
  new UsageError(ErrorUri.INVALID_ARGUMENT, `cookie: ${what}`, { attempted: 'listen' });

/**
 * Reads the session cookie of upgrade requests, and issues one where none came. It is out of reach for scripts of a page
 * (`HttpOnly`).
 *
 * @see RFC 6265
 */
export class SessionCookie {
  readonly #store: CookieStore;
  readonly #name: string;
  readonly #attributes: string;

  /** @throws {UsageError} when browsers would not keep such a cookie, or would send it for every page in the world. */
  constructor(
    { store, name = 'rxwamp', maxAgeMs = store.maxAgeMs, secure, sameSite = 'lax' }: CookieOptions,
    { tls, everyOrigin }: { readonly tls: boolean; readonly everyOrigin: boolean },
  ) {
    const isSecure = secure ?? tls;
    if (!NAME.test(name)) throw unusable(`${JSON.stringify(name)} is no name of a cookie`);
    if (!(maxAgeMs >= 1_000 && maxAgeMs < Infinity)) throw unusable('maxAgeMs must be a time of at least 1,000 ms');
    if (!Object.hasOwn(SAME_SITE, sameSite)) throw unusable('sameSite must be strict, lax or none');
    if (!isSecure && sameSite === 'none') throw unusable('sameSite none needs secure');
    if (!isSecure && /^__(host|secure)-/i.test(name)) throw unusable(`the name ${name} needs secure`);
    if (everyOrigin && sameSite === 'none')
      throw unusable("with sameSite none and allowedOrigins '*' every page could act as whoever reads it");
    this.#store = store;
    this.#name = name;
    this.#attributes = [
      'Path=/',
      `Max-Age=${Math.floor(maxAgeMs / 1_000)}`,
      'HttpOnly',
      `SameSite=${SAME_SITE[sameSite]}`,
      ...(isSecure ? ['Secure'] : []),
    ].join('; ');
  }

  /** The cookie of a client, by the `Cookie` header it came with. What cannot have been issued counts as none. */
  of(header = ''): ClientCookie {
    for (const pair of header.split(';')) {
      const at = pair.indexOf('=');
      const value = pair.slice(at + 1).trim();
      const isOurs = at >= 0 && pair.slice(0, at).trim() === this.#name;
      if (isOurs && this.#store.canHaveIssued(value)) return { value, setCookie: undefined };
    }
    const value = this.#store.issue();
    return { value, setCookie: `${this.#name}=${value}; ${this.#attributes}` };
  }
}
