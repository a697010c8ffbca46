/** What a queue has done so far, since its meter was made. */
export interface QueueStats {
  /** Values handed to the work, or to the loop. */
  readonly delivered: number;
  /** Values dropped, or replaced by a later one of their key. */
  readonly dropped: number;
  /** Values that wait now. */
  readonly waiting: number;
  /** The most that have waited at once. */
  readonly highWaterMark: number;
}

/**
 * Counts what becomes of the values of a queue: give one to `processQueue`, `conflate`, `batchWhileBusy` or `toAsyncIterable` as
 * its option `meter`, one for each topic whose counters you want to see. Several subscriptions of one operator count together.
 *
 * @example
 * const meter = new QueueMeter();
 * wamp.topic('com.example.tick').pipe(processQueue(work, { overflow: 'drop-oldest', meter })).subscribe();
 * interval(1_000).subscribe(() => console.log(meter.stats));   // { delivered: 980, dropped: 20, waiting: 3, highWaterMark: 1_000 }
 */
export class QueueMeter {
  #delivered = 0;
  #dropped = 0;
  #waiting = 0;
  #highWaterMark = 0;

  /** The counts now. */
  get stats(): QueueStats {
    return {
      delivered: this.#delivered,
      dropped: this.#dropped,
      waiting: this.#waiting,
      highWaterMark: this.#highWaterMark,
    };
  }

  /** @internal One more waits. */
  came(): void {
    this.#highWaterMark = Math.max(this.#highWaterMark, ++this.#waiting);
  }

  /** @internal One that waited is handed on. */
  delivered(): void {
    this.#waiting--;
    this.#delivered++;
  }

  /** @internal One was handed on at once. */
  passed(): void {
    this.#delivered++;
  }

  /** @internal One was dropped; it may have waited. */
  dropped(hadWaited: boolean): void {
    if (hadWaited) this.#waiting--;
    this.#dropped++;
  }

  /** @internal Those that waited are not wanted any more. */
  released(count: number): void {
    this.#waiting -= count;
  }
}
