import type { ObservableInput } from 'rxjs';
import type { Dict } from '../../protocol/message.js';

/** What the router saw of a client's transport. Nothing of it comes from the client's own messages. */
export interface TransportInfo {
  /** Whether nobody in between can read along: TLS, a local socket, the same process. */
  readonly secure: boolean;
  /** Where the client is, for a log, e.g. `tcp4:127.0.0.1:49032`. */
  readonly peer?: string;
  /** The value of the session cookie that came with the HTTP request or was given in its answer. */
  readonly cookie?: string;
  readonly clientCertificate?: ClientCertificate;
  /** What identifies the TLS channel (RFC 5929, RFC 9266), by binding type such as `tls-unique`. */
  readonly channelBindings?: Readonly<Record<string, Uint8Array>>;
}

/** A certificate whose private key the TLS handshake has shown the client to hold. */
export interface ClientCertificate {
  /** SHA-256 over the DER form, in hexadecimal, with or without colons. */
  readonly fingerprint256: string;
  /** Distinguished name, for a log. */
  readonly subject?: string;
}

/** A client's HELLO, as an authenticator sees it. */
export interface AuthRequest {
  readonly realm: string;
  /** The id that WELCOME will give the session. */
  readonly session: number;
  readonly authid?: string;
  readonly authrole?: string;
  /** `{}` if HELLO has none. */
  readonly authextra: Dict;
  readonly transport: TransportInfo;
}

/** Who a client was found to be: what WELCOME.Details says of it. */
export interface Identity {
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly authprovider: string;
  readonly authextra?: Dict;
}

/** The client is who it says: WELCOME. */
export interface Accept {
  readonly accept: Identity;
}

/** The client has to answer first: CHALLENGE. */
export interface Challenge {
  /** CHALLENGE.Extra. */
  readonly challenge: Dict;
  /**
   * Judges an AUTHENTICATE. A challenge is good for one answer in time; any other is denied.
   *
   * @returns emits once; errors when the check itself failed, which is `wamp.error.authentication_failed`.
   */
  answer(signature: string, extra: Dict): ObservableInput<AuthStep>;
}

/** The client is refused: ABORT. */
export interface Deny {
  /** The reason URI. */
  readonly deny: string;
  /** For ABORT.Details.message. Never says what exactly was wrong. */
  readonly message?: string;
}

/** What a router does next with a client that wants to join. */
export type AuthStep = Accept | Challenge | Deny;

/**
 * One way in which a router can find out who a client is.
 *
 * @see WAMP spec, Authentication Methods
 */
export interface RouterAuthenticator {
  /** As in HELLO.Details.authmethods. */
  readonly method: string;
  /**
   * Judges a HELLO that offers this method.
   *
   * @returns emits once; undefined when this HELLO cannot be served, so that the next method offered is tried. Errors
   * when the look-up failed, which is `wamp.error.authentication_failed`.
   */
  hello(request: AuthRequest): ObservableInput<AuthStep | undefined>;
  /** Told of every session that was welcomed, by whatever method. */
  joined?(request: AuthRequest, identity: Identity): void;
  /** Told of every session that ended. The reason is the one of the client's GOODBYE, or undefined. */
  left?(request: AuthRequest, identity: Identity, reason: string | undefined): void;
}
