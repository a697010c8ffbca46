import { describe, expect, it } from '@jest/globals';
import { concat, map, NEVER, of, Subject, timer, type Observable } from 'rxjs';
import { batchWhileBusy } from '../../src/operators/index.js';
import { OverflowError } from '../../src/protocol/errors.js';
import { marbles } from './marbles.js';

const work = (batch: readonly string[]): Observable<string> => timer(4).pipe(map(() => batch.join('')));

describe('batchWhileBusy', () => {
  it('works on a value at once, then on all that came meanwhile', () => {
    marbles().run(({ hot, expectObservable }) => {
      expectObservable(hot('abcd----------e|').pipe(batchWhileBusy(10, work))).toBe('----x---y---------(z|)', {
        x: 'a',
        y: 'bcd',
        z: 'e',
      });
    });
  });

  it('takes at most max, the oldest first, and drains when the source completes', () => {
    marbles().run(({ hot, expectObservable }) => {
      expectObservable(hot('(abcdef)|').pipe(batchWhileBusy(2, work))).toBe('----x---y---z---(w|)', {
        x: 'a',
        y: 'bc',
        z: 'de',
        w: 'f',
      });
    });
  });

  it('hands the index of the batch to the work', () => {
    const seen: unknown[] = [];
    const go = new Subject<never>();
    of(1, 2, 3)
      .pipe(batchWhileBusy(5, (batch, index) => concat(of([index, ...batch]), go)))
      .subscribe((value) => seen.push(value));
    go.complete();
    expect(seen).toEqual([
      [0, 1],
      [1, 2, 3],
    ]);
  });

  it('bounds what waits', () => {
    const errors: unknown[] = [];
    of(1, 2, 3, 4)
      .pipe(batchWhileBusy(5, () => NEVER, { capacity: 2 }))
      .subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([new OverflowError('2 values wait already', { attempted: 'batchWhileBusy', limit: 2 })]);
  });

  it('stops a source that can be stopped until the batch is taken', () => {
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
    const go = new Subject<never>();
    const subscription = concat(of(1, 2, 3), NEVER)
      .pipe(batchWhileBusy(5, () => go, { capacity: 4, overflow: 'pause', pausable }))
      .subscribe();
    expect(log).toEqual(['pause']);
    go.complete();
    expect(log).toEqual(['pause', 'resume']);
    subscription.unsubscribe();
    expect(log).toEqual(['pause', 'resume']);
  });

  it('refuses a max that is none', () => {
    expect(() => batchWhileBusy(0, work)).toThrow('batchWhileBusy: max must be an integer ≥ 1, not 0');
  });
});
