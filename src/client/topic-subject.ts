import { map, type Observable } from 'rxjs';
import { isRxWampError, SerializationError, type RxWampError } from '../protocol/errors.js';
import type { Uri } from '../protocol/message.js';
import type { WampEvent } from '../session/event.js';
import type { PublishOptions } from './publishing.js';
import type { TopicOptions } from './topic-options.js';

/** Options of `subject`: those of `topic` and of `publish`. */
export interface SubjectOptions {
  readonly subscribe?: TopicOptions;
  readonly publish?: PublishOptions;
}

/** A topic as both ends of a stream: `next` publishes a value, `subscribe` gets the values others publish. */
export type TopicSubject<T> = Observable<T> & {
  next(value: T): void;
  error(error: unknown): void;
  complete(): void;
};

/**
 * A topic as a subject of values. `next(value)` publishes it as the one argument; `complete` ends publishing here and
 * says nothing to others; `error` does the same and reports what it was given.
 */
export function topicSubject<T>(
  uri: Uri,
  events$: Observable<WampEvent>,
  publish: (value: T) => void,
  fault: (error: RxWampError) => void,
): TopicSubject<T> {
  let stopped = false;
  // What a topic carries is the contract's word, or the caller's; the wire cannot tell.
  const values$ = events$.pipe(map(({ value }) => value as T));
  return Object.assign(values$, {
    next: (value: T): void => {
      if (!stopped) publish(value);
    },
    error: (error: unknown): void => {
      stopped = true;
      fault(
        isRxWampError(error)
          ? error
          : new SerializationError('the source of a topic’s values failed', {
              attempted: 'PUBLISH',
              on: uri,
              cause: error,
            }),
      );
    },
    complete: (): void => {
      stopped = true;
    },
  });
}
