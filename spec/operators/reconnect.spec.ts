import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  concat,
  defer,
  filter,
  finalize,
  ignoreElements,
  map,
  NEVER,
  type Observable,
  of,
  Subject,
  take,
  tap,
  throwError,
  type ObservableInput,
} from 'rxjs';
import { reconnect, type ReconnectPolicy, type ReconnectState } from '../../src/operators/index.js';
import { isUsageError } from '../../src/protocol/errors.js';
import { marbles } from './marbles.js';

const broken = new Error('broken');
/** No chance, round numbers. */
const steady = { initialDelayMs: 10, maxDelayMs: 1_000, stableAfterMs: 1_000, jitter: 'none' } as const;

type State = ReconnectState<string>;
const connecting = (attempt: number): State => ({ status: 'connecting', attempt });
const connected = (attempt: number, resource = 'a'): State => ({ status: 'connected', attempt, resource });
const waiting = (attempt: number, delayMs: number, cause: unknown = broken): State => ({
  status: 'waiting',
  attempt,
  delayMs,
  cause,
});

describe('reconnect', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('connects at once, and again after a delay when the resource breaks', () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  --a---#', undefined, broken);
      const expected = '             c-u---w 9ms d-v---#';
      const values = { c: connecting(1), u: connected(1), w: waiting(1, 10), d: connecting(2), v: connected(2) };
      expectObservable(source.pipe(reconnect({ ...steady, maxAttempts: 2 }))).toBe(expected, values, broken);
      expectSubscriptions(source.subscriptions).toBe(['^-----!', '16ms ^-----!']);
    });
  });

  it('doubles the delay up to the maximum, and gives up with the last error', () => {
    marbles().run(({ cold, expectObservable }) => {
      const errors = [1, 2, 3, 4].map((n) => new Error(String(n)));
      let attempt = 0;
      const source = defer(() => cold('-#', undefined, errors[attempt++]));
      const expected = 'aA 9ms bB 19ms cC 24ms d#';
      expectObservable(source.pipe(reconnect({ ...steady, maxDelayMs: 25, maxAttempts: 4 }))).toBe(
        expected,
        {
          a: connecting(1),
          A: waiting(1, 10, errors[0]),
          b: connecting(2),
          B: waiting(2, 20, errors[1]),
          c: connecting(3),
          C: waiting(3, 25, errors[2]),
          d: connecting(4),
        },
        errors[3],
      );
    });
  });

  it('waits at random up to the bound by default', () => {
    marbles().run(({ cold, expectObservable }) => {
      const random = () => 0.5;
      const source = cold('-#', undefined, broken);
      expectObservable(source.pipe(reconnect({ random, maxAttempts: 3 }))).toBe(
        'aA 249ms bB 499ms c#',
        { a: connecting(1), A: waiting(1, 250), b: connecting(2), B: waiting(2, 500), c: connecting(3) },
        broken,
      );
    });
  });

  it.each([0, 1])('tries nothing twice with maxAttempts %d', (maxAttempts) => {
    marbles().run(({ cold, expectObservable }) => {
      const source = cold('-a-#', undefined, broken);
      const result = source.pipe(reconnect({ ...steady, maxAttempts }));
      expectObservable(result).toBe('cu-#', { c: connecting(1), u: connected(1) }, broken);
    });
  });

  it('counts from the first failure again only when the resource stood long enough', () => {
    marbles().run(({ cold, expectObservable }) => {
      // Fails, stands for 49 ms, stands for 51 ms.
      const lives = ['#', 'a 48ms #', 'a 50ms #'];
      let attempt = 0;
      const source = defer(() => cold(lives[attempt++] ?? '-', undefined, broken));
      expectObservable(source.pipe(reconnect({ ...steady, stableAfterMs: 50 })), '250ms !').toBe(
        '(aA) 6ms (bu) 45ms B 19ms (cv) 47ms C 9ms d',
        {
          a: connecting(1),
          A: waiting(1, 10),
          b: connecting(2),
          u: connected(2),
          B: waiting(2, 20),
          c: connecting(3),
          v: connected(3),
          C: waiting(1, 10),
          d: connecting(2),
        },
      );
    });
  });

  it('measures that from the first value of the resource, not from the last, nor from the dialling', () => {
    marbles().run(({ cold, expectObservable }) => {
      const lives = ['60ms a 9ms #', 'a 39ms b 10ms #'];
      let attempt = 0;
      const source = defer(() => cold(lives[attempt++] ?? '-', undefined, broken));
      expectObservable(source.pipe(reconnect({ ...steady, stableAfterMs: 50 })), '145ms !').toBe(
        'a 59ms u 9ms A 9ms (bv) 36ms w 10ms B 9ms c',
        {
          a: connecting(1),
          u: connected(1),
          A: waiting(1, 10),
          b: connecting(2),
          v: connected(2),
          w: connected(2, 'b'),
          B: waiting(1, 10),
          c: connecting(2),
        },
      );
    });
  });

  it('does not let what was lost count as stable later', () => {
    marbles().run(({ cold, expectObservable }) => {
      // The first would have stood for 50 ms while the third stands.
      const lives = ['ab---#', 'ab---#', 'a 24ms #'];
      let attempt = 0;
      const source = defer(() => cold(lives[attempt++] ?? '-', undefined, broken));
      const counts = source.pipe(
        reconnect({ ...steady, stableAfterMs: 50 }),
        filter(({ status }) => status === 'waiting'),
        map((state) => state.attempt),
      );
      expectObservable(counts, '100ms !').toBe('-----a 14ms b 44ms c', { a: 1, b: 2, c: 3 });
    });
  });

  it.each([Infinity, 2 ** 40])('is never stable with stableAfterMs %d', (stableAfterMs) => {
    // A platform's timer fires at once when asked for so much; that of a TestScheduler does not.
    jest.useFakeTimers();
    const source = new Subject<string>();
    const subscription = source.pipe(reconnect({ ...steady, stableAfterMs })).subscribe();
    source.next('a');
    expect(jest.getTimerCount()).toBe(0);
    subscription.unsubscribe();
  });

  it('completes with the source', () => {
    marbles().run(({ cold, expectObservable }) => {
      expectObservable(cold('-a-|').pipe(reconnect(steady))).toBe('cu-|', {
        c: connecting(1),
        u: connected(1),
      });
    });
  });

  it('takes the resource down when unsubscribed', () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-----');
      expectObservable(source.pipe(reconnect(steady)), '---!').toBe('cu', { c: connecting(1), u: connected(1) });
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('stops a wait when unsubscribed', () => {
    marbles().run(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = cold('-#', undefined, broken);
      const wake$ = hot('-');
      expectObservable(source.pipe(reconnect({ ...steady, wake$ })), '---!').toBe('cw', {
        c: connecting(1),
        w: waiting(1, 10),
      });
      expectSubscriptions(source.subscriptions).toBe('^!');
      expectSubscriptions(wake$.subscriptions).toBe('-^-!');
    });
  });

  it('does not dial when `connecting` makes the consumer leave', () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a');
      expectObservable(source.pipe(reconnect(steady), take(1))).toBe('(c|)', { c: connecting(1) });
      expectSubscriptions(source.subscriptions).toBe([]);
    });
  });

  it('keeps its count per subscription', () => {
    marbles().run(({ cold, hot, expectObservable }) => {
      const result = cold('-#', undefined, broken).pipe(reconnect({ ...steady, maxAttempts: 2 }));
      const values = { c: connecting(1), w: waiting(1, 10), d: connecting(2) };
      expectObservable(result).toBe('cw 9ms d#', values, broken);
      expectObservable(concat(hot('-----|'), result)).toBe('5ms cw 9ms d#', values, broken);
    });
  });

  describe('sources that are at once', () => {
    const statesOf = (source: Observable<string>): string[] => {
      const seen: string[] = [];
      source
        .pipe(
          reconnect({ ...steady, maxAttempts: 1 }),
          tap({
            next: ({ status }) => seen.push(status),
            error: () => seen.push('error'),
            complete: () => seen.push('complete'),
          }),
        )
        .subscribe({ error: () => undefined });
      return seen;
    };

    it('emit and complete', () => {
      expect(statesOf(of('a'))).toEqual(['connecting', 'connected', 'complete']);
    });

    it('fail', () => {
      expect(statesOf(throwError(() => broken))).toEqual(['connecting', 'error']);
    });

    it('are stable at once when nothing is asked of stability', () => {
      marbles().run(({ cold, expectObservable }) => {
        const source = cold('a----#', undefined, broken);
        expectObservable(source.pipe(reconnect({ ...steady, stableAfterMs: 0 })), '26ms !').toBe('(cu)-w 9ms (dv)-x', {
          c: connecting(1),
          u: connected(1),
          w: waiting(1, 10),
          d: connecting(2),
          v: connected(2),
          x: waiting(1, 10),
        });
      });
    });
  });

  it.each([
    ['at once', throwError(() => broken)],
    [
      'later',
      concat(
        of('a'),
        throwError(() => broken),
      ),
    ],
  ])('tears down what broke %s before it says so', (_, source) => {
    const order: string[] = [];
    const subscription = source
      .pipe(
        finalize(() => order.push('torn down')),
        reconnect(steady),
      )
      .subscribe(({ status }) => order.push(status));
    subscription.unsubscribe();
    expect(order.slice(-2)).toEqual(['torn down', 'waiting']);
  });

  it('holds nothing of the past, however often it was repeated', () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-#', undefined, broken);
      const delayMs = (attempt: number): number | undefined => (attempt < 1_000 ? 1 : undefined);
      const result = source.pipe(reconnect({ delayMs }), ignoreElements());
      // A failure a millisecond after each attempt, and the next attempt a millisecond later.
      expectObservable(result).toBe('1999ms #', undefined, broken);
      expectSubscriptions(source.subscriptions).toBe(
        Array.from({ length: 1_000 }, (_, at) => (at === 0 ? '^!' : `${at * 2}ms ^!`)),
      );
    });
  });

  describe('isFatal', () => {
    it('stops with the error', () => {
      marbles().run(({ cold, expectObservable }) => {
        const source = cold('-#', undefined, broken);
        const isFatal = (error: unknown): boolean => error === broken;
        expectObservable(source.pipe(reconnect({ ...steady, isFatal }))).toBe('c#', { c: connecting(1) }, broken);
      });
    });

    it('is told the error of the failure before, so that the same one twice may be fatal', () => {
      marbles().run(({ cold, expectObservable }) => {
        const other = new Error('other');
        const lives: [string, Error][] = [
          ['-#', broken],
          ['-#', other],
          ['-#', other],
        ];
        let attempt = 0;
        const source = defer(() => {
          const [life, error] = lives[attempt++] ?? ['-', broken];
          return cold(life, undefined, error);
        });
        const isFatal = (error: unknown, previous: unknown): boolean => error === previous;
        expectObservable(source.pipe(reconnect({ ...steady, isFatal }))).toBe(
          'aA 9ms bB 19ms c#',
          {
            a: connecting(1),
            A: waiting(1, 10, broken),
            b: connecting(2),
            B: waiting(2, 20, other),
            c: connecting(3),
          },
          other,
        );
      });
    });

    it('forgets that error when the resource stood', () => {
      marbles().run(({ cold, expectObservable }) => {
        const source = cold('a 99ms #', undefined, broken);
        const isFatal = (error: unknown, previous: unknown): boolean => error === previous;
        expectObservable(source.pipe(reconnect({ ...steady, stableAfterMs: 50, isFatal })), '215ms !').toBe(
          '(cu) 96ms w 9ms (dv) 96ms x',
          {
            c: connecting(1),
            u: connected(1),
            w: waiting(1, 10),
            d: connecting(2),
            v: connected(2),
            x: waiting(1, 10),
          },
        );
      });
    });

    it('may throw: that is the error', () => {
      marbles().run(({ cold, expectObservable }) => {
        const bug = new Error('bug');
        const isFatal = (): boolean => {
          throw bug;
        };
        expectObservable(cold('-#').pipe(reconnect({ isFatal }))).toBe('c#', { c: connecting(1) }, bug);
      });
    });
  });

  describe('delayMs', () => {
    it('takes the place of the backoff, until it is undefined', () => {
      marbles().run(({ cold, expectObservable }) => {
        const source = cold('-#', undefined, broken);
        const delayMs = (attempt: number, error: unknown): number | undefined =>
          error === broken && attempt < 3 ? attempt * 3 : undefined;
        expectObservable(source.pipe(reconnect({ delayMs }))).toBe(
          'aA--bB-----c#',
          { a: connecting(1), A: waiting(1, 3), b: connecting(2), B: waiting(2, 6), c: connecting(3) },
          broken,
        );
      });
    });

    it.each([Number.NaN, -1])('errors when it is %d', (wrong) => {
      let error: unknown;
      throwError(() => broken)
        .pipe(reconnect({ delayMs: () => wrong }))
        .subscribe({ error: (found: unknown) => (error = found) });
      expect(isUsageError(error)).toBe(true);
      expect(String(error)).toContain(`delayMs must be a number ≥ 0, not ${wrong}`);
    });

    it('waits as long as a timer can when it is Infinity', () => {
      jest.useFakeTimers();
      const seen: State[] = [];
      const subscription = throwError(() => broken)
        .pipe(reconnect({ delayMs: () => Infinity }))
        .subscribe((state) => seen.push(state));
      jest.advanceTimersByTime(1_000_000);
      expect(seen).toEqual([connecting(1), waiting(1, Infinity)]);
      subscription.unsubscribe();
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  describe('wake$', () => {
    it('ends the present wait, and is watched only meanwhile', () => {
      marbles().run(({ cold, hot, expectObservable, expectSubscriptions }) => {
        const source = cold('  -----#', undefined, broken);
        const wake$ = hot('            -x----x-xx');
        const expected = '             a----Ab----B 19ms c';
        const values = { a: connecting(1), A: waiting(1, 10), b: connecting(2), B: waiting(2, 20), c: connecting(3) };
        expectObservable(source.pipe(reconnect({ ...steady, wake$ })), '32ms !').toBe(expected, values);
        expectSubscriptions(wake$.subscriptions).toBe(['-----^!', '11ms ^ 19ms !']);
      });
    });

    it.each<[string, ObservableInput<unknown>]>([
      ['emits on being subscribed to', of(1)],
      ['is a list', [1, 2]],
      ['completes', of()],
      ['errors', throwError(() => new Error('of no matter'))],
      ['is silent', NEVER],
    ])('changes nothing when it %s', (_, wake$) => {
      marbles().run(({ cold, expectObservable }) => {
        const source = cold('-#', undefined, broken);
        expectObservable(source.pipe(reconnect({ ...steady, wake$, maxAttempts: 2 }))).toBe(
          'cw 9ms d#',
          { c: connecting(1), w: waiting(1, 10), d: connecting(2) },
          broken,
        );
      });
    });

    it('may come from whoever sees `waiting`', () => {
      const wake$ = new Subject<void>();
      const seen: string[] = [];
      const subscription = concat(
        of('a'),
        throwError(() => broken),
      )
        .pipe(reconnect({ ...steady, wake$ }), take(7))
        .subscribe(({ status, attempt }) => {
          seen.push(`${status} ${attempt}`);
          // Not waiting yet: `waiting` is emitted before the wait begins.
          if (status === 'waiting') wake$.next();
        });
      expect(seen).toEqual(['connecting 1', 'connected 1', 'waiting 1']);
      wake$.next();
      expect(seen).toEqual(['connecting 1', 'connected 1', 'waiting 1', 'connecting 2', 'connected 2', 'waiting 2']);
      subscription.unsubscribe();
      expect(wake$.observed).toBe(false);
    });
  });

  it.each<[string, ReconnectPolicy]>([
    ['initialDelayMs must be a number ≥ 0, not -1', { initialDelayMs: -1 }],
    ['maxDelayMs must be a number ≥ 0, not NaN', { maxDelayMs: Number.NaN }],
    ['factor must be a number ≥ 1, not 0.5', { factor: 0.5 }],
    ['maxAttempts must be a number ≥ 0, not NaN', { maxAttempts: Number.NaN }],
    ['stableAfterMs must be a number ≥ 0, not -5', { stableAfterMs: -5 }],
    // As from JavaScript.
    ['jitter must be full or none, not some', { jitter: 'some' as 'full' }],
    ['initialDelayMs must be a number ≥ 0, not 5', { initialDelayMs: '5' as unknown as number }],
  ])('refuses: %s', (message, policy) => {
    expect(() => reconnect(policy)).toThrow(`reconnect: ${message}`);
  });
});
