import { queueScheduler } from 'rxjs';
import type { LocksLike } from '../../src/transports/message-port-presence.js';
import type { PortEvent, PortLike } from '../../src/transports/message-port-like.js';

type Listener = (event: PortEvent) => void;

/** One end of a channel whose messages arrive in order, cloned, at once, and never from within another. */
export class FakePort implements PortLike {
  peer: FakePort | undefined;
  started = false;
  closed = false;
  readonly posted: unknown[] = [];
  readonly #listeners = new Map<string, Set<Listener>>();

  postMessage(message: unknown): void {
    const clone: unknown = structuredClone(message);
    this.posted.push(clone);
    const { peer } = this;
    if (!this.closed) queueScheduler.schedule(() => peer?.emit('message', { data: clone }));
  }

  addEventListener(type: string, listener: Listener): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  start(): void {
    this.started = true;
  }

  close(): void {
    this.closed = true;
  }

  emit(type: string, event: Partial<PortEvent> = {}): void {
    if (this.closed) return;
    for (const listener of [...(this.#listeners.get(type) ?? [])]) listener({ type, ...event });
  }

  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

/** Two ports, each the other's end. */
export function portPair(): readonly [FakePort, FakePort] {
  const ports = [new FakePort(), new FakePort()] as const;
  const [near, far] = ports;
  near.peer = far;
  far.peer = near;
  return ports;
}

/** Web Locks of one origin, as far as they are used. What is granted is told in a microtask. */
export function fakeLocks(): LocksLike & { readonly held: ReadonlySet<string> } {
  const held = new Set<string>();
  const queues = new Map<string, Promise<unknown>>();
  return {
    held,
    request(name, { signal }, granted) {
      const before = queues.get(name) ?? Promise.resolve();
      const mine = before.then(async () => {
        if (signal?.aborted === true) throw new Error('aborted');
        held.add(name);
        await granted({ name });
        held.delete(name);
      });
      queues.set(
        name,
        mine.catch(() => undefined),
      );
      return mine;
    },
  };
}
