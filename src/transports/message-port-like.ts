/** What a {@link PortLike} tells its listeners, whichever event it is. */
export interface PortEvent {
  readonly type: string;
  /** Of a `message`: what was posted, cloned. */
  readonly data?: unknown;
}

/**
 * As much of a `MessagePort` as is used here. The port of a `MessageChannel` is one, in browsers and in Node.js
 * (`node:worker_threads`), so is the `port` of a `SharedWorker`, a `Worker`, and what a worker calls `self`.
 */
export interface PortLike {
  postMessage(message: unknown): void;
  addEventListener(type: 'message' | 'messageerror' | 'close' | 'error', listener: (event: PortEvent) => void): void;
  removeEventListener(type: 'message' | 'messageerror' | 'close' | 'error', listener: (event: PortEvent) => void): void;
  /** A port of a channel delivers nothing before it is started. */
  start?(): void;
  /** Called only where there is a `start` too: the `close` of a worker's `self` would end the worker. */
  close?(): void;
}
