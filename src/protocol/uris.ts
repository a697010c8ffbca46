/**
 * The URIs the spec gives a meaning to, and those that routers in the field use in their place.
 *
 * @see WAMP spec, Predefined URIs
 */
export const ErrorUri = {
  INVALID_URI: 'wamp.error.invalid_uri',
  NO_SUCH_PROCEDURE: 'wamp.error.no_such_procedure',
  PROCEDURE_ALREADY_EXISTS: 'wamp.error.procedure_already_exists',
  NO_SUCH_REGISTRATION: 'wamp.error.no_such_registration',
  NO_SUCH_SUBSCRIPTION: 'wamp.error.no_such_subscription',
  NO_SUCH_SESSION: 'wamp.error.no_such_session',
  INVALID_ARGUMENT: 'wamp.error.invalid_argument',
  INVALID_PAYLOAD: 'wamp.error.invalid_payload',
  CANCELED: 'wamp.error.canceled',
  PAYLOAD_SIZE_EXCEEDED: 'wamp.error.payload_size_exceeded',
  PROTOCOL_VIOLATION: 'wamp.error.protocol_violation',
  NOT_AUTHORIZED: 'wamp.error.not_authorized',
  AUTHORIZATION_FAILED: 'wamp.error.authorization_failed',
  AUTHORIZATION_DENIED: 'wamp.error.authorization_denied',
  AUTHORIZATION_REQUIRED: 'wamp.error.authorization_required',
  NO_SUCH_REALM: 'wamp.error.no_such_realm',
  NO_SUCH_ROLE: 'wamp.error.no_such_role',
  NO_SUCH_PRINCIPAL: 'wamp.error.no_such_principal',
  NO_MATCHING_AUTH_METHOD: 'wamp.error.no_matching_auth_method',
  NO_AUTH_METHOD: 'wamp.error.no_auth_method',
  AUTHENTICATION_DENIED: 'wamp.error.authentication_denied',
  AUTHENTICATION_FAILED: 'wamp.error.authentication_failed',
  AUTHENTICATION_REQUIRED: 'wamp.error.authentication_required',
  CANNOT_AUTHENTICATE: 'wamp.error.cannot_authenticate',
  TIMEOUT: 'wamp.error.timeout',
  OPTION_NOT_ALLOWED: 'wamp.error.option_not_allowed',
  DISCLOSE_ME_DISALLOWED: 'wamp.error.option_disallowed.disclose_me',
  NETWORK_FAILURE: 'wamp.error.network_failure',
  UNAVAILABLE: 'wamp.error.unavailable',
  NO_AVAILABLE_CALLEE: 'wamp.error.no_available_callee',
  FEATURE_NOT_SUPPORTED: 'wamp.error.feature_not_supported',
  /** Not in the spec; what callees in the field answer for an exception that names no URI. */
  RUNTIME_ERROR: 'wamp.error.runtime_error',
} as const;

/** Reasons of GOODBYE and ABORT that are no error. */
export const CloseUri = {
  SYSTEM_SHUTDOWN: 'wamp.close.system_shutdown',
  CLOSE_REALM: 'wamp.close.close_realm',
  GOODBYE_AND_OUT: 'wamp.close.goodbye_and_out',
  KILLED: 'wamp.close.killed',
  LOGOUT: 'wamp.close.logout',
  NORMAL: 'wamp.close.normal',
} as const;

const REFUSED: ReadonlySet<string> = new Set([
  ErrorUri.NOT_AUTHORIZED,
  ErrorUri.AUTHORIZATION_FAILED,
  ErrorUri.AUTHORIZATION_DENIED,
  ErrorUri.AUTHORIZATION_REQUIRED,
  ErrorUri.NO_SUCH_REALM,
  ErrorUri.NO_SUCH_ROLE,
  ErrorUri.NO_SUCH_PRINCIPAL,
  ErrorUri.NO_MATCHING_AUTH_METHOD,
  ErrorUri.NO_AUTH_METHOD,
  ErrorUri.AUTHENTICATION_DENIED,
  ErrorUri.AUTHENTICATION_FAILED,
  ErrorUri.AUTHENTICATION_REQUIRED,
  ErrorUri.CANNOT_AUTHENTICATE,
  ErrorUri.INVALID_URI,
]);

/**
 * Whether an ABORT with this reason refuses the session for what it asked (realm, role, credentials), so that asking
 * again in the same words cannot help.
 */
export const isRefusal = (reason: string): boolean => REFUSED.has(reason);
