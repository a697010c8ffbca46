import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { OverflowError, ProtocolViolationError, type RxWampError } from '../protocol/errors.js';
import type { Frame } from '../serializers/serializer.js';
import { FrameGate } from './frame-gate.js';
import { connectionLost, type CloseReason, type LinkPort, type Socket } from './link.js';
import { CLOSE_CODES, closeError } from './websocket-dial.js';
import { CompressingWriter, isCompressed } from './websocket-compression.node.js';
import { FrameWriter } from './websocket-frames.node.js';

/** What a link over a WebSocket of `ws` stands on. */
export interface WsSocketOptions {
  /** Open, and with the `binaryType` it comes with. */
  readonly webSocket: WebSocket;
  /** The TCP or TLS stream below it. */
  readonly stream: Duplex;
  /** Whether this end dialed. */
  readonly isClient: boolean;
  /** Largest message that `webSocket` accepts. */
  readonly maxMessageBytes: number;
}

/** An open WebSocket of `ws`, at either end. */
export class WsSocket implements Socket {
  readonly copies: boolean;
  readonly #webSocket: WebSocket;
  readonly #writer: FrameWriter | CompressingWriter;
  readonly #port: LinkPort;
  /** Holds what `ws` had already read when reading was paused. */
  readonly #gate: FrameGate;
  #closing = false;
  #closed = false;

  constructor({ webSocket, stream, isClient, maxMessageBytes }: WsSocketOptions, port: LinkPort) {
    this.#webSocket = webSocket;
    // What is compressed waits for its turn.
    this.copies = !isCompressed(webSocket);
    this.#writer = this.copies
      ? new FrameWriter(stream, isClient, () => webSocket.readyState === webSocket.OPEN)
      : new CompressingWriter(webSocket);
    this.#port = port;
    this.#gate = new FrameGate((frame) => port.frame(frame));

    let broken: Error | undefined;
    // `ws` does not pass it on.
    stream.once('error', (error) => (broken = error));
    webSocket.on('message', (data, isBinary) => {
      if (isBinary || !this.#skipsText(data)) this.#gate.push(frameOf(data, isBinary));
    });
    webSocket.on('pong', () => port.pong());
    webSocket.on('error', (error) => this.#end(receiveError(error, maxMessageBytes)));
    webSocket.on('close', (code, reason) => this.#end(closeError(code, reason.toString(), broken)));
  }

  get bufferedBytes(): number {
    return this.#writer.bufferedBytes;
  }

  send(frame: Frame): void {
    this.#writer.write(frame);
  }

  close(reason: CloseReason): void {
    this.#closing = true;
    this.#writer.flush();
    this.#webSocket.close(CLOSE_CODES[reason]);
    // The answer has to be read.
    this.resume();
  }

  terminate(): void {
    this.#closing = true;
    this.#webSocket.terminate();
  }

  ping(): void {
    // An answer says that what was sent before has arrived.
    this.#writer.flush();
    this.#webSocket.ping();
  }

  pause(): void {
    this.#gate.pause();
    this.#webSocket.pause();
  }

  resume(): void {
    this.#gate.resume(() => this.#webSocket.resume());
  }

  #skipsText(data: RawData): boolean {
    // Who reads it may depend on what is held. What `ws` hands over while its `binaryType` is `nodebuffer`.
    return this.#gate.isOpen && this.#port.skipsText?.(data as Buffer) === true;
  }

  #end(error: RxWampError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#gate.end();
    this.#port.closed(this.#closing ? undefined : error);
  }
}

function frameOf(data: RawData, isBinary: boolean): Frame {
  // What `ws` hands over while its `binaryType` is `nodebuffer`.
  const buffer = data as Buffer;
  return isBinary ? buffer : buffer.toString();
}

/** The error for what `ws` could not read; it has begun to close the connection by itself. */
function receiveError(error: NodeJS.ErrnoException, limit: number): RxWampError {
  const context = { attempted: 'receive', cause: error };
  if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' || error.code === 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH') {
    return new OverflowError(`a message is beyond the limit of ${limit} bytes`, { ...context, limit });
  }
  if (error.code?.startsWith('WS_ERR_') === true) return new ProtocolViolationError(error.message, context);
  return connectionLost(error.message, error);
}
