import { isProtocolViolationError, type RxWampError } from '../protocol/errors.js';
import type { Id } from '../protocol/message.js';
import { connectionLost } from './link.js';
import { connectionOf, toFrame, toPosted, type PortFrame } from './message-port-frames.js';
import type { PortEvent, PortLike } from './message-port-like.js';

/** Told what happens on a port. */
export interface WireHandlers {
  frame(connection: Id, frame: PortFrame): void;
  /** What came for this connection is no frame. */
  violated(connection: Id, error: RxWampError): void;
  /** The port is gone: nothing more comes over it. */
  lost(error: RxWampError): void;
  /** The platform reports an error, as of a worker whose script cannot be loaded. */
  failed(): void;
}

/** A port with our frames on it; what others post over it is left to them. */
export class PortWire {
  readonly #port: PortLike;
  readonly #handlers: WireHandlers;
  #open = true;

  constructor(port: PortLike, handlers: WireHandlers) {
    this.#port = port;
    this.#handlers = handlers;
    port.addEventListener('message', this.#message);
    port.addEventListener('messageerror', this.#unreadable);
    port.addEventListener('close', this.#closed);
    port.addEventListener('error', this.#failed);
    port.start?.();
  }

  /** Posts a frame; ignored once closed. */
  post(connection: Id, frame: PortFrame): void {
    if (this.#open) this.#port.postMessage(toPosted(connection, frame));
  }

  /** Listens no more, and closes a port that can be closed: what was posted still arrives. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#port.removeEventListener('message', this.#message);
    this.#port.removeEventListener('messageerror', this.#unreadable);
    this.#port.removeEventListener('close', this.#closed);
    this.#port.removeEventListener('error', this.#failed);
    // What has no `start` is a worker, or its `self`, which somebody else may use.
    if (this.#port.start !== undefined) this.#port.close?.();
  }

  readonly #message = ({ data }: PortEvent): void => {
    const connection = connectionOf(data);
    if (connection === undefined) return;
    let frame: PortFrame;
    try {
      frame = toFrame(data);
    } catch (error) {
      if (isProtocolViolationError(error)) this.#handlers.violated(connection, error);
      return;
    }
    this.#handlers.frame(connection, frame);
  };

  readonly #unreadable = (): void => {
    this.#handlers.lost(connectionLost('what came over the port cannot be read here'));
  };

  readonly #closed = (): void => {
    this.#handlers.lost(connectionLost('the other end of the port is gone'));
  };

  readonly #failed = (): void => {
    this.#handlers.failed();
  };
}
