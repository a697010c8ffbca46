import { fromEvent, Observable } from 'rxjs';
import type { Link } from '../transports/link.js';
import type { PortEvent, PortLike } from '../transports/message-port-like.js';
import { messagePortTransport, type MessagePortTransportOptions } from '../transports/message-port.js';
import type { Transport } from '../transports/transport.js';

/** As much of a `SharedWorker` as is used here. */
export interface SharedWorkerLike {
  readonly port: PortLike;
  addEventListener(type: 'error', listener: (event: PortEvent) => void): void;
  removeEventListener(type: 'error', listener: (event: PortEvent) => void): void;
}

/**
 * In a tab: a transport to the connection that a shared worker holds for all tabs (`shareConnection`).
 *
 * As `messagePortTransport`, over the port of the worker, and each attempt asks for the worker anew: one that has crashed is
 * started again by the browser. Refused with `ConnectionRefusedError` as well when the worker's script cannot be loaded, and for good where
 * there are no shared workers: see there for another way, e.g. a `url` of the tab's own.
 *
 * When the page is hidden for good, or put aside by the browser's back/forward cache, the connection is hung up; a page that
 * comes back from there connects again.
 *
 * @param worker makes the worker. Give it as a function of literal arguments, which bundlers look for.
 * @example
 * const worker = () => new SharedWorker(new URL('./worker.js', import.meta.url), { type: 'module' });
 * const wamp = new WampClient({ realm: 'realm1', transport: sharedWorkerTransport(worker) });
 */
export function sharedWorkerTransport(
  worker: () => SharedWorkerLike,
  options: MessagePortTransportOptions = {},
): Transport {
  const dial = (): PortLike => portOf(worker());
  const transport = messagePortTransport(dial, options);
  return new Observable<Link>((subscriber) => {
    let link: Link | undefined;
    const page: unknown = globalThis;
    if (isEventTarget(page)) {
      subscriber.add(
        fromEvent(page, 'pagehide').subscribe(() => {
          link?.terminate();
        }),
      );
    }
    subscriber.add(
      transport.subscribe({
        next: (open) => {
          link = open;
          subscriber.next(open);
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
      }),
    );
  });
}

/** The worker's port, which also tells what befalls the worker. */
function portOf(worker: SharedWorkerLike): PortLike {
  const { port } = worker;
  return {
    postMessage: (message) => {
      port.postMessage(message);
    },
    addEventListener: (type, listener) => {
      if (type === 'error') worker.addEventListener(type, listener);
      else port.addEventListener(type, listener);
    },
    removeEventListener: (type, listener) => {
      if (type === 'error') worker.removeEventListener(type, listener);
      else port.removeEventListener(type, listener);
    },
    start: () => port.start?.(),
    close: () => port.close?.(),
  };
}

const isEventTarget = (value: unknown): value is EventTarget =>
  typeof value === 'object' && value !== null && 'addEventListener' in value && 'removeEventListener' in value;
