import { describe, expect, it } from '@jest/globals';
import { concat, defer, lastValueFrom, of, throwError } from 'rxjs';
import { retryCall, type RetryCallOptions } from '../../src/operators/index.js';
import {
  ClientClosedError,
  ConnectionLostError,
  ConnectionRefusedError,
  OverflowError,
  SerializationError,
  TimeoutError,
  UsageError,
  WampError,
} from '../../src/protocol/errors.js';
import { marbles } from './marbles.js';

const call = { attempted: 'CALL', on: 'com.app.add' };
const refused = new ConnectionRefusedError('nobody there', call);
const lost = new ConnectionLostError('gone', call);
const steady = { initialDelayMs: 10, jitter: 'none' } as const;

const passing = [
  lost,
  new TimeoutError(5, call),
  new WampError('wamp.error.unavailable'),
  new WampError('wamp.error.no_available_callee'),
  new WampError('wamp.error.network_failure'),
  new WampError('wamp.error.timeout'),
  new WampError('wamp.error.canceled'),
];
const unsent = [refused, new OverflowError('1000 wait for a connection already', { ...call, limit: 1_000 })];
const noSuchProcedure = new WampError('wamp.error.no_such_procedure');
const lasting = [
  new ConnectionRefusedError('no such realm', { ...call, fatal: true }),
  new OverflowError('too large', { attempted: 'receive', limit: 1 }),
  new WampError('com.app.error.div_by_zero'),
  new WampError('wamp.error.not_authorized'),
  new ClientClosedError('closed', call),
  new SerializationError('a function', call),
  new UsageError('wamp.error.invalid_uri', 'no URI', call),
  new Error('a bug'),
  undefined,
];

/** Whether a call that fails with this error is made a second time. */
const isRepeated = (error: unknown, options: RetryCallOptions): boolean => {
  let calls = 0;
  marbles().run(({ cold, flush }) => {
    defer(() => {
      calls++;
      return cold('-#', undefined, error);
    })
      .pipe(retryCall({ ...steady, ...options, maxAttempts: 2 }))
      .subscribe({ error: () => undefined });
    flush();
  });
  return calls === 2;
};
const repeated = (errors: readonly unknown[], options: RetryCallOptions = {}): unknown[] =>
  errors.filter((error) => isRepeated(error, options));

describe('retryCall', () => {
  it('repeats what was never sent', () => {
    expect(repeated(unsent)).toEqual(unsent);
  });

  it('repeats what may have been carried out only when that does no harm', () => {
    expect(repeated(passing)).toEqual([]);
    expect(repeated(passing, { idempotent: true })).toEqual(passing);
  });

  it('repeats a call of what nobody has registered only when told to', () => {
    expect(repeated([noSuchProcedure], { idempotent: true })).toEqual([]);
    expect(repeated([noSuchProcedure], { unregistered: true })).toEqual([noSuchProcedure]);
  });

  it('never repeats what a repetition cannot mend', () => {
    expect(repeated(lasting, { idempotent: true, unregistered: true })).toEqual([]);
  });

  it('lets isRetryable decide instead', () => {
    const isRetryable = (error: unknown): boolean => error === noSuchProcedure;
    expect(repeated([...unsent, ...passing, noSuchProcedure], { idempotent: true, isRetryable })).toEqual([
      noSuchProcedure,
    ]);
  });

  it('gives up after three calls, with the last error', () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-#', undefined, refused);
      expectObservable(source.pipe(retryCall(steady))).toBe('- 10ms - 20ms -#', undefined, refused);
      expectSubscriptions(source.subscriptions).toBe(['^!', '11ms ^!', '32ms ^!']);
    });
  });

  it('makes one call with maxAttempts 1', () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-#', undefined, refused);
      expectObservable(source.pipe(retryCall({ maxAttempts: 1 }))).toBe('-#', undefined, refused);
      expectSubscriptions(source.subscriptions).toBe('^!');
    });
  });

  it('waits at random up to the bound, 5 s at most', () => {
    marbles().run(({ cold, expectObservable }) => {
      const source = cold('-#', undefined, refused);
      const options = { initialDelayMs: 8_000, random: () => 0.5, maxAttempts: 2 };
      expectObservable(source.pipe(retryCall(options))).toBe('- 2500ms -#', undefined, refused);
    });
  });

  it('passes results through, of the call that succeeded', () => {
    marbles().run(({ cold, expectObservable }) => {
      let calls = 0;
      const source = defer(() => (calls++ === 0 ? cold('-#', undefined, refused) : cold('-a-b|')));
      expectObservable(source.pipe(retryCall(steady))).toBe('- 10ms -a-b|');
    });
  });

  it('does not repeat a call that has emitted', () => {
    marbles().run(({ cold, expectObservable }) => {
      const source = cold('-a-#', undefined, refused);
      expectObservable(source.pipe(retryCall({ ...steady, isRetryable: () => true }))).toBe('-a-#', undefined, refused);
    });
  });

  it('… unless it is idempotent: then its results start over', () => {
    marbles().run(({ cold, expectObservable }) => {
      const source = cold('-a-#', undefined, lost);
      expectObservable(source.pipe(retryCall({ ...steady, idempotent: true, maxAttempts: 2 }))).toBe(
        '-a- 10ms -a-#',
        undefined,
        lost,
      );
    });
  });

  it('stops a wait when unsubscribed', () => {
    marbles().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-#', undefined, refused);
      expectObservable(source.pipe(retryCall(steady)), '-----!').toBe('------');
      expectSubscriptions(source.subscriptions).toBe('^!');
    });
  });

  it('starts anew with each subscription', async () => {
    let calls = 0;
    const result = defer(() =>
      calls++ === 0
        ? concat(
            of('a'),
            throwError(() => lost),
          )
        : of('b'),
    ).pipe(retryCall(steady));
    await expect(lastValueFrom(result)).rejects.toBe(lost);
    await expect(lastValueFrom(result)).resolves.toBe('b');
  });

  it('errors with what isRetryable throws', () => {
    marbles().run(({ cold, expectObservable }) => {
      const bug = new Error('bug');
      const isRetryable = (): boolean => {
        throw bug;
      };
      expectObservable(cold('-#').pipe(retryCall({ isRetryable }))).toBe('-#', undefined, bug);
    });
  });

  it.each<[string, RetryCallOptions]>([
    ['maxAttempts must be an integer ≥ 1, not 0', { maxAttempts: 0 }],
    ['maxAttempts must be an integer ≥ 1, not 1.5', { maxAttempts: 1.5 }],
    ['initialDelayMs must be a number ≥ 0, not NaN', { initialDelayMs: Number.NaN }],
  ])('refuses: %s', (message, options) => {
    expect(() => retryCall(options)).toThrow(`retryCall: ${message}`);
  });

  it('takes Infinity for maxAttempts', () => {
    expect(() => retryCall({ maxAttempts: Infinity })).not.toThrow();
  });
});
