import { asyncScheduler } from 'rxjs';
import { toHex } from '../crypto/bytes.js';
import { randomBytes, type CryptoOptions } from '../crypto/source.js';

/** Options of {@link CookieStore}. */
export interface CookieStoreOptions extends CryptoOptions {
  /** How long a login is remembered, in milliseconds. Default: 7 days. */
  readonly maxAgeMs?: number;
  /** How many logins are remembered; the oldest is forgotten for a new one. Default: 10,000. */
  readonly capacity?: number;
}

/** Who is behind a cookie. */
export interface RememberedLogin {
  readonly authid: string;
  readonly authrole: string;
}

/** How a cookie that was issued looks. */
const ISSUED = /^[\da-f]{48}$/;

/** Logins by cookie and realm, in memory. Only those who logged in take up space, not those who merely got a cookie. */
export class CookieStore {
  /** Lifetime of a login, in milliseconds: what the cookie's own Max-Age should say. */
  readonly maxAgeMs: number;
  readonly #capacity: number;
  readonly #crypto: CryptoOptions['crypto'];
  /** In the order of expiry, since all live equally long. */
  readonly #logins = new Map<string, RememberedLogin & { readonly expires: number }>();

  constructor({ maxAgeMs = 7 * 24 * 3_600_000, capacity = 10_000, crypto }: CookieStoreOptions = {}) {
    this.maxAgeMs = maxAgeMs;
    this.#capacity = capacity;
    this.#crypto = crypto;
  }

  /** How many logins are remembered now. */
  get size(): number {
    this.#forgetExpired();
    return this.#logins.size;
  }

  /** A new, unguessable cookie value, for a client that came with none. */
  issue(): string {
    return toHex(randomBytes(24, this.#crypto));
  }

  /** Whether a cookie value can have been issued. Any other was chosen by somebody, and is perhaps known to others. */
  canHaveIssued(cookie: string): boolean {
    return ISSUED.test(cookie);
  }

  /**
   * Remembers who logged in; an earlier login with the same cookie on that realm is replaced. A cookie that cannot have
   * been issued is not remembered.
   */
  remember(cookie: string, realm: string, { authid, authrole }: RememberedLogin): void {
    if (!this.canHaveIssued(cookie)) return;
    this.revoke(cookie, realm);
    this.#forgetExpired();
    for (const oldest of this.#logins.keys()) {
      if (this.#logins.size < this.#capacity) break;
      this.#logins.delete(oldest);
    }
    this.#logins.set(keyOf(cookie, realm), { authid, authrole, expires: asyncScheduler.now() + this.maxAgeMs });
  }

  /** Who logged in with that cookie on that realm; undefined when nobody did, or too long ago. */
  find(cookie: string, realm: string): RememberedLogin | undefined {
    this.#forgetExpired();
    return this.#logins.get(keyOf(cookie, realm));
  }

  /** Forgets a login. */
  revoke(cookie: string, realm: string): void {
    this.#logins.delete(keyOf(cookie, realm));
  }

  #forgetExpired(): void {
    const now = asyncScheduler.now();
    for (const [key, { expires }] of this.#logins) {
      if (expires > now) break;
      this.#logins.delete(key);
    }
  }
}

const keyOf = (cookie: string, realm: string): string => `${realm} ${cookie}`;
