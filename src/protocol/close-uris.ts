/**
 * The URIs of `CloseUri` one by one, for use inside the library as `import * as CloseUri from './close-uris.js'`: a bundle
 * holds those it uses.
 *
 * @see WAMP spec, Predefined URIs
 */
export const SYSTEM_SHUTDOWN = 'wamp.close.system_shutdown';
export const CLOSE_REALM = 'wamp.close.close_realm';
export const GOODBYE_AND_OUT = 'wamp.close.goodbye_and_out';
export const KILLED = 'wamp.close.killed';
export const LOGOUT = 'wamp.close.logout';
export const NORMAL = 'wamp.close.normal';
