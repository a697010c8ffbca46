import type { ObservableInput, OperatorFunction } from 'rxjs';
import { BoundedQueue, toQueueSettings, type QueueOptions } from './bounded-queue.js';
import { checkCount } from './options.js';
import { workThrough, type Store } from './work-through.js';

/**
 * Does work for several values at once: for the first one alone, then for all that came while that was going on, at most
 * `max` of them, and so forth. A fast consumer sees single values at once; the slower it is, the larger its batches.
 *
 * @param max the most values in a batch.
 * @param work is called with a batch, oldest value first and never empty, and its index; it returns an Observable, a
 * promise or an (async) iterable.
 * @param options of the bounded queue in which values wait for their batch.
 * @returns emits what the work emits; completes when the source has completed and all work is done. Errors at once with
 * an error of the source or of the work, and with `OverflowError` when the queue is full and `overflow` says so.
 * @throws {UsageError} at once, when `max` or an option makes no sense, or for `'pause'` without something that can stop.
 * @example
 * wamp.topic('com.example.reading').pipe(
 *   value(),
 *   batchWhileBusy(200, (readings) => database.insert(readings), { capacity: 10_000, overflow: 'drop-oldest' }),
 * ).subscribe();
 */
export function batchWhileBusy<T, R>(
  max: number,
  work: (batch: readonly T[], index: number) => ObservableInput<R>,
  options: QueueOptions<T> = {},
): OperatorFunction<T, R> {
  checkCount('batchWhileBusy', 'max', max, 1);
  const settings = toQueueSettings('batchWhileBusy', options);
  return workThrough(() => new Batches(new BoundedQueue(settings), max), work, 1);
}

class Batches<T> implements Store<T, readonly T[]> {
  constructor(
    private readonly queue: BoundedQueue<T>,
    private readonly max: number,
  ) {}

  get size(): number {
    return this.queue.size;
  }

  put(value: T, isNext: boolean): void {
    this.queue.put(value, isNext);
  }

  take(): readonly T[] {
    return Array.from({ length: Math.min(this.max, this.queue.size) }, () => this.queue.take());
  }

  release(): void {
    this.queue.release();
  }
}
