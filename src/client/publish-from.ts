import { filter, firstValueFrom, isObservable, Observable, Subject, takeUntil } from 'rxjs';
import { checkCount } from '../operators/options.js';
import type { QueueOptions } from '../operators/bounded-queue.js';
import { toAsyncIterable } from '../operators/to-async-iterable.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { UsageError } from '../protocol/errors.js';
import type { List, Uri } from '../protocol/message.js';
import { isPayload, type PayloadInput } from '../protocol/payload.js';
import type { Publication, PublishOptions } from './publishing.js';

/** What {@link publishFrom} publishes with: a `WampClient` is one. */
export interface Publisher {
  readonly writable$: Observable<boolean>;
  readonly isWritable: boolean;
  /** Connects, if nothing has made it connect yet. */
  connect?(): void;
  publish(topic: Uri, payload: PayloadInput, options?: PublishOptions): Observable<Publication>;
}

/** Options of {@link publishFrom}. */
export interface PublishFromOptions<T> extends QueueOptions<T> {
  /** PUBLISH.Options. With `acknowledge` the result emits each publication. */
  readonly publish?: PublishOptions;
  /** How many acknowledgements are waited for at a time, at most. Default: 1,000. */
  readonly maxUnacknowledged?: number;
}

/**
 * Publishes the values of a source no faster than they leave: waits for a connection, and for the socket to drain, instead
 * of letting them pile up. A value is the one argument; a `payload(…)` is several.
 *
 * From an iterable or async iterable it takes the next value when there is room for it. An Observable cannot be made to wait: its
 * values wait in a bounded queue of `capacity`, and `overflow` says what goes when that is full (default: the result errors with
 * `OverflowError`).
 *
 * Cold. It emits the publications when they are acknowledged, where that was asked for, and completes when the source has ended and all is
 * handed over and acknowledged. It errors with the error of the source, what `publish` errors with, and `ClientClosedError` when
 * the client is closed. Unsubscribing leaves the source.
 *
 * @throws {UsageError} at once, when an option makes no sense.
 * @example
 * publishFrom(wamp, 'com.example.line', readline.createInterface({ input: createReadStream('big.log') })).subscribe({
 *   complete: () => console.log('all sent'),
 * });
 */
export function publishFrom<T>(
  wamp: Publisher,
  topic: Uri,
  source: Observable<T> | AsyncIterable<T> | Iterable<T>,
  options: PublishFromOptions<T> = {},
): Observable<Publication> {
  const { publish = {}, maxUnacknowledged = 1_000, ...queue } = options;
  checkCount('publishFrom', 'maxUnacknowledged', maxUnacknowledged, 1);
  if (!isObservable(source) && (queue.capacity !== undefined || queue.overflow !== undefined))
    throw new UsageError(ErrorUri.INVALID_ARGUMENT, 'only the values of an Observable wait in a queue', {
      attempted: 'publishFrom',
      on: topic,
    });
  const iterableOf = toAsyncIterable<T>(queue);

  return new Observable<Publication>((subscriber) => {
    wamp.connect?.();
    let unacknowledged = 0;
    let acknowledged: () => void = () => undefined;
    const send = (value: T): void => {
      const input: PayloadInput = isPayload(value) ? value : ([value] as List);
      unacknowledged++;
      subscriber.add(
        wamp.publish(topic, input, publish).subscribe({
          next: (publication) => {
            subscriber.next(publication);
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
          complete: () => {
            unacknowledged--;
            acknowledged();
          },
        }),
      );
    };
    const left$ = new Subject<void>();
    const untilRoom = async (): Promise<void> => {
      const room$ = wamp.writable$.pipe(filter(Boolean), takeUntil(left$));
      if (!wamp.isWritable) await firstValueFrom(room$, { defaultValue: true });
      while (unacknowledged >= maxUnacknowledged) await new Promise<void>((resolve) => (acknowledged = resolve));
    };
    const values = iteratorOf(isObservable(source) ? iterableOf(source) : source);
    const pump = async (): Promise<void> => {
      for (;;) {
        await untilRoom();
        if (subscriber.closed) return;
        const step = await values.next();
        if (step.done === true) break;
        send(step.value);
      }
      acknowledged = () => {
        if (unacknowledged === 0) subscriber.complete();
      };
      acknowledged();
    };
    pump().catch((error: unknown) => {
      subscriber.error(error);
    });
    return () => {
      left$.next();
      // Nobody is left to hear how it ended.
      const end = async (): Promise<unknown> => values.return?.();
      end().catch(() => undefined);
    };
  });
}

const iteratorOf = <T>(values: AsyncIterable<T> | Iterable<T>): AsyncIterator<T> | Iterator<T> =>
  Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
