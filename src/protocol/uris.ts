import * as close from './close-uris.js';
import * as error from './error-uris.js';

/**
 * The URIs the spec gives a meaning to, and those that routers in the field use in their place.
 *
 * @see WAMP spec, Predefined URIs
 */
export const ErrorUri = {
  INVALID_URI: error.INVALID_URI,
  NO_SUCH_PROCEDURE: error.NO_SUCH_PROCEDURE,
  PROCEDURE_ALREADY_EXISTS: error.PROCEDURE_ALREADY_EXISTS,
  NO_SUCH_REGISTRATION: error.NO_SUCH_REGISTRATION,
  NO_SUCH_SUBSCRIPTION: error.NO_SUCH_SUBSCRIPTION,
  NO_SUCH_SESSION: error.NO_SUCH_SESSION,
  INVALID_ARGUMENT: error.INVALID_ARGUMENT,
  INVALID_PAYLOAD: error.INVALID_PAYLOAD,
  CANCELED: error.CANCELED,
  PAYLOAD_SIZE_EXCEEDED: error.PAYLOAD_SIZE_EXCEEDED,
  PROTOCOL_VIOLATION: error.PROTOCOL_VIOLATION,
  NOT_AUTHORIZED: error.NOT_AUTHORIZED,
  AUTHORIZATION_FAILED: error.AUTHORIZATION_FAILED,
  AUTHORIZATION_DENIED: error.AUTHORIZATION_DENIED,
  AUTHORIZATION_REQUIRED: error.AUTHORIZATION_REQUIRED,
  NO_SUCH_REALM: error.NO_SUCH_REALM,
  NO_SUCH_ROLE: error.NO_SUCH_ROLE,
  NO_SUCH_PRINCIPAL: error.NO_SUCH_PRINCIPAL,
  NO_MATCHING_AUTH_METHOD: error.NO_MATCHING_AUTH_METHOD,
  NO_AUTH_METHOD: error.NO_AUTH_METHOD,
  AUTHENTICATION_DENIED: error.AUTHENTICATION_DENIED,
  AUTHENTICATION_FAILED: error.AUTHENTICATION_FAILED,
  AUTHENTICATION_REQUIRED: error.AUTHENTICATION_REQUIRED,
  CANNOT_AUTHENTICATE: error.CANNOT_AUTHENTICATE,
  TIMEOUT: error.TIMEOUT,
  OPTION_NOT_ALLOWED: error.OPTION_NOT_ALLOWED,
  DISCLOSE_ME_DISALLOWED: error.DISCLOSE_ME_DISALLOWED,
  NETWORK_FAILURE: error.NETWORK_FAILURE,
  UNAVAILABLE: error.UNAVAILABLE,
  NO_AVAILABLE_CALLEE: error.NO_AVAILABLE_CALLEE,
  FEATURE_NOT_SUPPORTED: error.FEATURE_NOT_SUPPORTED,
  RUNTIME_ERROR: error.RUNTIME_ERROR,
} as const;

/** Reasons of GOODBYE and ABORT that are no error. */
export const CloseUri = {
  SYSTEM_SHUTDOWN: close.SYSTEM_SHUTDOWN,
  CLOSE_REALM: close.CLOSE_REALM,
  GOODBYE_AND_OUT: close.GOODBYE_AND_OUT,
  KILLED: close.KILLED,
  LOGOUT: close.LOGOUT,
  NORMAL: close.NORMAL,
} as const;

/** Reasons that have nothing to do with a moment: the realm, the role or the credentials are not good enough. */
const REFUSED =
  /^wamp\.error\.(not_authorized|(authorization|authentication)_(failed|denied|required)|no_such_(realm|role|principal)|no(_matching)?_auth_method|cannot_authenticate|invalid_uri)$/;

/**
 * Whether an ABORT with this reason refuses the session for what it asked (realm, role, credentials), so that asking
 * again in the same words cannot help.
 */
export const isRefusal = (reason: string): boolean => REFUSED.test(reason);
