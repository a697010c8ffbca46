import type { ObservableInput, OperatorFunction } from 'rxjs';
import { BoundedQueue, toQueueSettings, type QueueOptions } from './bounded-queue.js';
import { workThrough } from './work-through.js';

/** Options of {@link conflate}: how many different keys wait at most, and what becomes of one more. */
export interface ConflateOptions<T> extends Omit<QueueOptions<T>, 'overflow' | 'pausable'> {
  /** What becomes of a value whose key is one too many. Default: `'error'`. */
  readonly overflow?: 'error' | 'drop-oldest' | 'drop-newest' | undefined;
}

/**
 * Does work for each value, one at a time; of the values that come meanwhile, only the newest of each key waits. For
 * states rather than changes: prices, positions, presence. The keys keep the order in which they came.
 *
 * @param key of a value, compared as the keys of a `Map` are.
 * @param work is called with the value and its index, and returns an Observable, a promise or an (async) iterable.
 * @param options `onDrop` is told of the values that newer ones have replaced, too.
 * @returns emits what the work emits; completes when the source has completed and all work is done. Errors at once with
 * an error of the source, of `key` or of the work, and with `OverflowError` when too many keys wait and `overflow` says so.
 * @throws {UsageError} at once, when an option makes no sense.
 * @example
 * wamp.topic('com.example.price').pipe(
 *   conflate(({ args: [symbol] }) => symbol, ({ args: [symbol, price] }) => redraw(symbol, price)),
 * ).subscribe();
 */
export function conflate<T, R>(
  key: (value: T) => unknown,
  work: (value: T, index: number) => ObservableInput<R>,
  options: ConflateOptions<T> = {},
): OperatorFunction<T, R> {
  const settings = toQueueSettings('conflate', options);
  return workThrough(() => new BoundedQueue(settings, key), work, 1);
}
