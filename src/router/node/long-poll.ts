import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { cbor } from '../../serializers/cbor.js';
import { json } from '../../serializers/json.js';
import { msgpack } from '../../serializers/msgpack.js';
import { subprotocol, type Serializer } from '../../serializers/serializer.js';
import { isDict } from '../../protocol/dict.js';
import { batched } from '../../transports/batched.js';
import { connecting } from '../../transports/batched-serializer.js';
import { Link, MAX_MESSAGE_BYTES } from '../../transports/link.js';
import { streamInfo } from '../../transports/stream-info.node.js';
import { LongPollDoorSocket } from './long-poll-door-socket.js';
import { readBody } from './long-poll-body.js';
import type { LinkAcceptor, RequestHandler } from './listener.js';
import { originPolicy, type AllowedOrigins } from './origins.js';
import { unusable } from './unusable.js';

/** Options of {@link longPoll}. */
export interface LongPollOptions {
  /** Path of the long-poll, below which its four requests are. Default: `/lp`. */
  readonly path?: string | undefined;
  /** Formats served; which one is the client's choice. Default: JSON, MessagePack, CBOR, and batched MessagePack and CBOR. */
  readonly serializers?: readonly Serializer[] | undefined;
  /** Largest message accepted, in bytes. Default: 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** Connections at a time; further ones get HTTP 503. Default: 1,000. */
  readonly maxConnections?: number | undefined;
  /** How long a client may wait for a message before it is answered with none and asks again, in milliseconds. Default: 10,000. */
  readonly pollTimeoutMs?: number | undefined;
  /** How long a client may let nothing be heard of it before it counts as lost, in milliseconds. Default: 30,000. */
  readonly idleTimeoutMs?: number | undefined;
  /** As of `listen`: pages of other origins that may connect. Default: `[]`. */
  readonly allowedOrigins?: AllowedOrigins | undefined;
}

/** The most that `open` may say. */
const MAX_OPENING_BYTES = 64 * 1024;

/**
 * Lets clients reach a router by HTTP long-poll, where WebSockets are blocked: a request handler for the `requestHandlers` of
 * `listen`, or for a server of your own.
 *
 * Refused are: with HTTP 400 what is malformed or has no subprotocol served here, 403 a page that may not connect, 404 an id that
 * there is not (it is random, and cannot be guessed), 405 another method, 413 what is too large, 503 what is too many.
 *
 * @throws {UsageError} at once, when an option cannot be.
 * @see WAMP spec, HTTP Longpoll Transport
 * @example
 * await listen(router, { port: 8080, requestHandlers: [longPoll(router)] });
 */
export function longPoll(
  router: LinkAcceptor,
  {
    path = '/lp',
    serializers = [json(), msgpack(), cbor(), batched(msgpack()), batched(cbor())],
    maxMessageBytes = MAX_MESSAGE_BYTES,
    maxConnections = 1_000,
    pollTimeoutMs = 10_000,
    idleTimeoutMs = 30_000,
    allowedOrigins = [],
  }: LongPollOptions = {},
): RequestHandler {
  if (serializers.length === 0) throw unusable('no serializer is served');
  if (!(maxMessageBytes >= 1)) throw unusable('maxMessageBytes must be positive');
  if (!(idleTimeoutMs > pollTimeoutMs && pollTimeoutMs > 0))
    throw unusable('idleTimeoutMs must be longer than pollTimeoutMs, and that positive');
  const served = new Map(serializers.map((serializer) => [subprotocol(serializer), serializer]));
  const sockets = new Map<string, LongPollDoorSocket>();
  const mayConnect = originPolicy(allowedOrigins, '127.0.0.1');
  const prefix = `${path.replace(/\/$/, '')}/`;

  const answer = (response: ServerResponse, status: number, text = ''): void => {
    response.writeHead(status, { 'Content-Type': 'text/plain' }).end(text);
  };
  const open = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (sockets.size >= maxConnections) {
      answer(response, 503, 'Too many connections');
      return;
    }
    const asked = parse(await readBody(request, MAX_OPENING_BYTES));
    const offered = isDict(asked) && Array.isArray(asked['protocols']) ? (asked['protocols'] as unknown[]) : [];
    const serializer = offered.map((name) => served.get(String(name))).find((one) => one !== undefined);
    if (serializer === undefined) {
      answer(response, 400, `No common subprotocol; served: ${[...served.keys()].join(', ')}`);
      return;
    }
    const id = randomBytes(24).toString('base64url');
    const info = { kind: 'longpoll', ...streamInfo(request.socket, false) };
    const link = Link.over(
      { serializer, maxMessageBytes, info },
      connecting(serializer, (port) => {
        const gone = (): void => {
          sockets.delete(id);
        };
        const socket = new LongPollDoorSocket({ pollTimeoutMs, idleTimeoutMs, gone }, port);
        sockets.set(id, socket);
        return socket;
      }),
    );
    router.accept(link);
    response
      .writeHead(200, { 'Content-Type': 'application/json' })
      .end(JSON.stringify({ protocol: subprotocol(serializer), transport: id }));
  };
  const dispatch = async (request: IncomingMessage, response: ServerResponse, rest: string): Promise<void> => {
    if (rest === 'open') {
      await open(request, response);
      return;
    }
    const [id = '', what = '', more] = rest.split('/');
    const socket = sockets.get(id);
    if (socket === undefined || more !== undefined) {
      answer(response, 404, 'No such connection');
      return;
    }
    switch (what) {
      case 'receive':
        request.resume();
        socket.receive(response);
        return;
      case 'send': {
        const body = await readBody(request, maxMessageBytes);
        await socket.take(body, !isBinary(request));
        answer(response, 204);
        return;
      }
      case 'close':
        request.resume();
        socket.leave();
        answer(response, 204);
        return;
      default:
        answer(response, 404, 'No such request');
    }
  };
  const handle = (request: IncomingMessage, response: ServerResponse): boolean => {
    const [pathname = ''] = (request.url ?? '').split('?');
    if (!pathname.startsWith(prefix)) return false;
    const { origin } = request.headers;
    response.setHeader('Cache-Control', 'no-store');
    if (!mayConnect(origin, request.socket.localAddress)) {
      answer(response, 403, 'Pages of this origin may not connect: see allowedOrigins');
      return true;
    }
    if (origin !== undefined) {
      response.setHeader('Access-Control-Allow-Origin', origin);
      response.setHeader('Vary', 'Origin');
    }
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Methods', 'POST');
      response.setHeader('Access-Control-Allow-Headers', 'Content-Type, Authorization');
      answer(response, 204);
    } else if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST');
      answer(response, 405);
    } else {
      dispatch(request, response, pathname.slice(prefix.length)).catch((error: unknown) => {
        const tooLarge = error instanceof RangeError;
        response.setHeader('Connection', 'close');
        answer(response, tooLarge ? 413 : 400);
      });
    }
    return true;
  };
  return Object.assign(handle, {
    close: () => {
      for (const socket of [...sockets.values()]) socket.terminate();
    },
  });
}

/** Clients that do not say what they send, send text. */
const isBinary = ({ headers }: IncomingMessage): boolean =>
  /^application\/(octet-stream|msgpack|x-msgpack|cbor)/.test(headers['content-type'] ?? '');

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
