import { Observable } from 'rxjs';

/**
 * The values of an async iterable. Unlike with RxJS's `from`, unsubscribing ends the iteration (`return()`) at once, and
 * not when the next value comes: so a stream is closed and a listener removed also where nothing more would come.
 */
export const asyncValues = <T>(values: AsyncIterable<T>): Observable<T> =>
  new Observable<T>((subscriber) => {
    const iterator = values[Symbol.asyncIterator]();
    let done = false;
    const pull = async (): Promise<void> => {
      while (!subscriber.closed) {
        const step = await iterator.next();
        if (step.done === true) {
          done = true;
          subscriber.complete();
        } else {
          subscriber.next(step.value);
        }
      }
    };
    pull().catch((error: unknown) => {
      done = true;
      subscriber.error(error);
    });
    return () => {
      const end = async (): Promise<unknown> => (done ? undefined : iterator.return?.());
      // Nobody is left to hear how it ended.
      end().catch(() => undefined);
    };
  });

/** Whether it can be read with `for await`. */
export const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** Whether it can be awaited to effect. */
export const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
