import { describe, expect, it } from '@jest/globals';
import { concat, EMPTY, NEVER, Observable, of, range, Subject, throwError } from 'rxjs';
import { toAsyncIterable, type QueueOptions } from '../../src/operators/index.js';
import { isOverflowError } from '../../src/protocol/errors.js';

const broken = new Error('broken');

/** What a loop over the source sees, its error last. */
const loop = async <T>(source: Observable<T>, options?: QueueOptions<T>): Promise<unknown[]> => {
  const seen: unknown[] = [];
  try {
    for await (const value of toAsyncIterable<T>(options)(source)) seen.push(value);
  } catch (error) {
    seen.push(error);
  }
  return seen;
};

describe('toAsyncIterable', () => {
  it('gives every value, then ends or fails as the source does', async () => {
    expect(await loop(of(1, 2, undefined, 3))).toStrictEqual([1, 2, undefined, 3]);
    expect(await loop(EMPTY)).toEqual([]);
    expect(
      await loop(
        concat(
          of(1, 2),
          throwError(() => broken),
        ),
      ),
    ).toEqual([1, 2, broken]);
  });

  it('gives values that come while it waits', async () => {
    const source = new Subject<number>();
    const iterator = toAsyncIterable<number>()(source);
    const first = iterator.next();
    const second = iterator.next();
    const third = iterator.next();
    source.next(1);
    source.next(2);
    source.complete();
    expect(await Promise.all([first, second, third])).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
    ]);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('subscribes when the first value is asked for, once', async () => {
    let subscriptions = 0;
    const source = new Observable<number>((subscriber) => {
      subscriptions++;
      subscriber.next(subscriptions);
    });
    const iterator = toAsyncIterable<number>()(source);
    expect(subscriptions).toBe(0);
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    void iterator.next();
    expect(subscriptions).toBe(1);
    await iterator.return?.();
  });

  it('unsubscribes when the loop is left', async () => {
    const source = new Subject<number>();
    const running = (async () => {
      for await (const value of toAsyncIterable<number>()(source)) if (value === 2) break;
    })();
    expect(source.observed).toBe(true);
    source.next(1);
    source.next(2);
    source.next(3);
    await running;
    expect(source.observed).toBe(false);
  });

  it('unsubscribes when the loop throws', async () => {
    const source = new Subject<number>();
    const running = (async () => {
      for await (const value of toAsyncIterable<number>()(source)) throw new Error(String(value));
    })();
    source.next(1);
    await expect(running).rejects.toThrow('1');
    expect(source.observed).toBe(false);
  });

  it('return() ends whoever waits, forgets what waits, and is final', async () => {
    const source = new Subject<number>();
    const iterator = toAsyncIterable<number>()(source);
    const waiting = iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(source.observed).toBe(false);

    const full = toAsyncIterable<number>()(
      concat(
        of(1, 2),
        throwError(() => broken),
      ),
    );
    await full.next();
    await full.return?.();
    expect(await full.next()).toEqual({ done: true, value: undefined });

    const never = toAsyncIterable<number>()(source);
    await never.return?.();
    expect(await never.next()).toEqual({ done: true, value: undefined });
    expect(source.observed).toBe(false);
  });

  it('throw() unsubscribes and rejects', async () => {
    const source = new Subject<number>();
    const iterator = toAsyncIterable<number>()(source);
    const waiting = iterator.next();
    await expect(iterator.throw?.(broken)).rejects.toBe(broken);
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(source.observed).toBe(false);
  });

  it('rejects one of those who wait with the error, and ends the others', async () => {
    const source = new Subject<number>();
    const iterator = toAsyncIterable<number>()(source);
    const [first, second] = [iterator.next(), iterator.next()];
    source.error(broken);
    await expect(first).rejects.toBe(broken);
    expect(await second).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  describe('overflow', () => {
    it('error: what waits is given, then the error; the source is left, even one that does not yield', async () => {
      const seen = await loop(range(0, Number.MAX_SAFE_INTEGER), { capacity: 2 });
      // 0 goes to the loop itself, which asked for it.
      expect(seen.slice(0, -1)).toEqual([0, 1, 2]);
      const error = seen.at(-1);
      expect(isOverflowError(error) && error.message).toBe('toAsyncIterable: 2 values wait already');
    });

    it('drop-oldest, drop-newest and latest: values go, and are counted', async () => {
      const dropped: string[] = [];
      const onDrop = (value: number, total: number): unknown => dropped.push(`${total}:${value}`);
      expect(await loop(of(0, 1, 2, 3), { capacity: 2, overflow: 'drop-oldest', onDrop })).toEqual([0, 2, 3]);
      expect(await loop(of(0, 1, 2, 3), { capacity: 2, overflow: 'drop-newest', onDrop })).toEqual([0, 1, 2]);
      expect(await loop(of(0, 1, 2, 3), { overflow: 'latest', onDrop })).toEqual([0, 3]);
      expect(dropped).toEqual(['1:1', '1:3', '1:1', '2:2']);
    });

    it('pause: stops the source, and lets it go on when the loop catches up or leaves', async () => {
      const log: string[] = [];
      const pausable = {
        pause: () => {
          log.push('pause');
          return true;
        },
        resume: () => {
          log.push('resume');
        },
      };
      const source = new Subject<number>();
      const iterator = toAsyncIterable<number>({ capacity: 4, overflow: 'pause', pausable })(source);
      const first = iterator.next();
      for (const value of [0, 1, 2]) source.next(value);
      expect(log).toEqual(['pause']);
      await first;
      await iterator.next();
      expect(log).toEqual(['pause', 'resume']);
      source.next(3);
      expect(log).toEqual(['pause', 'resume', 'pause']);
      await iterator.return?.();
      expect(log).toEqual(['pause', 'resume', 'pause', 'resume']);
    });

    it('bounds those who wait, too', async () => {
      const iterator = toAsyncIterable<number>({ capacity: 2 })(NEVER);
      const waiting = [iterator.next(), iterator.next()];
      await expect(iterator.next()).rejects.toThrow('toAsyncIterable: 2 wait for a value already');
      await iterator.return?.();
      await Promise.all(waiting);
    });

    it('refuses options that make no sense', () => {
      expect(() => toAsyncIterable({ capacity: -1 })).toThrow(
        'toAsyncIterable: capacity must be an integer ≥ 0, not -1',
      );
      expect(() => toAsyncIterable({ overflow: 'pause' })).toThrow(
        "toAsyncIterable: overflow 'pause' needs a pausable",
      );
    });
  });
});
