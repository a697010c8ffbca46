import { Observable, timer } from 'rxjs';
import { isDict } from '../protocol/dict.js';
import { ConnectionRefusedError, isRxWampError, TimeoutError, type RxWampError } from '../protocol/errors.js';
import { LONGEST_TIMER_MS } from '../protocol/longest-timer.js';
import { json } from '../serializers/json.js';
import { subprotocol, type Serializer } from '../serializers/serializer.js';
import { connecting } from './batched-serializer.js';
import { Link, MAX_MESSAGE_BYTES } from './link.js';
import { bodyOf, type FetchLike } from './long-poll-http.js';
import { LongPollSocket } from './long-poll-socket.js';
import type { Transport } from './transport.js';
import { unusable } from './websocket-dial.js';

export type { ChunkLike, FetchLike, ResponseLike } from './long-poll-http.js';

/** Options of a connection by HTTP long-poll. */
export interface LongPollTransportOptions {
  /** Base URL of the router's long-poll, e.g. `https://example.com/lp`; a page may give one relative to its own. Errors show it without user, password and query. */
  readonly url: string;
  /** Formats to offer, in order of preference; the router picks one. With `batched(…)` one answer brings all that waits. Default: `[json()]`. */
  readonly serializers?: readonly Serializer[] | undefined;
  /** Largest message accepted, in bytes. Default: 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** How long opening may take, in milliseconds. Default: 10,000. */
  readonly openTimeoutMs?: number | undefined;
  /** How long the close may take before it is given up, in milliseconds. Default: 2,000. */
  readonly closeTimeoutMs?: number | undefined;
  /** Headers of every request, e.g. `{ Authorization: 'Bearer …' }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether a page sends its cookies to another origin, too. Default: as `fetch` does. */
  readonly credentials?: 'include' | 'same-origin' | undefined;
  /** What makes the requests. Default: the platform's `fetch`. */
  readonly fetch?: FetchLike | undefined;
}

/** The answer to `open` is small. */
const MAX_OPENING_BYTES = 64 * 1024;

/**
 * A connection by HTTP long-poll, for where WebSockets are blocked. Works in browsers and Node.
 *
 * Cold: each subscription opens one. It emits the open {@link Link} once, completes when it is closed by either side, and errors
 * when it breaks: `ConnectionRefusedError` when none comes about (`fatal` for an HTTP 400 or 403: no common subprotocol, or a
 * page that may not), `ConnectionLostError` when a request fails later, `OverflowError` when what came in is too large.
 * Each message costs a request, unless it is batched; a link over it has no ping.
 *
 * @throws {UsageError} when the URL is malformed, `serializers` is empty or names a format twice, or `maxMessageBytes`
 * is not positive.
 * @see WAMP spec, HTTP Longpoll Transport
 * @example
 * const wamp = new WampClient({ transport: longPollTransport({ url: 'https://example.com/lp' }), realm: 'realm1' });
 */
export function longPollTransport({
  url,
  serializers = [json()],
  maxMessageBytes = MAX_MESSAGE_BYTES,
  openTimeoutMs = 10_000,
  closeTimeoutMs = 2_000,
  headers = {},
  credentials,
  fetch = platformFetch,
}: LongPollTransportOptions): Transport {
  const protocols = serializers.map(subprotocol);
  if (protocols.length === 0) throw unusable('no serializer is offered');
  if (new Set(protocols).size < protocols.length) throw unusable(`a format is offered twice: ${protocols.join(', ')}`);
  if (!(maxMessageBytes >= 1)) throw unusable('maxMessageBytes must be positive');
  const base = httpUrl(url);
  const shown = `${base.protocol}//${base.host}${base.pathname}`;
  const at = (path: string): string => `${base.origin}${base.pathname.replace(/\/$/, '')}/${path}`;

  return new Observable<Link>((subscriber) => {
    let link: Link | undefined;
    const opening = new AbortController();
    const refuse = (what: string, fatal: boolean, cause?: unknown): void => {
      subscriber.error(new ConnectionRefusedError(`${shown} ${what}`, { attempted: 'connect', fatal, cause }));
    };
    const clock = timer(Math.min(openTimeoutMs, LONGEST_TIMER_MS)).subscribe(() => {
      opening.abort();
      refuse(
        `did not open within ${String(openTimeoutMs)} ms`,
        false,
        new TimeoutError(openTimeoutMs, { attempted: 'connect' }),
      );
    });
    const open = async (): Promise<void> => {
      const response = await fetch(at('open'), {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify({ protocols }),
        ...(credentials && { credentials }),
        signal: opening.signal,
      });
      if (!response.ok) {
        refuse(`answered HTTP ${String(response.status)}`, [400, 403].includes(response.status));
        return;
      }
      const said: unknown = JSON.parse(new TextDecoder().decode(await bodyOf(response, MAX_OPENING_BYTES)));
      if (subscriber.closed) return;
      clock.unsubscribe();
      const { protocol, transport } = isDict(said) ? said : {};
      const serializer = serializers.find((candidate) => subprotocol(candidate) === protocol);
      if (serializer === undefined) {
        refuse(
          `was offered ${protocols.join(', ')} and picked ${typeof protocol === 'string' ? JSON.stringify(protocol) : 'none'}`,
          true,
        );
        return;
      }
      if (typeof transport !== 'string' || !/^[\w.~-]{1,256}$/.test(transport)) {
        refuse('gave no id for the connection', false);
        return;
      }
      const { binary } = serializer;
      const socket = { base: at(transport), fetch, headers, credentials, binary, maxMessageBytes, closeTimeoutMs };
      const info = { kind: 'longpoll', secure: base.protocol === 'https:', peer: base.host };
      link = Link.over(
        { serializer, maxMessageBytes, info },
        connecting(serializer, (port) => {
          const closed = (error?: RxWampError): void => {
            port.closed(error);
            if (error === undefined) subscriber.complete();
            else subscriber.error(error);
          };
          return new LongPollSocket(socket, { ...port, closed });
        }),
      );
      subscriber.next(link);
    };
    open().catch((error: unknown) => {
      if (isRxWampError(error)) refuse(`did not open: ${error.message}`, false, error);
      else refuse('could not be reached, or gave no answer to open', false, error);
    });
    return () => {
      clock.unsubscribe();
      opening.abort();
      link?.complete();
    };
  });
}

// The declaration of `fetch` says more than is used here.
const platformFetch: FetchLike = (url, init) => globalThis.fetch(url, init);

function httpUrl(text: string): URL {
  const page = (globalThis as { readonly location?: { readonly href?: string } }).location?.href;
  if (!URL.canParse(text, page)) throw unusable('the URL is malformed');
  const url = new URL(text, page);
  if (!/^https?:$/.test(url.protocol))
    throw unusable(`a long-poll URL begins with http: or https:, not ${url.protocol}`);
  return url;
}
