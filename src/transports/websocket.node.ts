import { STATUS_CODES, type Agent } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { WebSocket, type ClientOptions } from 'ws';
import type { ConnectionRefusedError } from '../protocol/errors.js';
import { streamInfo } from './stream-info.node.js';
import { deflateOptions, type CompressionOptions } from './websocket-compression.node.js';
import { noSubprotocol, refused, type Dial } from './websocket-dial.js';
import { WsSocket } from './websocket-socket.node.js';

/** What only Node can say when it opens a WebSocket. */
export interface NodeWebSocketOptions {
  /** Headers of the upgrade request, e.g. `{ Authorization: 'Bearer …' }` or `{ Cookie: '…' }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** TLS of a `wss:` connection, as `tls.connect` takes it: whom to trust (`ca`), who we are (`cert`, `key`). */
  readonly tls?:
    | Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'pfx' | 'servername' | 'rejectUnauthorized'>
    | undefined;
  /** What makes the TCP connection, e.g. through a proxy. */
  readonly agent?: Agent | undefined;
  /**
   * Offers permessage-deflate. It costs time and memory, and what an attacker can guess about a compressed secret beside text
   * of his own (CRIME) leaks. Default: false.
   */
  readonly perMessageDeflate?: boolean | CompressionOptions | undefined;
}

/** Whether its sockets can stop reading. */
export const canPause = true;

/** HTTP answers that blame the request, but that a proxy also gives while its router restarts, or that ask to come again. */
const PASSING: readonly number[] = [404, 408, 421, 425, 429];

const isFatal = (status: number): boolean => status >= 400 && status < 500 && !PASSING.includes(status);

/** Dials with `ws`. */
export const dialNode =
  ({ headers, tls, agent, perMessageDeflate = false }: NodeWebSocketOptions): Dial =>
  (request, handlers) => {
    const { url, protocols, maxMessageBytes, closeTimeoutMs } = request;
    // The declarations of `ws` lack `closeTimeout`.
    const options: ClientOptions & { readonly closeTimeout: number } = {
      ...tls,
      ...(agent && { agent }),
      headers: { ...headers },
      maxPayload: maxMessageBytes,
      closeTimeout: closeTimeoutMs,
      perMessageDeflate: deflateOptions(perMessageDeflate),
    };
    let dialing = true;
    const refuse = (error: ConnectionRefusedError): void => {
      if (!dialing) return;
      dialing = false;
      handlers.refused(error);
    };

    let webSocket: WebSocket;
    try {
      webSocket = new WebSocket(url, [...protocols], options);
    } catch (cause) {
      refuse(refused(url, 'cannot be dialed with these options', true, cause));
      return () => undefined;
    }

    let stream: NetSocket | undefined;
    webSocket.on('upgrade', (response) => {
      stream = response.socket;
      const picked = response.headers['sec-websocket-protocol'];
      if (picked !== undefined && protocols.includes(picked)) return;
      refuse(noSubprotocol(request, picked));
      webSocket.terminate();
    });
    webSocket.on('unexpected-response', (_, { statusCode = 0 }) => {
      refuse(
        refused(url, `answered HTTP ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trimEnd(), isFatal(statusCode)),
      );
      webSocket.terminate();
    });
    // Also after it is open, where the link listens: `ws` throws when nobody does.
    webSocket.on('error', (cause: NodeJS.ErrnoException) => {
      // Several addresses that all fail make an error with a code and no message.
      const why = cause.message === '' ? (cause.code ?? cause.name) : cause.message;
      refuse(refused(url, `did not open: ${why}`, false, cause));
    });
    webSocket.on('open', () => {
      if (!dialing || stream === undefined) return;
      dialing = false;
      const below = { webSocket, stream, isClient: true, maxMessageBytes };
      handlers.opened(webSocket.protocol, (port) => new WsSocket(below, port), streamInfo(stream, true));
    });
    return () => {
      dialing = false;
      webSocket.terminate();
    };
  };

/** Dials with the platform's WebSocket, which in Node is the one of `ws`. */
export const dial: Dial = dialNode({});
