import { asyncScheduler, type Subscription } from 'rxjs';
import { OverflowError, TimeoutError, type RxWampError } from '../protocol/errors.js';
import type { Uri } from '../protocol/message.js';
import { after } from '../session/after.js';
import type { Session } from '../session/session.js';
import type { Connection, Outlet } from './connection.js';
import type { OutboxOptions } from './options.js';

/** A publication that waits for a connection. */
export interface Outgoing {
  readonly topic: Uri;
  send(session: Session): void;
  fail(error: RxWampError): void;
}

/** What an outbox holds and has dropped. */
export interface OutboxStats {
  /** Publications that wait. */
  readonly waiting: number;
  /** Publications dropped since the client was made, for overflow or age. */
  readonly dropped: number;
}

interface Entry {
  readonly outgoing: Outgoing;
  readonly expiresMs: number;
}

/** Publications that wait for a connection, in order: so many at most, for so long at most, and every one dropped is told. */
export class Outbox implements Outlet {
  readonly #entries = new Set<Entry>();
  #dropped = 0;
  #clock: Subscription | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly options: Required<OutboxOptions>,
  ) {
    connection.serve(this);
  }

  get stats(): OutboxStats {
    return { waiting: this.#entries.size, dropped: this.#dropped };
  }

  /** Whether nothing waits, so that nothing can be overtaken. */
  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  /** One more. What it pushes out fails with `OverflowError`. */
  add(outgoing: Outgoing): void {
    const { capacity, overflow, ttlMs } = this.options;
    const [oldest] = this.#entries;
    const isFull = this.#entries.size >= capacity;
    const pushedOut = isFull && overflow === 'drop-oldest' ? oldest : undefined;
    if (pushedOut !== undefined) this.#entries.delete(pushedOut);
    if (!isFull || pushedOut !== undefined) {
      this.#entries.add({ outgoing, expiresMs: asyncScheduler.now() + ttlMs });
      this.#watch();
    }
    if (isFull) this.#drop(pushedOut?.outgoing ?? outgoing);
    this.connection.open();
  }

  /** Lets them out one by one, also those that come meanwhile, for as long as the session stands. */
  up(session: Session): void {
    for (const entry of this.#entries) {
      if (!session.isOpen) break;
      this.#entries.delete(entry);
      entry.outgoing.send(session);
    }
    this.#watch();
  }

  down(): void {
    for (const entry of this.#entries) {
      this.#entries.delete(entry);
      entry.outgoing.fail(this.connection.closed('PUBLISH', entry.outgoing.topic));
    }
    this.#watch();
  }

  #drop(outgoing: Outgoing): void {
    const { capacity } = this.options;
    this.#dropped++;
    outgoing.fail(
      new OverflowError(`${String(capacity)} publications wait already`, {
        attempted: 'PUBLISH',
        on: outgoing.topic,
        limit: capacity,
      }),
    );
  }

  /** Drops what has waited too long. Entries are in order of their age, so only the first is watched. */
  #watch(): void {
    this.#clock?.unsubscribe();
    const [first] = this.#entries;
    if (first === undefined || first.expiresMs === Infinity) return;
    const { outgoing, expiresMs } = first;
    this.#clock = after(expiresMs - asyncScheduler.now()).subscribe(() => {
      // A timer cannot wait for a month.
      if (expiresMs <= asyncScheduler.now()) {
        this.#entries.delete(first);
        this.#dropped++;
        outgoing.fail(new TimeoutError(this.options.ttlMs, { attempted: 'PUBLISH', on: outgoing.topic }));
      }
      this.#watch();
    });
  }
}
