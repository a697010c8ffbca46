import {
  concat,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  merge,
  mergeAll,
  Subject,
  tap,
  type Observable,
  type ObservableInput,
  type OperatorFunction,
} from 'rxjs';

/** What waits between a source and its work, and what of it comes next. */
export interface Store<T, Job> {
  /** How much waits: 0 says that there is no next job. */
  readonly size: number;
  /** One more. `isNext` says that whoever works is free, so that it is taken at once and waits for nobody. */
  put(value: T, isNext: boolean): void;
  /** The next job. Called only when there is one. */
  take(): Job;
  /** Nothing more is taken. */
  release(): void;
}

/**
 * Puts what comes into a store and works through the store, at most `concurrency` jobs at a time.
 *
 * Emits what the jobs emit, and completes when the source has completed and the store is worked off. Errors at once with
 * an error of the source, of a job or of the store. A job is torn down before the next one starts.
 */
export function workThrough<T, Job, R>(
  createStore: () => Store<T, Job>,
  work: (job: Job, index: number) => ObservableInput<R>,
  concurrency: number,
): OperatorFunction<T, R> {
  return (source) =>
    defer(() => {
      const store = createStore();
      const jobs = new Subject<Observable<R>>();
      let index = 0;
      let active = 0;
      let isComplete = false;
      let isStarting = false;

      const start = (): void => {
        // A job that ends at once comes back here; the loop below goes on with the next.
        if (isStarting) return;
        isStarting = true;
        while (active < concurrency && store.size > 0) {
          active++;
          const job = store.take();
          jobs.next(
            concat(
              defer(() => work(job, index++)),
              ended,
            ),
          );
        }
        isStarting = false;
        if (isComplete && active === 0) jobs.complete();
      };
      const ended = defer(() => {
        active--;
        start();
        return EMPTY;
      });
      const arrivals = source.pipe(
        tap({
          next: (value) => {
            store.put(value, active < concurrency && store.size === 0);
            start();
          },
          complete: () => {
            isComplete = true;
            start();
          },
        }),
        ignoreElements(),
      );

      return merge(jobs.pipe(mergeAll()), arrivals).pipe(
        finalize(() => {
          store.release();
        }),
      );
    });
}
