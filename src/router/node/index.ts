export { listen } from './listen.js';
export type { LinkAcceptor, Listener, ListenOptions } from './listener.js';
export type { AllowedOrigins } from './origins.js';
export type { CookieOptions } from './session-cookie.js';
