import { DestroyRef, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { WampClient } from 'rxwamp/angular';
import { inWords } from '../words';

/** A line of the log. */
export interface Notice {
  readonly id: number;
  readonly at: number;
  readonly level: 'info' | 'warning';
  readonly text: string;
}

/** How many lines are kept. */
const KEPT = 60;

/** What is worth telling: what the control room says, what becomes of the connection, and what the client found wrong. */
@Injectable()
export class Notices {
  readonly #all = signal<readonly Notice[]>([]);
  #last = 0;
  /** The newest first. */
  readonly all = this.#all.asReadonly();

  constructor() {
    const wamp = inject(WampClient);
    const destroyed = inject(DestroyRef);
    let lostAt: number | undefined;
    wamp.faults$.pipe(takeUntilDestroyed(destroyed)).subscribe((fault) => this.add('warning', inWords(fault)));
    wamp
      .topic('farm.log')
      .pipe(takeUntilDestroyed(destroyed))
      .subscribe({
        next: ({ value: { level, text } }) => this.add(level, text),
        // The same is told of the connection.
        error: () => undefined,
      });
    wamp.state$.pipe(takeUntilDestroyed(destroyed)).subscribe((state) => {
      const now = Date.now();
      if (state.status === 'waiting' && lostAt === undefined) {
        lostAt = now;
        this.add('warning', inWords(state.cause));
      } else if (state.status === 'connected') {
        const { id, authrole } = state.session;
        const away = lostAt === undefined ? '' : ` after ${((now - lostAt) / 1_000).toFixed(1)} s`;
        this.add('info', `Joined${away} as ${authrole ?? 'somebody'}, session ${id}`);
        lostAt = undefined;
      } else if (state.status === 'closed' && state.cause !== undefined) this.add('warning', inWords(state.cause));
    });
  }

  add(level: Notice['level'], text: string): void {
    const notice = { id: ++this.#last, at: Date.now(), level, text };
    this.#all.update((all) => [notice, ...all.slice(0, KEPT - 1)]);
  }
}
