import { UsageError } from '../../protocol/errors.js';
import * as ErrorUri from '../../protocol/error-uris.js';

/** Which web pages may connect. Programs that are no browser send no `Origin` and are not asked. */
export type AllowedOrigins = readonly string[] | '*';

/** Whether the page that opens a WebSocket to `localAddress` may do so. */
export type OriginPolicy = (origin: string | undefined, localAddress: string | undefined) => boolean;

/**
 * Browsers let every page open a WebSocket to every host, the reader's own machine included, and only the server can
 * tell which page it was. So pages of other hosts are refused unless listed. The `Host` header says nothing here: a page
 * whose name was pointed at this machine (DNS rebinding) sends the name it likes.
 *
 * @throws {UsageError} when an entry is no origin.
 */
export function originPolicy(allowed: AllowedOrigins, host: string): OriginPolicy {
  if (allowed === '*') return () => true;
  const listed = new Set(allowed.map(listedOrigin));
  return (origin, localAddress) => {
    if (origin === undefined || listed.has(origin)) return true;
    const page = URL.canParse(origin) ? new URL(origin) : undefined;
    if (page === undefined || !/^https?:$/.test(page.protocol)) return false;
    return isLoopback(page.hostname) || page.hostname === host || page.hostname === asHostname(localAddress);
  };
}

/** A listed origin as browsers write it: without a path, and without the default port. `null` is what sandboxed pages send. */
function listedOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null' && text !== 'null') {
    const what = `allowedOrigins lists ${JSON.stringify(text)}, which is no origin such as https://example.com`;
    throw new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'listen' });
  }
  return origin;
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127(\.\d+){3}$/.test(hostname);

/** An address of a socket as a URL writes it. */
const asHostname = (address: string | undefined): string | undefined => {
  const plain = address?.replace(/^::ffff:(?=\d+\.)/, '');
  return plain?.includes(':') === true ? `[${plain}]` : plain;
};
