import { batchedNamed, batchingOf, type Batching } from '../serializers/batched.js';
import type { Frame, Serializer } from '../serializers/serializer.js';
import type { BatchedSerializer } from './batched-serializer.js';
import { FrameGate } from './frame-gate.js';
import type { CloseReason, LinkPort, Socket } from './link.js';

/** A batch that would be larger is sent as several, so that batching alone never exceeds what the peer accepts. */
const MAX_BATCH = 64 * 1024;

/** Frames that are sent in one turn, on their way to a socket as one. */
class BatchedSocket implements Socket {
  /** Absent where the platform has none. */
  readonly ping?: () => void;
  readonly pause?: () => void;
  readonly resume?: () => void;
  readonly #batching: Batching;
  readonly #socket: Socket;
  #held: Frame[] = [];
  #heldLength = 0;

  constructor(batching: Batching, connect: (port: LinkPort) => Socket, port: LinkPort) {
    const gate = new FrameGate((frame) => port.frame(frame));
    // Without `skipsText`: what a batch begins with says nothing of the rest.
    const socket = connect({
      frame: (batch) => gate.pushAll(batching.split(batch)),
      pong: () => port.pong(),
      closed: (error) => {
        this.#forget();
        gate.end();
        port.closed(error);
      },
    });
    this.#batching = batching;
    this.#socket = socket;
    if (socket.ping !== undefined)
      this.ping = () => {
        this.#flush();
        socket.ping?.();
      };
    if (socket.pause !== undefined) {
      this.pause = () => {
        gate.pause();
        socket.pause?.();
      };
      this.resume = () => gate.resume(() => socket.resume?.());
    }
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedBytes + this.#heldLength;
  }

  send(frame: Frame): void {
    if (this.#heldLength + frame.length > MAX_BATCH) this.#flush();
    this.#heldLength += frame.length;
    if (this.#held.push(frame) === 1) queueMicrotask(() => this.#flush());
  }

  close(reason: CloseReason): void {
    this.#flush();
    this.#socket.close(reason);
    this.resume?.();
  }

  terminate(): void {
    this.#forget();
    this.#socket.terminate();
  }

  #flush(): void {
    const held = this.#held;
    this.#forget();
    if (held.length > 0) this.#socket.send(this.#batching.join(held));
  }

  #forget(): void {
    this.#held = [];
    this.#heldLength = 0;
  }
}

/**
 * A format whose messages travel in batches: those that are sent in one turn leave as one WebSocket message, which is cheaper
 * where there are many small ones. A batch of one is framed as well. The subprotocol ends in `.batched`.
 *
 * `batched(json())` sends what the spec says, and reads what Crossbar.io sends as well; but Crossbar.io does not read it, so
 * do not offer it there.
 *
 * @example
 * new WampClient({ url, realm, serializers: [batched(msgpack()), json()] });
 * @see WAMP spec, Batched WebSocket Transport
 */
export function batched(serializer: Serializer): BatchedSerializer {
  const batching = batchingOf(serializer);
  return {
    ...batchedNamed(serializer),
    inBatches: (connect) => (port) => new BatchedSocket(batching, connect, port),
  };
}
