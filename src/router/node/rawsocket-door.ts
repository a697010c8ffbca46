import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { timer } from 'rxjs';
import { LONGEST_TIMER_MS } from '../../protocol/longest-timer.js';
import type { Serializer } from '../../serializers/serializer.js';
import { Link, type TransportInfo } from '../../transports/link.js';
import { readHandshake } from '../../transports/rawsocket-handshake.node.js';
import {
  announceable,
  encodeRefusal,
  encodeTerms,
  HandshakeError,
  readRequest,
  serializerNumber,
  type HandshakeTerms,
} from '../../transports/rawsocket-handshake.js';
import { RawSocket } from '../../transports/rawsocket-socket.node.js';
import type { OpenLinks } from './open-links.js';

/** What a {@link RawSocketDoor} works with. */
export interface RawSocketDoorOptions {
  readonly links: OpenLinks;
  readonly serializers: readonly Serializer[];
  readonly maxMessageBytes: number;
  readonly minPeerMessageBytes: number;
  readonly handshakeTimeoutMs: number;
  readonly closeTimeoutMs: number;
  readonly ping: boolean;
  readonly infoOf: (stream: Duplex) => Omit<TransportInfo, 'kind'>;
}

/**
 * Turns streams into links over RawSocket.
 *
 * @see WAMP spec, RawSocket Transport
 */
export class RawSocketDoor {
  readonly #options: RawSocketDoorOptions;
  /** By number in the handshake. */
  readonly #serializers: ReadonlyMap<number, Serializer>;
  readonly #maxLength: number;
  /** Streams that are no links, or not yet. */
  readonly #guests = new Set<NetSocket>();

  constructor(options: RawSocketDoorOptions) {
    this.#options = options;
    this.#serializers = new Map(
      options.serializers.flatMap((serializer) => {
        const number = serializerNumber(serializer.name);
        return number === undefined ? [] : [[number, serializer]];
      }),
    );
    this.#maxLength = announceable(options.maxMessageBytes);
  }

  /** Shakes hands over a stream of which nothing has been read. */
  greet(stream: NetSocket): void {
    this.#guests.add(stream);
    const patience = this.#cutAfter(stream, this.#options.handshakeTimeoutMs);
    stream.on('error', () => stream.destroy());
    stream.once('close', () => this.#guests.delete(stream));
    // Who hangs up half-way; a link has its own way to end.
    stream.once('end', () => stream.end());
    stream.setNoDelay();
    readHandshake(stream, (octets) => {
      patience.unsubscribe();
      const request = readRequest(octets);
      switch (request.kind) {
        case 'foreign':
          stream.destroy();
          break;
        case 'refused':
          this.#refuse(stream, request.error);
          break;
        case 'terms':
          this.#agree(stream, request);
      }
    });
  }

  /** Cuts off who has not become a link. */
  close(): void {
    for (const stream of this.#guests) stream.destroy();
  }

  #agree(stream: NetSocket, { serializer: number, maxLength: maxSent }: HandshakeTerms): void {
    const { links, maxMessageBytes, minPeerMessageBytes, closeTimeoutMs, ping, infoOf } = this.#options;
    const serializer = this.#serializers.get(number);
    if (serializer === undefined) {
      this.#refuse(stream, HandshakeError.SERIALIZER_UNSUPPORTED);
    } else if (maxSent < minPeerMessageBytes) {
      this.#refuse(stream, HandshakeError.LENGTH_UNACCEPTABLE);
    } else if (links.isFull) {
      this.#refuse(stream, HandshakeError.TOO_MANY_CONNECTIONS);
    } else {
      stream.write(encodeTerms({ serializer: number, maxLength: this.#maxLength }));
      this.#guests.delete(stream);
      const maxReceived = Math.min(this.#maxLength, maxMessageBytes);
      const info = { kind: 'rawsocket', ...infoOf(stream) };
      const below = { stream, serializer, maxReceived, maxSent, ping, closeTimeoutMs };
      const link = Link.over({ serializer, maxMessageBytes: maxReceived, info }, (port) => new RawSocket(below, port));
      links.accept(link, stream);
    }
  }

  /** Says why, and hangs up when the client does, or soon. What it still sends is read, or the answer might be lost with it. */
  #refuse(stream: NetSocket, error: HandshakeError): void {
    this.#cutAfter(stream, this.#options.closeTimeoutMs);
    stream.end(encodeRefusal(error));
    stream.resume();
  }

  #cutAfter(stream: NetSocket, ms: number) {
    const cut = timer(Math.min(ms, LONGEST_TIMER_MS)).subscribe(() => stream.destroy());
    stream.once('close', () => cut.unsubscribe());
    return cut;
  }
}
