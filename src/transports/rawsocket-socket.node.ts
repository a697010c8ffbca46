import { isUtf8 } from 'node:buffer';
import { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { Subscription, timer } from 'rxjs';
import * as Code from '../protocol/codes.js';
import * as ErrorUri from '../protocol/error-uris.js';
import {
  isOverflowError,
  isProtocolViolationError,
  OverflowError,
  ProtocolViolationError,
  type RxWampError,
} from '../protocol/errors.js';
import { LONGEST_TIMER_MS } from '../protocol/longest-timer.js';
import type { Frame, Serializer } from '../serializers/serializer.js';
import { FrameGate } from './frame-gate.js';
import { connectionLost, type LinkPort, type Socket } from './link.js';
import { FrameDecoder, FrameKind, GREATEST_FRAME } from './rawsocket-decoder.js';
import { encodeFrame, lengthOf, RawFrameWriter } from './rawsocket-frames.node.js';

/** Reading stops while more than this waits to leave in PONGs: who asks must also read. */
const PONG_BACKLOG_BYTES = 64 * 1024;

/** What a link over RawSocket stands on. */
export interface RawSocketOptions {
  /** Behind the handshake, and paused. What came after the handshake was put back. */
  readonly stream: Duplex;
  readonly serializer: Serializer;
  /** Largest message accepted here, in octets. */
  readonly maxReceived: number;
  /** Largest message that the other end accepts, in octets. */
  readonly maxSent: number;
  /** Whether the other end can be asked for a sign of life. */
  readonly ping: boolean;
  /** How long the other end has to close as well. */
  readonly closeTimeoutMs: number;
}

/** An open RawSocket, at either end. */
export class RawSocket implements Socket {
  readonly copies = true;
  /** Absent unless enabled: there are routers that take it for a huge message, and hang up. */
  readonly ping?: () => void;
  readonly #stream: Duplex;
  readonly #serializer: Serializer;
  readonly #maxSent: number;
  readonly #closeTimeoutMs: number;
  readonly #port: LinkPort;
  readonly #writer: RawFrameWriter;
  readonly #decoder: FrameDecoder;
  readonly #gate: FrameGate;
  #closing = false;
  #timeout = Subscription.EMPTY;
  /** What came was no frame: what still comes is not looked at. */
  #failed = false;
  #ended = false;
  #paused = false;
  #pings = 0;
  #pongBytes = 0;

  constructor({ stream, serializer, maxReceived, maxSent, ping, closeTimeoutMs }: RawSocketOptions, port: LinkPort) {
    this.#stream = stream;
    this.#serializer = serializer;
    this.#maxSent = Math.min(maxSent, GREATEST_FRAME);
    this.#closeTimeoutMs = closeTimeoutMs;
    this.#port = port;
    this.#writer = new RawFrameWriter(stream);
    this.#decoder = new FrameDecoder(maxReceived, (kind, payload) => this.#receive(kind, payload));
    this.#gate = new FrameGate((frame) => port.frame(frame));
    if (ping) this.ping = () => this.#ping();

    stream.on('data', (octets: Buffer) => this.#read(octets));
    stream.once('end', () => this.#finished());
    stream.on('error', (error) => {
      this.#lost(error.message, error);
      // One of TLS does not destroy itself.
      stream.destroy();
    });
    stream.once('close', () => {
      this.#timeout.unsubscribe();
      this.#lost('the connection broke');
    });
    stream.resume();
  }

  get bufferedBytes(): number {
    return this.#writer.bufferedBytes;
  }

  /** @throws {OverflowError} when it is larger than the other end accepts. Nothing was sent. */
  send(frame: Frame): void {
    const length = lengthOf(frame);
    if (length > this.#maxSent) throw unsendable(length, this.#maxSent);
    this.#writer.message(frame, length);
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#timeout = timer(Math.min(this.#closeTimeoutMs, LONGEST_TIMER_MS)).subscribe(() => this.#stream.destroy());
    this.#writer.flush();
    this.#stream.end();
    // The other end's end has to be read.
    this.resume();
  }

  terminate(): void {
    this.#closing = true;
    const stream = this.#stream;
    // A plain end would look orderly to the other end. There is no reset in TLS, on a Unix socket, and behind an end.
    const canReset = stream instanceof NetSocket && !(stream instanceof TLSSocket) && stream.remoteFamily !== undefined;
    if (canReset && !stream.writableEnded) stream.resetAndDestroy();
    stream.destroy();
  }

  pause(): void {
    this.#paused = true;
    this.#gate.pause();
    this.#stream.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#gate.resume(() => this.#readOn());
  }

  #readOn(): void {
    if (!this.#paused && this.#pongBytes <= PONG_BACKLOG_BYTES) this.#stream.resume();
  }

  #read({ buffer, byteOffset, length }: Buffer): void {
    if (this.#failed) return;
    try {
      // A plain view: a Buffer would come out of the serializers as Buffers.
      this.#decoder.push(new Uint8Array(buffer, byteOffset, length));
    } catch (error) {
      this.#violated(error);
    }
  }

  #receive(kind: FrameKind, payload: Uint8Array): void {
    switch (kind) {
      case FrameKind.MESSAGE:
        if (this.#serializer.binary) this.#gate.push(payload);
        else if (!this.#gate.isOpen || this.#port.skipsText?.(payload) !== true) this.#gate.push(textOf(payload));
        break;
      case FrameKind.PING:
        this.#pong(payload);
        break;
      case FrameKind.PONG:
        this.#port.pong();
    }
  }

  /** Behind what was sent before, so that the answer says that it has arrived. */
  #ping(): void {
    const octets = Buffer.alloc(4);
    octets.writeUInt32BE(++this.#pings >>> 0);
    this.#writer.now(encodeFrame(FrameKind.PING, octets));
  }

  #pong(payload: Uint8Array): void {
    const octets = encodeFrame(FrameKind.PONG, payload);
    this.#pongBytes += octets.length;
    this.#writer.now(octets, () => {
      this.#pongBytes -= octets.length;
      this.#readOn();
    });
    if (this.#pongBytes > PONG_BACKLOG_BYTES) this.#stream.pause();
  }

  /** What came is no frame: the other end is told why, as it can be told nothing else here, and the connection ends. */
  #violated(error: unknown): void {
    if (!isViolation(error)) throw error;
    this.#failed = true;
    const reason = isOverflowError(error) ? ErrorUri.PAYLOAD_SIZE_EXCEEDED : ErrorUri.PROTOCOL_VIOLATION;
    const abort = this.#serializer.encode([Code.ABORT, { message: error.message }, reason]);
    const length = lengthOf(abort);
    if (!this.#closing && length <= this.#maxSent) this.#writer.message(abort, length);
    this.close();
    this.#end(error);
  }

  /** The other end has said all it will say. */
  #finished(): void {
    const cut = !this.#closing && this.#decoder.isInFrame;
    this.close();
    this.#end(cut ? connectionLost('the connection ended in the middle of a frame') : undefined);
  }

  /** The stream is no more; whatever broke it, that is an orderly end once we have closed. */
  #lost(what: string, cause?: unknown): void {
    this.#end(this.#closing ? undefined : connectionLost(what, cause));
  }

  #end(error: RxWampError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#gate.end();
    this.#port.closed(error);
  }
}

const isViolation = (error: unknown): error is RxWampError => isOverflowError(error) || isProtocolViolationError(error);

const unsendable = (octets: number, limit: number): OverflowError =>
  new OverflowError(`a message of ${octets} bytes is beyond the ${limit} that the other end accepts`, {
    attempted: 'send',
    limit,
  });

function textOf(octets: Uint8Array): string {
  if (!isUtf8(octets)) throw new ProtocolViolationError('a text is not UTF-8', { attempted: 'receive' });
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString();
}
