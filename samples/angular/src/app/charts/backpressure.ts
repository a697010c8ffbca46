import { toObservable } from '@angular/core/rxjs-interop';
import { signal, type Signal, type WritableSignal } from '@angular/core';
import {
  connect,
  map,
  Observable,
  switchMap,
  tap,
  timer,
  type MonoTypeOperatorFunction,
  type OperatorFunction,
} from 'rxjs';
import { batchWhileBusy, processQueue } from 'rxwamp/operators';

/** What becomes of events that come faster than they are drawn. */
export type Mode = 'all' | 'latest' | 'calm';

export const MODES: readonly { readonly mode: Mode; readonly label: string }[] = [
  { mode: 'all', label: 'Every event, in batches' },
  { mode: 'latest', label: 'The latest, once a frame' },
  { mode: 'calm', label: 'Four a second' },
];

/** How many events wait at most for their frame. */
const CAPACITY = 200;
const CALM_MS = 250;

/** What has become of the events so far. */
export interface Counters {
  readonly delivered: number;
  readonly dropped: number;
}

/** The backpressure of one chart: how it is chosen, what it does, and what it counts. */
export class Backpressure {
  readonly mode: WritableSignal<Mode>;
  readonly #counters = signal<Counters>({ delivered: 0, dropped: 0 });
  /** Set once a frame: a signal for each event would be as busy as the topic. */
  readonly counters: Signal<Counters> = this.#counters.asReadonly();
  readonly #mode$: Observable<Mode>;
  #delivered = 0;
  #dropped = 0;

  /** Needs an injection context. */
  constructor(mode: Mode) {
    this.mode = signal(mode);
    this.#mode$ = toObservable(this.mode);
  }

  /** Events in, what is drawn of them out: at most one batch a frame, in the mode that is chosen now. */
  thinned<T>(): OperatorFunction<T, readonly T[]> {
    return (events$) =>
      events$.pipe(
        this.#counted(),
        // Another mode does not subscribe to the topic again.
        connect((shared$) => this.#mode$.pipe(switchMap((mode) => shared$.pipe(this.#thin(mode))))),
        tap(() => this.#counters.set({ delivered: this.#delivered, dropped: this.#dropped })),
      );
  }

  #thin<T>(mode: Mode): OperatorFunction<T, readonly T[]> {
    const onDrop = (): void => {
      this.#dropped += 1;
    };
    switch (mode) {
      case 'all':
        return batchWhileBusy(CAPACITY, onFrame, { capacity: CAPACITY, overflow: 'drop-oldest', onDrop });
      case 'latest':
        return processQueue((event: T) => onFrame([event]), { overflow: 'latest', onDrop });
      case 'calm':
        return processQueue((event: T) => onFrame([event]).pipe(switchMap((batch) => calm(batch))), {
          capacity: 0,
          overflow: 'drop-newest',
          onDrop,
        });
    }
  }

  #counted<T>(): MonoTypeOperatorFunction<T> {
    return tap(() => {
      this.#delivered += 1;
    });
  }
}

/** Waits for the browser's next frame; in a tab that nobody sees there is none. */
const onFrame = <T>(batch: readonly T[]): Observable<readonly T[]> =>
  new Observable((subscriber) => {
    const frame = requestAnimationFrame(() => {
      subscriber.next(batch);
      subscriber.complete();
    });
    return () => cancelAnimationFrame(frame);
  });

/** At once, and then busy for a while. */
const calm = <T>(batch: readonly T[]): Observable<readonly T[]> =>
  new Observable((subscriber) => {
    subscriber.next(batch);
    return timer(CALM_MS)
      .pipe(map(() => batch))
      .subscribe({ complete: () => subscriber.complete() });
  });
