import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Why a request is refused: an HTTP status, and a line for whoever looks. */
export type Refusal = readonly [status: number, text: string];

export const NOT_FOUND: Refusal = [404, 'No WebSocket here'];
export const UPGRADE_REQUIRED: Refusal = [426, 'This is a WAMP router: connect with a WebSocket'];
export const FOREIGN_ORIGIN: Refusal = [403, 'Pages of this origin may not connect: see allowedOrigins'];
export const FULL: Refusal = [503, 'Too many connections'];

/** The headers of a refusal. */
export const headersOf = (text: string): Record<string, string | number> => ({
  Connection: 'close, Upgrade',
  Upgrade: 'websocket',
  'Content-Type': 'text/plain',
  'Content-Length': Buffer.byteLength(text),
});

/** Answers an upgrade with HTTP and hangs up. */
export function refuse(stream: Duplex, [status, text]: Refusal): void {
  stream.on('error', () => stream.destroy());
  stream.once('finish', () => stream.destroy());
  const headers = Object.entries(headersOf(text)).map(([name, value]) => `${name}: ${value}\r\n`);
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${headers.join('')}\r\n${text}`);
}
