import { catchError, EMPTY, from, map, merge, mergeMap, throwError, toArray, type Observable } from 'rxjs';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { Id } from '../../protocol/message.js';
import type { MetaClient } from './ask.js';
import type { SessionDetails, SessionLeft } from './details.js';
import { live, MAX_LIVE, tooMany } from './live.js';
import { isError } from '../quirks.js';

/** How many sessions are asked for at once. */
const CONCURRENT = 32;
const ON_JOIN = 'wamp.session.on_join';

/** The sessions of a realm. */
export type Sessions = ReadonlyMap<Id, SessionDetails>;

/** What is told of sessions. */
export interface SessionSource {
  readonly joined$: Observable<SessionDetails>;
  readonly left$: Observable<SessionLeft>;
  readonly list$: Observable<readonly Id[]>;
  readonly get: (session: Id) => Observable<SessionDetails>;
  /** Sessions left of which no event tells. */
  readonly leftUnheard$: Observable<unknown>;
}

interface Change {
  readonly session: Id;
  /** Undefined: it left. */
  readonly details?: SessionDetails;
}

/** The sessions of a realm as they come and go. */
export const liveSessions = (
  client: MetaClient,
  { joined$, left$, list$, get, leftUnheard$ }: SessionSource,
): Observable<Sessions> => {
  const describe = (id: Id): Observable<SessionDetails> =>
    get(id).pipe(
      // It left since; its event is on the way.
      catchError((error: unknown) => (isError(error, ErrorUri.NO_SUCH_SESSION) ? EMPTY : throwError(() => error))),
    );
  return live<Sessions, Change>(client, {
    on: ON_JOIN,
    changes$: merge(
      joined$.pipe(map((details) => ({ session: details.session, details }))),
      left$.pipe(map(({ session }) => ({ session }))),
    ),
    snapshot$: list$.pipe(
      mergeMap((ids) => (ids.length > MAX_LIVE ? throwError(() => tooMany(ON_JOIN)) : from(ids))),
      mergeMap(describe, CONCURRENT),
      toArray(),
      map((sessions) => new Map(sessions.map((details) => [details.session, details]))),
    ),
    apply: (sessions, { session, details }) => {
      if (details === undefined && !sessions.has(session)) return sessions;
      const changed = new Map(sessions);
      if (details === undefined) changed.delete(session);
      else changed.set(session, details);
      return changed;
    },
    size: ({ size }) => size,
    unheard$: leftUnheard$,
  });
};
