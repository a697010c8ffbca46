import type { ObservableInput } from 'rxjs';
import type { Dict } from '../protocol/message.js';

/** Where a client is about to prove itself. */
export interface AuthContext {
  readonly realm: string;
  /** Whether nobody between client and router can read along: TLS, a local socket. Undefined where it is not known. */
  readonly secure?: boolean;
  /**
   * What identifies the TLS channel (RFC 5929, RFC 9266), by binding type such as `tls-unique`, as the TLS layer gives
   * it.
   */
  readonly channelBindings?: Readonly<Record<string, Uint8Array>>;
}

/** What a client says of itself in HELLO.Details. */
export interface Claims {
  /** Whom the client wants to be. */
  readonly authid?: string;
  /** The role it wants; the router decides. */
  readonly authrole?: string;
  /** What the method or the router's own authenticator wants to know besides. */
  readonly authextra?: Dict;
}

/** The answer to a CHALLENGE: what AUTHENTICATE carries. */
export interface AuthAnswer {
  readonly signature: string;
  /** Default: `{}`. */
  readonly extra?: Dict;
}

/** One attempt to join with one method: the claims go into HELLO, and then it lives as long as the handshake. */
export interface AuthAttempt extends Claims {
  /**
   * Answers a CHALLENGE of this method. Missing where the method has no CHALLENGE. It emits once.
   *
   * @param extra CHALLENGE.Extra, as the router sent it.
   * @returns errors with {@link AuthenticationError} when the CHALLENGE cannot or must not be answered, or with what
   * the user's own credential function failed with; either way the client has to ABORT.
   */
  answer?(extra: Dict): ObservableInput<AuthAnswer>;
  /**
   * Checks that the router knows the secret as well. Missing where the method proves nothing of the router.
   *
   * Whatever WELCOME says, it is to be asked of the method that was challenged last. If none was, of the one that WELCOME
   * names; and if that was not offered either, of all: a false router must not get round it by naming another method.
   *
   * @param details WELCOME.Details.
   * @returns errors with {@link AuthenticationError} when the router did not prove itself; the session has to end then.
   */
  verify?(details: Dict): ObservableInput<void>;
}

/**
 * One way in which a client can prove who it is. Give a client several, and the router picks the first it can serve.
 *
 * @see WAMP spec, Authentication Methods
 */
export interface Authenticator {
  /** As in HELLO.Details.authmethods. */
  readonly method: string;
  /**
   * Whether what it proves itself with may be another at the next attempt, as where a function is asked for it.
   * Default: false.
   */
  readonly renewable?: boolean;
  /**
   * Begins an attempt. Asked afresh at every connection attempt, so that credentials may change in between.
   *
   * @returns emits once; errors when there is no way to begin, e.g. with {@link AuthenticationError} when the transport
   * has no TLS channel to bind to.
   */
  begin(context: AuthContext): ObservableInput<AuthAttempt>;
}
