import { afterEach, describe, expect, it } from '@jest/globals';
import { isConnectionRefusedError } from '../../src/index.js';
import { acceptPort, sharedWorkerTransport, type PortEvent, type SharedWorkerLike } from '../../src/worker/index.js';
import { FakePort, portPair } from '../transports/message-port-fakes.js';
import { settled, useVirtualTime, watch } from './support.js';

useVirtualTime();

/** A worker that accepts, or does nothing. */
class FakeWorker implements SharedWorkerLike {
  readonly port: FakePort;
  readonly #error = new FakePort();

  constructor(accepts = true) {
    const [near, far] = portPair();
    this.port = near;
    if (accepts) acceptPort(far, () => undefined);
  }

  addEventListener(type: 'error', listener: (event: PortEvent) => void): void {
    this.#error.addEventListener(type, listener);
  }

  removeEventListener(type: 'error', listener: (event: PortEvent) => void): void {
    this.#error.removeEventListener(type, listener);
  }

  fail(): void {
    this.#error.emit('error');
  }

  get watched(): number {
    return this.#error.listening + this.port.listening;
  }
}

/** The browser's `window`, as far as it is listened to. */
function usePage(): FakePort {
  const page = new FakePort();
  Object.assign(globalThis, {
    addEventListener: page.addEventListener.bind(page),
    removeEventListener: page.removeEventListener.bind(page),
  });
  return page;
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'addEventListener');
  Reflect.deleteProperty(globalThis, 'removeEventListener');
});

describe('sharedWorkerTransport', () => {
  it('asks for the worker at each attempt, and leaves nothing behind', async () => {
    const workers: FakeWorker[] = [];
    const transport = sharedWorkerTransport(() => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    });
    expect(workers).toStrictEqual([]);
    for (const round of [1, 2]) {
      const seen = watch(transport);
      expect([seen.values.length, workers.length]).toStrictEqual([1, round]);
      seen.subscription.unsubscribe();
      await settled();
    }
    expect(workers.map(({ port, watched }) => [port.closed, watched])).toStrictEqual([
      [true, 0],
      [true, 0],
    ]);
  });

  it('is refused when the script cannot be loaded, and for good when there are no shared workers', () => {
    const worker = new FakeWorker(false);
    const unloadable = watch(sharedWorkerTransport(() => worker));
    worker.fail();
    const missing = watch(
      sharedWorkerTransport(() => {
        throw new ReferenceError('SharedWorker is not defined');
      }),
    );
    for (const [{ error }, fatal] of [
      [unloadable, false],
      [missing, true],
    ] as const)
      expect(isConnectionRefusedError(error) && error.fatal).toBe(fatal);
    expect(worker.watched).toBe(0);
  });

  it('minds no error of a worker that is up', () => {
    const worker = new FakeWorker();
    const seen = watch(sharedWorkerTransport(() => worker));
    worker.fail();
    expect([seen.values.length, seen.error]).toStrictEqual([1, undefined]);
    seen.subscription.unsubscribe();
  });

  it('hangs up when the page is hidden for good or put aside, and can be dialed again', async () => {
    const page = usePage();
    const transport = sharedWorkerTransport(() => new FakeWorker());
    const seen = watch(transport);
    page.emit('pagehide');
    await settled();
    expect([seen.error, seen.complete]).toStrictEqual([undefined, true]);
    expect(page.listening).toBe(0);
    const again = watch(transport);
    expect(again.values).toHaveLength(1);
    again.subscription.unsubscribe();
    expect(page.listening).toBe(0);
  });
});
