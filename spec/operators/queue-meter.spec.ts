import { describe, expect, it } from '@jest/globals';
import { NEVER, of, Subject } from 'rxjs';
import { batchWhileBusy, conflate, processQueue, QueueMeter, toAsyncIterable } from 'rxwamp/operators';

const emit = (source$: Subject<number>, ...values: readonly number[]): void => {
  for (const value of values) source$.next(value);
};

describe('a queue meter', () => {
  it.each([
    ['drop-oldest', { delivered: 1, dropped: 3, waiting: 2, highWaterMark: 2 }],
    ['drop-newest', { delivered: 1, dropped: 3, waiting: 2, highWaterMark: 2 }],
    ['latest', { delivered: 1, dropped: 4, waiting: 1, highWaterMark: 1 }],
  ] as const)('counts what %s does', (overflow, stats) => {
    const meter = new QueueMeter();
    const source$ = new Subject<number>();
    const options = overflow === 'latest' ? { overflow, meter } : { overflow, capacity: 2, meter };
    source$.pipe(processQueue(() => NEVER, options)).subscribe();
    emit(source$, 1, 2, 3, 4, 5, 6);
    expect(meter.stats).toStrictEqual(stats);
  });

  it('counts what passes without waiting, and forgets what is left behind', () => {
    const meter = new QueueMeter();
    const source$ = new Subject<number>();
    const done$ = new Subject<number>();
    const subscription = source$.pipe(processQueue((value) => (value < 3 ? of(value) : done$), { meter })).subscribe();
    emit(source$, 1, 2, 3, 4, 5);
    expect(meter.stats).toStrictEqual({ delivered: 3, dropped: 0, waiting: 2, highWaterMark: 2 });
    subscription.unsubscribe();
    expect(meter.stats).toStrictEqual({ delivered: 3, dropped: 0, waiting: 0, highWaterMark: 2 });
  });

  it('counts a value that a later one of its key replaced as dropped', () => {
    const meter = new QueueMeter();
    const source$ = new Subject<number>();
    source$
      .pipe(
        conflate(
          (value) => value % 2,
          () => NEVER,
          { meter },
        ),
      )
      .subscribe();
    emit(source$, 0, 1, 2, 3, 4);
    expect(meter.stats).toStrictEqual({ delivered: 1, dropped: 2, waiting: 2, highWaterMark: 2 });
  });

  it('counts each value of a batch, and each that a loop was given', async () => {
    const meter = new QueueMeter();
    const source$ = new Subject<number>();
    const done$ = new Subject<void>();
    source$.pipe(batchWhileBusy(10, () => done$, { meter })).subscribe();
    emit(source$, 1, 2, 3);
    done$.complete();
    expect(meter.stats).toStrictEqual({ delivered: 3, dropped: 0, waiting: 0, highWaterMark: 2 });
    for await (const value of toAsyncIterable<number>({ meter })(of(1, 2))) if (value === 2) break;
    expect(meter.stats.delivered).toBe(5);
  });
});
