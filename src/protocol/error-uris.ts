/**
 * The URIs of `ErrorUri` one by one, for use inside the library as `import * as ErrorUri from './error-uris.js'`: a bundle
 * holds those it uses.
 *
 * @see WAMP spec, Predefined URIs
 */
export const INVALID_URI = 'wamp.error.invalid_uri';
export const NO_SUCH_PROCEDURE = 'wamp.error.no_such_procedure';
export const PROCEDURE_ALREADY_EXISTS = 'wamp.error.procedure_already_exists';
export const NO_SUCH_REGISTRATION = 'wamp.error.no_such_registration';
export const NO_SUCH_SUBSCRIPTION = 'wamp.error.no_such_subscription';
export const NO_SUCH_SESSION = 'wamp.error.no_such_session';
export const INVALID_ARGUMENT = 'wamp.error.invalid_argument';
export const INVALID_PAYLOAD = 'wamp.error.invalid_payload';
export const CANCELED = 'wamp.error.canceled';
export const PAYLOAD_SIZE_EXCEEDED = 'wamp.error.payload_size_exceeded';
export const PROTOCOL_VIOLATION = 'wamp.error.protocol_violation';
export const NOT_AUTHORIZED = 'wamp.error.not_authorized';
export const AUTHORIZATION_FAILED = 'wamp.error.authorization_failed';
export const AUTHORIZATION_DENIED = 'wamp.error.authorization_denied';
export const AUTHORIZATION_REQUIRED = 'wamp.error.authorization_required';
export const NO_SUCH_REALM = 'wamp.error.no_such_realm';
export const NO_SUCH_ROLE = 'wamp.error.no_such_role';
export const NO_SUCH_PRINCIPAL = 'wamp.error.no_such_principal';
export const NO_MATCHING_AUTH_METHOD = 'wamp.error.no_matching_auth_method';
export const NO_AUTH_METHOD = 'wamp.error.no_auth_method';
export const AUTHENTICATION_DENIED = 'wamp.error.authentication_denied';
export const AUTHENTICATION_FAILED = 'wamp.error.authentication_failed';
export const AUTHENTICATION_REQUIRED = 'wamp.error.authentication_required';
export const CANNOT_AUTHENTICATE = 'wamp.error.cannot_authenticate';
export const TIMEOUT = 'wamp.error.timeout';
export const OPTION_NOT_ALLOWED = 'wamp.error.option_not_allowed';
export const DISCLOSE_ME_DISALLOWED = 'wamp.error.option_disallowed.disclose_me';
export const NETWORK_FAILURE = 'wamp.error.network_failure';
export const UNAVAILABLE = 'wamp.error.unavailable';
export const NO_AVAILABLE_CALLEE = 'wamp.error.no_available_callee';
export const FEATURE_NOT_SUPPORTED = 'wamp.error.feature_not_supported';
/** Not in the spec; what callees in the field answer for an exception that names no URI. */
export const RUNTIME_ERROR = 'wamp.error.runtime_error';
