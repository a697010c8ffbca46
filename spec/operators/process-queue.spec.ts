import { describe, expect, it, jest } from '@jest/globals';
import { concat, EMPTY, finalize, map, NEVER, of, range, Subject, take, timer, type Observable } from 'rxjs';
import { processQueue, type Pausable, type ProcessQueueOptions } from '../../src/operators/index.js';
import { isOverflowError, isUsageError, OverflowError } from '../../src/protocol/errors.js';
import { marbles } from './marbles.js';

/** Work of 3 ms that answers with its value in capitals. */
const work = (value: string): Observable<string> => timer(3).pipe(map(() => value.toUpperCase()));
const overflow = (limit: number): OverflowError =>
  new OverflowError(`${limit} values wait already`, { attempted: 'processQueue', limit });

/** Values dropped, with their running number. */
const drops = (): { readonly log: string[]; readonly onDrop: (value: string, total: number) => void } => {
  const log: string[] = [];
  return { log, onDrop: (value, total) => log.push(`${total}:${value}`) };
};

describe('processQueue', () => {
  it('works on one value at a time, and drains the queue when the source completes', () => {
    marbles().run(({ hot, expectObservable }) => {
      expectObservable(hot('ab-c|').pipe(processQueue(work))).toBe('---A--B--(C|)');
    });
  });

  it('completes at once when nothing is under way', () => {
    marbles().run(({ hot, expectObservable }) => {
      expectObservable(hot('a------|').pipe(processQueue(work))).toBe('---A---|');
      expectObservable(hot('---|').pipe(processQueue(work))).toBe('---|');
      expectObservable(EMPTY.pipe(processQueue(work))).toBe('|');
    });
  });

  it('works on as many values as it is told', () => {
    marbles().run(({ hot, expectObservable }) => {
      expectObservable(hot('abc|').pipe(processQueue(work, { concurrency: 2 }))).toBe('---AB-(C|)');
    });
  });

  it('hands the index to the work, and takes promises and iterables', () => {
    const seen: number[] = [];
    const result: unknown[] = [];
    of('a', 'b')
      .pipe(
        processQueue((value, index) => {
          seen.push(index);
          return [value, value];
        }),
      )
      .subscribe((value) => result.push(value));
    expect([seen, result]).toEqual([
      [0, 1],
      ['a', 'a', 'b', 'b'],
    ]);
  });

  describe('overflow', () => {
    // a is worked on until 3, b and c wait, d and e find the queue full.
    const source = 'abcde-----|';
    const options: ProcessQueueOptions<string> = { capacity: 2 };

    it('error: errors, and leaves the source and the work', () => {
      marbles().run(({ hot, expectObservable, expectSubscriptions }) => {
        const values = hot('abcd------|');
        const job = hot('----------|');
        expectObservable(values.pipe(processQueue(() => job, options))).toBe('---#', undefined, overflow(2));
        expectSubscriptions(values.subscriptions).toBe('^--!');
        expectSubscriptions(job.subscriptions).toBe('^--!');
      });
    });

    it('error: is the default, at 1000', () => {
      const errors: unknown[] = [];
      range(0, 1_001)
        .pipe(processQueue(() => NEVER))
        .subscribe({ error: (error: unknown) => errors.push(error) })
        .unsubscribe();
      expect(errors).toEqual([]);
      range(0, 1_002)
        .pipe(processQueue(() => NEVER))
        .subscribe({ error: (error: unknown) => errors.push(error) });
      expect(errors).toEqual([overflow(1_000)]);
      expect(isOverflowError(errors[0]) && errors[0].limit).toBe(1_000);
    });

    it('drop-oldest: what has waited longest goes', () => {
      marbles().run(({ hot, expectObservable, flush }) => {
        const { log, onDrop } = drops();
        const result = hot('abcd-------|').pipe(
          processQueue(work, { ...options, capacity: 1, overflow: 'drop-oldest', onDrop }),
        );
        // At 3 the value comes before the work ends: b and c go, d is next.
        expectObservable(result).toBe('---A--D----|');
        flush();
        expect(log).toEqual(['1:b', '2:c']);
      });
    });

    it('drop-newest: the new value goes', () => {
      marbles().run(({ hot, expectObservable, flush }) => {
        const { log, onDrop } = drops();
        expectObservable(
          hot('abcd-------|').pipe(processQueue(work, { capacity: 1, overflow: 'drop-newest', onDrop })),
        ).toBe('---A--B----|');
        flush();
        expect(log).toEqual(['1:c', '2:d']);
      });
    });

    it('latest: only the newest waits', () => {
      marbles().run(({ hot, expectObservable, flush }) => {
        const { log, onDrop } = drops();
        expectObservable(hot(source).pipe(processQueue(work, { overflow: 'latest', onDrop }))).toBe('---A--D--E|');
        flush();
        expect(log).toEqual(['1:b', '2:c']);
      });
    });

    it.each(['drop-oldest', 'drop-newest'] as const)('%s: with a capacity of 0 nothing waits', (overflow) => {
      marbles().run(({ hot, expectObservable, flush }) => {
        const { log, onDrop } = drops();
        expectObservable(hot('ab---c|').pipe(processQueue(work, { capacity: 0, overflow, onDrop }))).toBe(
          '---A----(C|)',
        );
        flush();
        expect(log).toEqual(['1:b']);
      });
    });

    it('counts per subscription', () => {
      const { log, onDrop } = drops();
      const result = of('a', 'b').pipe(processQueue(() => NEVER, { capacity: 0, overflow: 'drop-newest', onDrop }));
      result.subscribe().unsubscribe();
      result.subscribe().unsubscribe();
      expect(log).toEqual(['1:b', '1:b']);
    });
  });

  describe('pause', () => {
    const pausable = (): Pausable & { readonly log: string[] } => {
      const log: string[] = [];
      return {
        log,
        pause: () => {
          log.push('pause');
          return true;
        },
        resume: () => {
          log.push('resume');
        },
      };
    };
    /** A source to push into, jobs to end by hand. */
    const busy = (options: ProcessQueueOptions<number>) => {
      const source = new Subject<number>();
      const jobs: Subject<number>[] = [];
      const seen: unknown[] = [];
      const subscription = source
        .pipe(
          processQueue(() => {
            const job = new Subject<number>();
            jobs.push(job);
            return job;
          }, options),
        )
        .subscribe({ next: (value) => seen.push(value), error: (error: unknown) => seen.push(error) });
      const push = (count: number): void => {
        for (let at = 0; at < count; at++) source.next(at);
      };
      const finish = (count: number): void => {
        for (let at = 0; at < count; at++) jobs.shift()?.complete();
      };
      return { push, finish, seen, subscription, source };
    };

    it('stops the source when the queue is half full, and lets it go on when three quarters are empty', () => {
      const link = pausable();
      const { push, finish, seen } = busy({ capacity: 12, overflow: 'pause', pausable: link });
      push(1 + 5);
      expect(link.log).toEqual([]);
      push(1);
      expect(link.log).toEqual(['pause']);
      push(2);
      finish(4);
      expect(link.log).toEqual(['pause']);
      finish(1);
      expect(link.log).toEqual(['pause', 'resume']);
      push(3);
      expect(link.log).toEqual(['pause', 'resume', 'pause']);
      expect(seen).toEqual([]);
    });

    it('takes in what still comes, up to the capacity', () => {
      const { push, seen } = busy({ capacity: 8, overflow: 'pause', pausable: pausable() });
      push(1 + 8);
      expect(seen).toEqual([]);
      push(1);
      expect(seen).toEqual([overflow(8)]);
    });

    it('does not stop for a value that is worked on at once', () => {
      const link = pausable();
      const { push, finish } = busy({ capacity: 1, overflow: 'pause', pausable: link });
      push(1);
      expect(link.log).toEqual([]);
      push(1);
      finish(1);
      expect(link.log).toEqual(['pause', 'resume']);
    });

    it.each([
      [
        'unsubscribed',
        ({ subscription }: ReturnType<typeof busy>) => {
          subscription.unsubscribe();
        },
      ],
      [
        'failed',
        ({ source }: ReturnType<typeof busy>) => {
          source.error(new Error('broken'));
        },
      ],
      [
        'overflown',
        ({ push }: ReturnType<typeof busy>) => {
          push(9);
        },
      ],
    ])('lets the source go on when %s', (_, end) => {
      const link = pausable();
      const running = busy({ capacity: 8, overflow: 'pause', pausable: link });
      running.push(6);
      expect(link.log).toEqual(['pause']);
      end(running);
      expect(link.log).toEqual(['pause', 'resume']);
    });

    it('errors where the platform cannot stop', () => {
      const { push, seen } = busy({
        capacity: 8,
        overflow: 'pause',
        pausable: { pause: () => false, resume: () => undefined },
      });
      push(1 + 4);
      expect(seen).toEqual([expect.any(Error)]);
      expect(isUsageError(seen[0])).toBe(true);
      expect(String(seen[0])).toContain('processQueue: the source cannot stop on this platform');
    });

    it('is refused at once where it is known that the platform cannot stop', () => {
      const source = { canPause: false, pause: () => false, resume: () => undefined };
      expect(() => processQueue(work, { overflow: 'pause', pausable: source })).toThrow(
        'processQueue: the source cannot stop on this platform',
      );
      expect(() => processQueue(work, { pausable: source })).not.toThrow();
    });

    it('needs something to stop', () => {
      expect(() => processQueue(work, { overflow: 'pause' })).toThrow(
        "processQueue: overflow 'pause' needs a pausable",
      );
    });
  });

  it('passes on an error of the source at once', () => {
    marbles().run(({ hot, expectObservable }) => {
      const broken = new Error('broken');
      expectObservable(hot('ab-c#', undefined, broken).pipe(processQueue(work))).toBe('---A#', undefined, broken);
    });
  });

  it('passes on an error of the work, and works no more', () => {
    marbles().run(({ cold, hot, expectObservable, expectSubscriptions, flush }) => {
      const broken = new Error('broken');
      const values = hot('ab-c--|');
      const calls: string[] = [];
      const failing = (value: string): Observable<never> => {
        calls.push(value);
        return cold('---#', undefined, broken);
      };
      expectObservable(values.pipe(processQueue(failing))).toBe('---#', undefined, broken);
      expectSubscriptions(values.subscriptions).toBe('^--!');
      flush();
      expect(calls).toEqual(['a']);
    });
  });

  it.each<[string, ProcessQueueOptions<number>, () => Observable<never>]>([
    [
      'the work',
      {},
      () => {
        throw new Error('bug');
      },
    ],
    [
      'onDrop',
      {
        capacity: 0,
        overflow: 'drop-newest',
        onDrop: () => {
          throw new Error('bug');
        },
      },
      () => NEVER,
    ],
  ])('errors with what %s throws', (_, options, job) => {
    const errors: unknown[] = [];
    of(1, 2)
      .pipe(processQueue<number, never>(job, options))
      .subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([new Error('bug')]);
  });

  it('leaves the source and the work when unsubscribed, and starts nothing more', () => {
    marbles().run(({ hot, expectObservable, expectSubscriptions, flush }) => {
      const values = hot('abc---|');
      const job = hot('----------|');
      const start = jest.fn(() => job);
      expectObservable(values.pipe(processQueue(start)), '----!').toBe('-----');
      expectSubscriptions(values.subscriptions).toBe('^---!');
      expectSubscriptions(job.subscriptions).toBe('^---!');
      flush();
      expect(start).toHaveBeenCalledTimes(1);
    });
  });

  it('leaves endless sources and work that do not yield', () => {
    const endless = range(0, Number.MAX_SAFE_INTEGER);
    const fromSource: number[] = [];
    endless
      .pipe(
        processQueue((value) => of(value)),
        take(3),
      )
      .subscribe((value) => fromSource.push(value));
    const fromWork: number[] = [];
    of(0)
      .pipe(
        processQueue(() => endless),
        take(3),
      )
      .subscribe((value) => fromWork.push(value));
    expect([fromSource, fromWork]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });

  it('tears work down before the next starts', () => {
    const order: string[] = [];
    const jobs: Subject<never>[] = [];
    of('a', 'b')
      .pipe(
        processQueue((value) => {
          order.push(`start ${value}`);
          const job = new Subject<never>();
          jobs.push(job);
          return job.pipe(finalize(() => order.push(`end ${value}`)));
        }),
      )
      .subscribe();
    jobs[0]?.complete();
    jobs[1]?.complete();
    expect(order).toEqual(['start a', 'end a', 'start b', 'end b']);
  });

  it('does not grow the stack with work that ends at once, nor with a source that its work feeds', () => {
    const source = new Subject<number>();
    let count = 0;
    const subscription = source
      .pipe(
        processQueue((value) => {
          count++;
          if (value > 0) source.next(value - 1);
          return EMPTY;
        }),
      )
      .subscribe();
    source.next(100_000);
    expect(count).toBe(100_001);
    subscription.unsubscribe();
  });

  it('counts what its own work feeds it, too', () => {
    const { log, onDrop } = drops();
    const source = new Subject<string>();
    const calls: string[] = [];
    const subscription = source
      .pipe(
        processQueue(
          (value) => {
            calls.push(value);
            if (value === 'a') for (const fed of ['b', 'c']) source.next(fed);
            return NEVER;
          },
          { concurrency: 2, capacity: 0, overflow: 'drop-newest', onDrop },
        ),
      )
      .subscribe();
    source.next('a');
    expect([calls, log]).toEqual([['a', 'b'], ['1:c']]);
    subscription.unsubscribe();
  });

  it('may be left from within the work or its result', () => {
    const source = new Subject<number>();
    const seen: number[] = [];
    const subscription = source.pipe(processQueue((value) => of(value))).subscribe((value) => {
      seen.push(value);
      subscription.unsubscribe();
      source.next(value + 1);
    });
    source.next(1);
    expect([seen, source.observed]).toEqual([[1], false]);
  });

  it('keeps undefined', () => {
    const seen: unknown[] = [];
    const go = new Subject<never>();
    of(undefined, undefined)
      .pipe(processQueue((value) => concat(of(value), go)))
      .subscribe((value) => seen.push(value));
    go.complete();
    expect(seen).toStrictEqual([undefined, undefined]);
  });

  it.each<[string, ProcessQueueOptions<string>]>([
    ['concurrency must be an integer ≥ 1, not 0', { concurrency: 0 }],
    ['concurrency must be an integer ≥ 1, not Infinity', { concurrency: Infinity }],
    ['capacity must be an integer ≥ 0, not -1', { capacity: -1 }],
    ['capacity must be an integer ≥ 0, not NaN', { capacity: Number.NaN }],
    ['capacity must be an integer ≥ 0, not Infinity', { capacity: Infinity }],
    ["overflow 'latest' has a capacity of 1", { overflow: 'latest', capacity: 5 }],
    // As from JavaScript.
    ['overflow must be error or drop-oldest or', { overflow: 'block' as 'error' }],
  ])('refuses: %s', (message, options) => {
    expect(() => processQueue(work, options)).toThrow(`processQueue: ${message}`);
  });
});
