import { Observable, queueScheduler } from 'rxjs';
import type { RxWampError } from '../protocol/errors.js';
import { json } from '../serializers/json.js';
import type { Frame, Serializer } from '../serializers/serializer.js';
import { connectionLost, Link, type LinkPort, type Socket, type TransportInfo } from './link.js';
import type { Transport } from './transport.js';

/** Options of a connection inside one process. */
export interface MemoryOptions {
  /** The format of its frames. Messages are really encoded and decoded, so that what works here works on a wire. Default: `json()`. */
  readonly serializer?: Serializer | undefined;
  /** Largest frame accepted, as on a wire. Default: 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** What the router's end is told of the client, e.g. a cookie. */
  readonly info?: Partial<TransportInfo> | undefined;
}

/** One end of the pipe. Frames are handed over in order and never from within the delivery of another (`queueScheduler`). */
class MemorySocket implements Socket {
  peer: MemorySocket | undefined;
  bufferedBytes = 0;
  /** What has arrived and was not delivered: frames, and the end. */
  #arrived: (() => void)[] = [];
  #paused = false;
  #closed = false;

  constructor(readonly port: LinkPort) {}

  send(frame: Frame): void {
    this.bufferedBytes += frame.length;
    this.#reach((peer) => {
      this.bufferedBytes -= frame.length;
      peer.port.frame(frame);
    });
  }

  close(): void {
    this.#reach((peer) => peer.end(undefined));
    queueScheduler.schedule(() => this.end(undefined));
  }

  terminate(): void {
    queueScheduler.schedule(() => {
      this.peer?.end(connectionLost('the other end hung up'));
      this.end(undefined);
    });
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    queueScheduler.schedule(() => this.#deliver());
  }

  /** Has the peer do something once it has done all that came before. */
  #reach(act: (peer: MemorySocket) => void): void {
    queueScheduler.schedule(() => {
      const { peer } = this;
      if (peer === undefined || peer.#closed) return;
      peer.#arrived.push(() => act(peer));
      peer.#deliver();
    });
  }

  #deliver(): void {
    while (!this.#paused) {
      const next = this.#arrived.shift();
      if (next === undefined) return;
      next();
    }
  }

  end(error: RxWampError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#arrived = [];
    this.port.closed(error);
  }
}

/** Two links, each the other's peer: `[client's end, router's end]`. */
export const linkPair = (options?: MemoryOptions): readonly [Link, Link] => pairOf(options, () => undefined);

function pairOf(
  { serializer = json(), maxMessageBytes, info }: MemoryOptions = {},
  clientClosed: LinkPort['closed'],
): readonly [Link, Link] {
  const sockets: MemorySocket[] = [];
  const end = (closed: LinkPort['closed']): Link =>
    Link.over({ serializer, maxMessageBytes, info: { kind: 'memory', secure: true, ...info } }, (port) => {
      const socket = new MemorySocket({
        ...port,
        closed(error) {
          port.closed(error);
          closed(error);
        },
      });
      sockets.push(socket);
      return socket;
    });
  const links = [end(clientClosed), end(() => undefined)] as const;
  const [client, router] = sockets;
  if (client !== undefined && router !== undefined) {
    client.peer = router;
    router.peer = client;
  }
  return links;
}

/**
 * A transport that never leaves the process: for tests, for an embedded router, for a page without a network.
 *
 * @param accept is handed the other end of each connection, e.g. `(link) => router.accept(link)`.
 * @example
 * const router = new Router({ realms: { realm1: {} } });
 * const wamp = new WampClient({ transport: memoryTransport((link) => router.accept(link)), realm: 'realm1' });
 */
export function memoryTransport(accept: (link: Link) => void, options?: MemoryOptions): Transport {
  return new Observable<Link>((subscriber) => {
    const [near, far] = pairOf(options, (error) => {
      if (error === undefined) subscriber.complete();
      else subscriber.error(error);
    });
    subscriber.add(() => near.complete());
    accept(far);
    subscriber.next(near);
  });
}
