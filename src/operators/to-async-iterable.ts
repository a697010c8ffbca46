import { Subject, takeUntil, type Observable } from 'rxjs';
import { OverflowError } from '../protocol/errors.js';
import { BoundedQueue, toQueueSettings, type QueueOptions, type QueueSettings } from './bounded-queue.js';

/**
 * Makes an Observable one for `for await`: values wait in a bounded queue until the loop asks for them.
 *
 * Cold: the source is subscribed to when the first value is asked for, and left when the loop is (`break`, `return`,
 * an exception), when the source ends or when the queue overflows. What waits is delivered before the end or the error.
 *
 * @param options of the queue.
 * @returns a function that makes an iterator of an Observable; it serves one loop.
 * @throws {UsageError} at once, when an option makes no sense, or for `'pause'` without something that can stop.
 * @example
 * for await (const { args } of toAsyncIterable({ capacity: 100, overflow: 'drop-oldest' })(wamp.topic('com.example.tick'))) {
 *   if (await enough(args)) break;       // unsubscribes
 * }
 */
export function toAsyncIterable<T>(
  options: QueueOptions<T> = {},
): (source: Observable<T>) => AsyncIterableIterator<T, undefined, unknown> {
  const settings = toQueueSettings('toAsyncIterable', options);
  return (source) => new ObservableIterator(source, settings);
}

interface Asker<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

class ObservableIterator<T> implements AsyncIterableIterator<T, undefined, unknown> {
  readonly #source: Observable<T>;
  readonly #settings: QueueSettings<T>;
  readonly #queue: BoundedQueue<T>;
  /** Who asked for a value and has none yet, oldest first. */
  readonly #askers: Asker<T>[] = [];
  readonly #left = new Subject<void>();
  #isStarted = false;
  /** How the source ended; the error is told once, after what waits. */
  #end: { readonly error: unknown } | 'completed' | undefined;

  constructor(source: Observable<T>, settings: QueueSettings<T>) {
    this.#source = source;
    this.#settings = settings;
    this.#queue = new BoundedQueue(settings);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      if (this.#queue.size > 0) {
        resolve({ done: false, value: this.#queue.take() });
      } else if (this.#end === undefined) {
        this.#wait({ resolve, reject });
        this.#start();
      } else {
        const end = this.#end;
        this.#end = 'completed';
        if (end === 'completed') resolve(DONE);
        else reject(end.error);
      }
    });
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#leave('completed');
    this.#end = 'completed';
    this.#queue.release();
    return Promise.resolve(DONE);
  }

  throw(error?: unknown): Promise<never> {
    void this.return();
    return Promise.reject(error);
  }

  #start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#source.pipe(takeUntil(this.#left)).subscribe({
      next: (value) => {
        this.#receive(value);
      },
      error: (error: unknown) => {
        this.#leave({ error });
      },
      complete: () => {
        this.#leave('completed');
      },
    });
  }

  #receive(value: T): void {
    const asker = this.#askers.shift();
    if (asker !== undefined) {
      this.#settings.meter?.passed();
      asker.resolve({ done: false, value });
      return;
    }
    try {
      this.#queue.put(value, false);
    } catch (error) {
      this.#leave({ error });
    }
  }

  /** Leaves the source, for good; whoever asked for more is told why there is none. */
  #leave(end: { readonly error: unknown } | 'completed'): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#left.next();
    for (const { resolve, reject } of this.#askers.splice(0)) {
      if (this.#end === 'completed') {
        resolve(DONE);
      } else {
        reject(this.#end.error);
        this.#end = 'completed';
      }
    }
  }

  #wait(asker: Asker<T>): void {
    const { operator, capacity } = this.#settings;
    const limit = Math.max(capacity, 1);
    if (this.#askers.length < limit) this.#askers.push(asker);
    else asker.reject(new OverflowError(`${limit} wait for a value already`, { attempted: operator, limit }));
  }
}
