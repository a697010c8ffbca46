import { asyncScheduler, type Subscription } from 'rxjs';
import { OverflowError, TimeoutError, type RxWampError } from '../protocol/errors.js';
import type { Uri } from '../protocol/message.js';
import { after } from '../session/after.js';
import type { Session } from '../session/session.js';
import type { Connection, Outlet } from './connection.js';
import type { WaitingOptions } from './options.js';

/** A message that waits for a connection. */
export interface Outgoing {
  /** The topic or procedure. */
  readonly on: Uri;
  /** Where it is given, it takes the place of one that waits with the same. */
  readonly key?: string | undefined;
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

/** Messages of one kind that wait for a connection, in order: so many at most, for so long at most, and every one dropped is told. */
export class Outbox implements Outlet {
  readonly #entries = new Set<Entry>();
  #dropped = 0;
  #clock: Subscription | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly attempted: 'PUBLISH' | 'CALL',
    private readonly options: Required<WaitingOptions>,
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

  /** One more, for which the client connects. What it pushes out fails with `OverflowError`. @returns takes it out again. */
  add(outgoing: Outgoing): () => void {
    const { capacity, overflow, ttlMs } = this.options;
    const entry = { outgoing, expiresMs: asyncScheduler.now() + ttlMs };
    const { key } = outgoing;
    const replaced = key === undefined ? undefined : [...this.#entries].find((one) => one.outgoing.key === key);
    const [oldest] = this.#entries;
    const isFull = replaced === undefined && this.#entries.size >= capacity;
    const pushedOut = isFull && overflow === 'drop-oldest' ? oldest : replaced;
    if (pushedOut !== undefined) this.#entries.delete(pushedOut);
    if (!isFull || pushedOut !== undefined) {
      this.#entries.add(entry);
      this.#watch();
    }
    if (isFull || pushedOut !== undefined) {
      const what = replaced === undefined ? `${String(capacity)} wait already` : 'a later one took its place';
      this.drop(pushedOut?.outgoing ?? outgoing, what);
    }
    this.connection.open();
    return () => {
      this.#entries.delete(entry);
    };
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
      entry.outgoing.fail(this.connection.closed(this.attempted, entry.outgoing.on));
    }
    this.#watch();
  }

  /** Counts one that does not wait, and tells it. */
  drop(outgoing: Outgoing, what: string): void {
    this.#dropped++;
    const limit = this.options.capacity;
    outgoing.fail(new OverflowError(what, { attempted: this.attempted, on: outgoing.on, limit }));
  }

  /** Drops what has waited too long. Entries are in order of their age, so only the first is watched. */
  #watch(): void {
    this.#clock?.unsubscribe();
    const [first] = this.#entries;
    if (first === undefined || first.expiresMs === Infinity) return;
    const { outgoing, expiresMs } = first;
    this.#clock = after(expiresMs - asyncScheduler.now()).subscribe(() => {
      // A timer cannot wait for a month.
      if (expiresMs <= asyncScheduler.now() && this.#entries.delete(first)) {
        this.#dropped++;
        outgoing.fail(new TimeoutError(this.options.ttlMs, { attempted: this.attempted, on: outgoing.on }));
      }
      this.#watch();
    });
  }
}
