import type { ObservableInput, OperatorFunction } from 'rxjs';
import { BoundedQueue, toQueueSettings, type QueueOptions } from './bounded-queue.js';
import { checkCount } from './options.js';
import { workThrough } from './work-through.js';

/** Options of {@link processQueue}. */
export interface ProcessQueueOptions<T> extends QueueOptions<T> {
  /** How many values are worked on at a time. Default: 1. */
  readonly concurrency?: number | undefined;
}

/**
 * Does work for each value, a few at a time; the values that come meanwhile wait in a bounded queue.
 *
 * Like `mergeMap(work, concurrency)`, whose queue has no bound. With `concurrency: 1`, `capacity: 0` and
 * `overflow: 'drop-newest'` it is `exhaustMap`.
 *
 * @param work is called with the value and its index, and returns an Observable, a promise or an (async) iterable.
 * @returns emits what the work emits; completes when the source has completed and all work is done. Errors at once with
 * an error of the source or of the work, and with `OverflowError` when the queue is full and `overflow` says so.
 * @throws {UsageError} at once, when an option makes no sense, or for `'pause'` without something that can stop. Where
 * it is not known before `pausable.pause()` that it cannot, the result errors with a `UsageError` when the queue fills.
 * @example
 * wamp.topic('com.example.order').pipe(
 *   processQueue(({ args: [order] }) => save(order), {
 *     concurrency: 4,
 *     capacity: 500,
 *     overflow: 'drop-oldest',
 *     onDrop: (_, total) => dropped.set(total),
 *   }),
 * ).subscribe();
 */
export function processQueue<T, R>(
  work: (value: T, index: number) => ObservableInput<R>,
  { concurrency = 1, ...queue }: ProcessQueueOptions<T> = {},
): OperatorFunction<T, R> {
  checkCount('processQueue', 'concurrency', concurrency, 1);
  const settings = toQueueSettings('processQueue', queue);
  return workThrough(() => new BoundedQueue(settings), work, concurrency);
}
