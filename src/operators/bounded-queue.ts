import * as ErrorUri from '../protocol/error-uris.js';
import { OverflowError, UsageError } from '../protocol/errors.js';
import { checkChoice, checkCount, checkGiven } from './options.js';
import type { QueueMeter } from './queue-meter.js';
import type { Store } from './work-through.js';

/**
 * What becomes of a value when the queue is full:
 *
 * - `'error'`: the stream errors with `OverflowError`;
 * - `'drop-oldest'`: the value that has waited longest goes;
 * - `'drop-newest'`: the new value goes;
 * - `'latest'`: only the newest value ever waits (a capacity of 1, the oldest goes);
 * - `'pause'`: before it is full, the source is told to stop, and to go on when most is worked off. What still comes
 *   while the source stops is taken in up to the capacity; beyond, it is an `OverflowError`.
 */
export type Overflow = 'error' | 'drop-oldest' | 'drop-newest' | 'latest' | 'pause';

/** A source that can be told to stop for a while, such as a `Link` in Node. */
export interface Pausable {
  /** False where it is known already that it cannot stop: `overflow: 'pause'` is refused when the operator is built then. */
  readonly canPause?: boolean | undefined;
  /** Stops. Returns false where the platform cannot, as in browsers. */
  pause(): boolean;
  /** Goes on. */
  resume(): void;
}

/** Options of a bounded queue. */
export interface QueueOptions<T> {
  /** How many values wait at most, beside those that are worked on. Default: 1,000. */
  readonly capacity?: number | undefined;
  /** What becomes of a value when the queue is full. Default: `'error'`. */
  readonly overflow?: Overflow | undefined;
  /** What `overflow: 'pause'` stops. */
  readonly pausable?: Pausable | undefined;
  /** Told of every value that is dropped, and how many were so far. Default: nobody is. */
  readonly onDrop?: ((value: T, total: number) => void) | undefined;
  /** Counts what is delivered and dropped. Default: nothing does. */
  readonly meter?: QueueMeter | undefined;
}

/** {@link QueueOptions} that were checked, with their defaults. */
export interface QueueSettings<T> {
  readonly operator: string;
  readonly capacity: number;
  readonly overflow: Exclude<Overflow, 'latest' | 'pause'>;
  readonly pausable: Pausable | undefined;
  readonly onDrop: (value: T, total: number) => void;
  readonly meter: QueueMeter | undefined;
}

/** @throws {UsageError} that says which option is wrong. */
export function toQueueSettings<T>(operator: string, options: QueueOptions<T>): QueueSettings<T> {
  const { overflow = 'error', pausable, onDrop = () => undefined, meter } = options;
  const { capacity = overflow === 'latest' ? 1 : 1_000 } = options;
  checkChoice(operator, 'overflow', overflow, ['error', 'drop-oldest', 'drop-newest', 'latest', 'pause']);
  checkCount(operator, 'capacity', capacity, overflow === 'pause' ? 1 : 0);
  checkGiven(operator, "overflow 'latest' has a capacity of 1", overflow !== 'latest' || capacity === 1);
  checkGiven(operator, "overflow 'pause' needs a pausable", overflow !== 'pause' || pausable !== undefined);
  if (overflow === 'pause' && pausable?.canPause === false) throw cannotStop(operator);
  switch (overflow) {
    case 'latest':
      return { operator, capacity, overflow: 'drop-oldest', pausable: undefined, onDrop, meter };
    case 'pause':
      return { operator, capacity, overflow: 'error', pausable, onDrop, meter };
    default:
      return { operator, capacity, overflow, pausable: undefined, onDrop, meter };
  }
}

/**
 * Values that wait their turn, in order and never more than the capacity. Where values have keys, one that comes while
 * another of its key waits takes the other's place.
 */
export class BoundedQueue<T> implements Store<T, T> {
  readonly #settings: QueueSettings<T>;
  readonly #keyOf: (value: T) => unknown;
  /** By key, in the order in which the keys came. */
  readonly #values = new Map<unknown, T>();
  #dropped = 0;
  #isPaused = false;

  /** @param keyOf gives every value a key of its own when there is none. */
  constructor(settings: QueueSettings<T>, keyOf?: (value: T) => unknown) {
    let count = 0;
    this.#settings = settings;
    this.#keyOf = keyOf ?? (() => count++);
  }

  get size(): number {
    return this.#values.size;
  }

  /** @throws {OverflowError} when it is full and nothing may be dropped; {UsageError} when the source cannot stop. */
  put(value: T, isNext: boolean): void {
    const { capacity, overflow } = this.#settings;
    const key = this.#keyOf(value);
    const other = this.#values.get(key);
    // A value may be undefined.
    const isConflated = other !== undefined || this.#values.has(key);
    if (isConflated) this.#drop(other as T, true);
    if (isConflated || this.size < capacity || isNext) this.#add(key, value);
    else if (overflow === 'error') throw this.#overflow();
    else if (overflow === 'drop-newest' || capacity === 0) this.#drop(value, false);
    else {
      const oldest = this.#remove();
      this.#drop(oldest, true);
      this.#add(key, value);
    }
    if (!isNext) this.#pauseWhenHalfFull();
  }

  take(): T {
    const value = this.#remove();
    this.#settings.meter?.delivered();
    return value;
  }

  release(): void {
    this.#settings.meter?.released(this.size);
    this.#values.clear();
    if (this.#isPaused) this.#resume();
  }

  #add(key: unknown, value: T): void {
    this.#values.set(key, value);
    this.#settings.meter?.came();
  }

  #remove(): T {
    for (const [key, value] of this.#values) {
      this.#values.delete(key);
      if (this.#isPaused && this.size <= this.#settings.capacity / 4) this.#resume();
      return value;
    }
    throw new RangeError('nothing waits');
  }

  #drop(value: T, hadWaited: boolean): void {
    this.#settings.meter?.dropped(hadWaited);
    this.#settings.onDrop(value, ++this.#dropped);
  }

  #pauseWhenHalfFull(): void {
    const { pausable, capacity, operator } = this.#settings;
    if (pausable === undefined || this.#isPaused || this.size < capacity / 2) return;
    if (!pausable.pause()) throw cannotStop(operator);
    this.#isPaused = true;
  }

  #resume(): void {
    this.#isPaused = false;
    this.#settings.pausable?.resume();
  }

  #overflow(): OverflowError {
    const { operator, capacity } = this.#settings;
    return new OverflowError(`${capacity} values wait already`, { attempted: operator, limit: capacity });
  }
}

const cannotStop = (operator: string): UsageError =>
  new UsageError(ErrorUri.FEATURE_NOT_SUPPORTED, 'the source cannot stop on this platform', { attempted: operator });
