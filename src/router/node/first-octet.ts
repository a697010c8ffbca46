import { createServer, type Server } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { timer } from 'rxjs';
import { LONGEST_TIMER_MS } from '../../protocol/longest-timer.js';
import { MAGIC } from '../../transports/rawsocket-handshake.js';
import { unusable } from './unusable.js';

type ConnectionListener = (this: Server, stream: NetSocket) => void;

/** What makes HTTP of a stream: the one listener of a new server, and the same function in all of them. */
// The event's declaration says what it is called with.
const [speakHttp] = createServer().listeners('connection') as ConnectionListener[];

/**
 * Stands in front of an HTTP server and sorts its connections by their first octet: those that begin a RawSocket handshake
 * are taken away, the rest is the server's, as before.
 */
export class FirstOctet {
  readonly #server: Server;
  readonly #event: 'connection' | 'secureConnection';
  readonly #timeoutMs: number;
  readonly #take: (stream: NetSocket) => void;
  /** Of which nothing has come yet. */
  readonly #silent = new Set<NetSocket>();

  /**
   * @param take is handed streams that begin a RawSocket handshake, paused; nothing of them has been read.
   * @throws {UsageError} when the server is not one of `node:http` or `node:https`.
   */
  constructor(server: Server, timeoutMs: number, take: (stream: NetSocket) => void) {
    this.#server = server;
    this.#event = server instanceof TlsServer ? 'secureConnection' : 'connection';
    this.#timeoutMs = timeoutMs;
    this.#take = take;
    if (speakHttp === undefined || !server.listeners(this.#event).includes(speakHttp))
      throw unusable('rawSocket needs a server of node:http or node:https that nobody else has changed');
    server.off(this.#event, speakHttp);
    server.prependListener(this.#event, this.#sort);
  }

  /** Leaves the server as it was, and cuts off who has said nothing. */
  close(): void {
    this.#server.off(this.#event, this.#sort);
    if (speakHttp !== undefined) this.#server.prependListener(this.#event, speakHttp);
    for (const stream of this.#silent) stream.destroy();
  }

  readonly #sort = (stream: NetSocket): void => {
    const patience = timer(Math.min(this.#timeoutMs, LONGEST_TIMER_MS)).subscribe(() => stream.destroy());
    const gone = (): void => void stream.destroy();
    const decided = (): void => {
      patience.unsubscribe();
      this.#silent.delete(stream);
      stream.off('data', read).off('error', gone).off('end', gone).off('close', decided);
    };
    const read = (octets: Buffer): void => {
      decided();
      stream.pause();
      stream.unshift(octets);
      if (octets[0] === MAGIC) {
        this.#take(stream);
      } else {
        speakHttp?.call(this.#server, stream);
        stream.resume();
      }
    };
    this.#silent.add(stream);
    stream.on('data', read).on('error', gone).on('end', gone).on('close', decided);
  };
}
