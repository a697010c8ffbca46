export { listen } from './listen.js';
export type { CompressionOptions } from '../../transports/websocket-compression.node.js';
export type { LinkAcceptor, Listener, ListenOptions, RawSocketListenOptions, RequestHandler } from './listener.js';
export type { AllowedOrigins } from './origins.js';
export type { CookieOptions } from './session-cookie.js';
export { longPoll, type LongPollOptions } from './long-poll.js';
