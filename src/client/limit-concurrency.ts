import { finalize, from, isObservable, type ObservableInput } from 'rxjs';
import { checkCount } from '../operators/options.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { WampError } from '../protocol/errors.js';
import { isAsyncIterable, isPromise } from '../session/async-values.js';

/** Options of {@link limitConcurrency}. */
export interface ConcurrencyOptions {
  /** How many invocations are worked on at a time. */
  readonly concurrency: number;
  /** How many more may wait for their turn. Default: 1,000. */
  readonly capacity?: number;
}

/**
 * A handler that is called for so many invocations at a time and no more; others wait for their turn, in order. One that comes
 * when too many wait already is answered with `wamp.error.unavailable`, which a router with `call_reroute` takes to another
 * callee. One that is cancelled while it waits is forgotten. Its turn ends with its Promise, or with its stream.
 *
 * @throws {UsageError} at once, when an option makes no sense.
 * @example
 * wamp.register('com.example.render', limitConcurrency(render, { concurrency: 4, capacity: 100 })).subscribe();
 */
export function limitConcurrency<I extends { readonly signal: AbortSignal }, R>(
  handler: (invocation: I) => R,
  { concurrency, capacity = 1_000 }: ConcurrencyOptions,
): (invocation: I) => R | Promise<Awaited<R>> {
  checkCount('limitConcurrency', 'concurrency', concurrency, 1);
  checkCount('limitConcurrency', 'capacity', capacity, 0);
  let running = 0;
  /** Who waits, oldest first. */
  const waiting = new Set<() => void>();

  const done = (): void => {
    running--;
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next);
    next();
  };
  const run = (invocation: I): R => {
    running++;
    let isDone = false;
    const once = (): void => {
      if (isDone) return;
      isDone = true;
      done();
    };
    try {
      return watched(handler(invocation), invocation.signal, once);
    } catch (error) {
      once();
      throw error;
    }
  };

  return (invocation) => {
    if (running < concurrency) return run(invocation);
    if (waiting.size >= capacity)
      throw new WampError(ErrorUri.UNAVAILABLE, { args: [`${concurrency} run and ${capacity} wait already`] });
    const { signal } = invocation;
    return new Promise<Awaited<R>>((resolve, reject) => {
      const start = (): void => {
        signal.removeEventListener('abort', forget);
        try {
          // A handler's Promise is waited for, its stream is followed.
          resolve(run(invocation) as Awaited<R>);
        } catch (error) {
          reject(error instanceof Error ? error : new WampError(ErrorUri.RUNTIME_ERROR, { args: [String(error)] }));
        }
      };
      const forget = (): void => {
        waiting.delete(start);
        reject(new WampError(ErrorUri.CANCELED));
      };
      waiting.add(start);
      signal.addEventListener('abort', forget, { once: true });
    });
  };
}

/** What a handler gave back, which tells when it has ended. Its type stays: a stream is one still, as is a Promise. */
function watched<R>(outcome: R, signal: AbortSignal, ended: () => void): R {
  if (isObservable(outcome) || isAsyncIterable(outcome)) {
    // A stream that nobody listens to, as its invocation is over, has ended too.
    if (signal.aborted) ended();
    else signal.addEventListener('abort', ended, { once: true });
    return from(outcome as ObservableInput<unknown>).pipe(finalize(ended)) as R;
  }
  if (!isPromise(outcome)) {
    ended();
    return outcome;
  }
  return outcome.then(
    (value) => watched(value, signal, ended),
    (error: unknown) => {
      ended();
      throw error;
    },
  ) as R;
}
