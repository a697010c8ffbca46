import { jest } from '@jest/globals';
import { WampClient, type RxWampError, type WampClientOptions } from '../../src/index.js';
import { Router, type RouterOptions } from '../../src/router/index.js';
import type { Transport } from '../../src/transports/transport.js';
import { messagePortTransport } from '../../src/transports/message-port.js';
import { shareConnection, type SharedConnection, type ShareOptions, type TabScope } from '../../src/worker/index.js';
import { FakePort, portPair } from '../transports/message-port-fakes.js';
import { watch } from '../session/support.js';

export { useVirtualTime } from '../client/support.js';
export { settled, watch } from '../session/support.js';

/** A tab of the browser's: a client, and the end of its port in the worker. */
export interface OpenTab {
  readonly wamp: WampClient;
  readonly near: FakePort;
  readonly faults: RxWampError[];
}

/** A shared worker that is not one: what connects to it comes over fake ports. */
export class Origin {
  readonly shared: SharedConnection;
  #connect: (port: FakePort) => void = () => undefined;

  constructor(transport: Transport | (() => Transport), options: Partial<ShareOptions> = {}) {
    const scope: TabScope = {
      addEventListener: (_, listener) => {
        this.#connect = (port) => {
          listener({ ports: [port] });
        };
      },
    };
    this.shared = shareConnection(scope, { realm: 'realm1', transport, ...options });
  }

  /** A new port to the worker. */
  port(): FakePort {
    const [near, far] = portPair();
    this.#connect(far);
    return near;
  }

  /** A tab is opened. */
  open(options: Partial<WampClientOptions> = {}): OpenTab {
    const near: FakePort[] = [];
    const transport = messagePortTransport(() => {
      near.push(this.port());
      return near.at(-1) ?? new FakePort();
    });
    const wamp = new WampClient({ realm: 'realm1', transport, ...options });
    const { values: faults } = watch(wamp.faults$);
    return {
      wamp,
      faults,
      get near() {
        return near.at(-1) ?? new FakePort();
      },
    };
  }

  /** A tab is opened, and connects. */
  connected(options?: Partial<WampClientOptions>): OpenTab {
    const tab = this.open(options);
    tab.wamp.connect();
    return tab;
  }
}

/** Where a tab is no more, without a word: nothing it does arrives any more. */
export function vanish({ near }: OpenTab): void {
  near.peer = undefined;
  near.closed = true;
}

/** A router, a worker that shares one connection to it, and a client with a connection of its own. */
export function setting(options: Partial<ShareOptions> = {}, routerOptions: Partial<RouterOptions> = {}) {
  const router = new Router({ realms: { realm1: {} }, ...routerOptions });
  const origin = new Origin(() => router.transport(), options);
  const other = new WampClient({ transport: router.transport(), realm: 'realm1' });
  other.connect();
  return { router, origin, shared: origin.shared, other };
}

/** Lets time pass in which things are acknowledged, and retries come. */
export const later = (ms = 1): void => {
  jest.advanceTimersByTime(ms);
};
