import { connect as connectTcp, isIP, type Socket as NetSocket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { Observable } from 'rxjs';
import * as ErrorUri from '../protocol/error-uris.js';
import { ConnectionRefusedError, UsageError } from '../protocol/errors.js';
import type { Serializer } from '../serializers/serializer.js';
import type { TransportInfo } from './link.js';
import { readHandshake } from './rawsocket-handshake.node.js';
import { describeRefusal, encodeTerms, HandshakeError, readReply } from './rawsocket-handshake.js';
import { streamInfo } from './stream-info.node.js';

/** TLS of a client's connection, as `tls.connect` of Node takes it. */
export type ClientTlsOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'pfx' | 'servername' | 'rejectUnauthorized' | 'minVersion' | 'maxVersion'
>;

/** A TCP port. */
export interface RawSocketTcpAddress {
  /** Name or address. Default: `localhost`. */
  readonly host?: string | undefined;
  readonly port: number;
  readonly path?: undefined;
}

/** A Unix socket, or a named pipe of Windows. */
export interface RawSocketUnixAddress {
  /** e.g. `/run/wamp.sock`. */
  readonly path: string;
  readonly host?: undefined;
  readonly port?: undefined;
}

/** Where a RawSocket leads, and whether it is encrypted. */
export type RawSocketTarget = (RawSocketTcpAddress | RawSocketUnixAddress) & {
  /**
   * TLS: whom to trust (`ca`), who we are (`cert` and `key`, or `pfx`), and the name the certificate must have
   * (`servername`, by default the host); `true` takes what Node trusts. Default: no TLS.
   */
  readonly tls?: ClientTlsOptions | boolean | undefined;
};

/** The error for options no RawSocket can be made of. */
export const unusable = (what: string): UsageError =>
  new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'connect' });

/** What JavaScript may give in place of a {@link RawSocketTarget}. */
interface Unchecked {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
}

/** @throws {UsageError} when nothing can be dialed there. */
export function checkTarget({ host, port, path }: Unchecked): void {
  if ((port === undefined) === (path === undefined)) throw unusable('give either port or path');
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535))
    throw unusable(`${port} is no TCP port`);
  if (path === '') throw unusable('the path is empty');
  if (path !== undefined && host !== undefined) throw unusable('a path has no host');
}

const usesTls = (tls: RawSocketTarget['tls']): tls is true | ClientTlsOptions => tls !== undefined && tls !== false;

/** What is dialed, for people. */
function nameOf({ host = 'localhost', port, path, tls }: RawSocketTarget): string {
  if (path !== undefined) return `${usesTls(tls) ? 'tls+unix' : 'unix'}:${path}`;
  return `${usesTls(tls) ? 'tls' : 'tcp'}:${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** The error for a dial that came to nothing. */
export const refused = (
  target: RawSocketTarget,
  what: string,
  fatal = false,
  cause?: unknown,
): ConnectionRefusedError =>
  new ConnectionRefusedError(`${nameOf(target)} ${what}`, { attempted: 'connect', fatal, cause });

/** Begins to open the stream; `ready` is called when it can be written to. */
function openStream({ host = 'localhost', port, path, tls }: RawSocketTarget, ready: () => void): NetSocket {
  const address = path === undefined ? { host, port } : { path };
  if (!usesTls(tls)) return connectTcp({ ...address, noDelay: true }, ready);
  // A Unix socket has no name of its own: its certificate is for this machine.
  const name = path === undefined ? host : 'localhost';
  const servername = isIP(name) === 0 ? { servername: name } : {};
  return connectTls({ ...address, ...servername, ...(tls === true ? {} : tls) }, ready).setNoDelay();
}

/** What a client says first. */
export interface RawSocketOffer {
  readonly serializer: Serializer;
  /** The serializer's number in the handshake. */
  readonly number: number;
  /** Largest message we are willing to receive; a power of two. */
  readonly maxLength: number;
}

/** A stream on which both have shaken hands, paused. */
export interface ShakenStream {
  readonly stream: NetSocket;
  /** Largest message the router is willing to receive. */
  readonly maxSent: number;
}

/** Error codes that will be the same next time. */
const LASTING: readonly number[] = [HandshakeError.LENGTH_UNACCEPTABLE, HandshakeError.RESERVED_BITS];

/**
 * One connection, for one format. Unsubscribing hangs up, unless it has been emitted.
 *
 * @returns emits once, undefined when the router does not speak this format, and completes; errors with
 * `ConnectionRefusedError`.
 */
export const shakeHands = (
  target: RawSocketTarget,
  { serializer, number, maxLength }: RawSocketOffer,
): Observable<ShakenStream | undefined> =>
  new Observable<ShakenStream | undefined>((subscriber) => {
    let stream: NetSocket;
    let isTaken = false;
    const settle = (shaken?: ShakenStream): void => {
      isTaken = shaken !== undefined;
      subscriber.next(shaken);
      subscriber.complete();
    };
    const fail = (what: string, fatal?: boolean, cause?: unknown): void =>
      subscriber.error(refused(target, what, fatal, cause));
    const answered = (octets: Uint8Array): void => {
      const reply = readReply(octets);
      switch (reply.kind) {
        case 'malformed':
          fail(reply.what);
          break;
        case 'terms':
          if (reply.serializer === number) settle({ stream, maxSent: reply.maxLength });
          else fail(`was asked for serializer ${number} and picked ${reply.serializer}`, true);
          break;
        case 'refused':
          if (reply.code === HandshakeError.SERIALIZER_UNSUPPORTED) settle();
          else fail(describeRefusal(reply.code), LASTING.includes(reply.code));
      }
    };
    try {
      stream = openStream(target, () => {
        stream.write(encodeTerms({ serializer: number, maxLength }));
        readHandshake(stream, answered);
      });
    } catch (cause) {
      fail('cannot be dialed with these options', true, cause);
      return undefined;
    }
    // Also later: a stream throws its errors when nobody listens.
    stream.on('error', (cause: NodeJS.ErrnoException) => {
      // Several addresses that all fail make an error with a code and no message.
      fail(`did not open: ${cause.message === '' ? (cause.code ?? cause.name) : cause.message}`, false, cause);
    });
    stream.once('end', () => fail(`hung up instead of answering, as some do that do not speak ${serializer.name}`));
    return () => {
      if (!isTaken) stream.destroy();
    };
  });

/** What is known of the router. */
export function infoOf(stream: NetSocket, { path }: RawSocketTarget): TransportInfo {
  const info = { kind: 'rawsocket', ...streamInfo(stream, true) };
  return path === undefined ? info : { ...info, secure: true, peer: `unix:${path}` };
}
