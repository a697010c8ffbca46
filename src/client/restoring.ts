import type { Subscription } from 'rxjs';
import { after } from '../session/after.js';
import type { Session } from '../session/session.js';
import type { Durable } from './durable.js';

/** Makes everything durable again in a new session, and says when the router has answered for all of it, or takes too long. */
export class Restoring {
  /** What the router has not answered for. */
  readonly #unsettled = new Set<Durable | Session>();
  readonly #clock: Subscription;
  #isDone = false;

  constructor(
    timeoutMs: number,
    /** Called once, unless it is stopped before. */
    private readonly done: () => void,
  ) {
    this.#clock = after(timeoutMs).subscribe(() => {
      this.#finish();
    });
  }

  /** Whether all is made, or took too long. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** @param meanwhile is done when all has been asked for, before any more is heard. */
  start(session: Session, durables: ReadonlySet<Durable>, meanwhile?: () => void): void {
    const all = [...durables];
    // The session itself holds it open until all have been asked.
    for (const one of [session, ...all]) this.#unsettled.add(one);
    for (const one of all) {
      if (session.isOpen && durables.has(one)) one.attach(session, () => this.settle(one));
    }
    meanwhile?.();
    this.settle(session);
  }

  /** The router has answered for it, or nobody wants it any more. */
  settle(one: Durable | Session): void {
    if (this.#unsettled.delete(one) && this.#unsettled.size === 0) this.#finish();
  }

  /** Nobody wants to know any more. */
  stop(): void {
    this.#clock.unsubscribe();
    this.#unsettled.clear();
  }

  #finish(): void {
    this.stop();
    if (this.#isDone) return;
    this.#isDone = true;
    this.done();
  }
}
