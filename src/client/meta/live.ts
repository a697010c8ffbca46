import { catchError, distinctUntilChanged, EMPTY, map, NEVER, Observable, startWith, switchMap, tap } from 'rxjs';
import { isClientClosedError, isConnectionLostError, OverflowError } from '../../protocol/errors.js';
import type { Uri } from '../../protocol/message.js';
import type { MetaClient } from './ask.js';

/** Most entries of a live view. */
export const MAX_LIVE = 100_000;
/** Most changes kept back while its snapshot is fetched. */
export const MAX_EARLY = 10_000;

/** What a live view is made of. */
export interface LiveSource<State extends object, Change> {
  /** What errors name. */
  readonly on: Uri;
  /** What happens, in order, for as long as the client is not closed. */
  readonly changes$: Observable<Change>;
  /** How things stand; each subscription asks. */
  readonly snapshot$: Observable<State>;
  /** The state after a change, which may be in it already: the very same state when it changes nothing. */
  readonly apply: (state: State, change: Change) => State;
  readonly size: (state: State) => number;
  /** Something happened that no event tells: the snapshot is fetched again. Default: never. */
  readonly unheard$?: Observable<unknown>;
}

/** The error of a view with more entries than are kept, or more changes than are kept back. */
export const tooMany = (on: Uri, what: 'entries' | 'changes' = 'entries'): OverflowError => {
  const limit = what === 'entries' ? MAX_LIVE : MAX_EARLY;
  return new OverflowError(`more than ${limit} ${what}`, { attempted: 'SUBSCRIBE', on, limit });
};

/**
 * A state that is kept by events. Events are subscribed to first and kept back until the snapshot is here, in every session
 * anew: what happened in between is applied to it, and may be in it already. SUBSCRIBE goes out before the CALL that asks;
 * routers take the messages of a session in that order.
 */
export const live = <State extends object, Change>(
  client: MetaClient,
  { on, changes$, snapshot$, apply, size, unheard$ = NEVER }: LiveSource<State, Change>,
): Observable<State> =>
  new Observable((subscriber) => {
    let state: State | undefined;
    let early: Change[] = [];
    const emit = (next: State): void => {
      if (next === state) return;
      state = next;
      if (size(next) > MAX_LIVE) subscriber.error(tooMany(on));
      else subscriber.next(next);
    };
    subscriber.add(
      changes$.subscribe({
        next: (change) => {
          if (state !== undefined) emit(apply(state, change));
          else if (early.push(change) > MAX_EARLY) subscriber.error(tooMany(on, 'changes'));
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
      }),
    );
    subscriber.add(
      client.state$
        .pipe(
          map((connection) => (connection.status === 'connected' ? connection.session : undefined)),
          distinctUntilChanged(),
          switchMap((session) =>
            unheard$.pipe(
              map(() => session),
              startWith(session),
            ),
          ),
          // Between two sessions anything may have happened. What came before the session was announced is in its snapshot.
          tap(() => {
            state = undefined;
            early = [];
          }),
          switchMap((session) => (session === undefined ? EMPTY : snapshot$.pipe(catchError(unlessOver)))),
        )
        .subscribe({
          next: (snapshot) => {
            const changes = early;
            early = [];
            emit(changes.reduce(apply, snapshot));
          },
          error: (error: unknown) => {
            subscriber.error(error);
          },
        }),
    );
  });

/** With the session the snapshot is lost, too; the next one has its own, and a closed client ends the events. */
const unlessOver = (error: unknown): Observable<never> => {
  if (isConnectionLostError(error) || isClientClosedError(error)) return EMPTY;
  throw error;
};
