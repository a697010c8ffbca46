import { catchError, distinctUntilChanged, map, merge, mergeMap, of, throwError, type Observable } from 'rxjs';
import type { Id, Uri } from '../../protocol/message.js';
import type { MatchPolicy } from '../../protocol/uri.js';
import type { MetaClient } from './ask.js';
import type { Created, Member, SubscriptionDetails } from './details.js';
import { live } from './live.js';
import { isError } from '../quirks.js';

/** What the members of a subscription or registration are known by. */
export interface MemberSource {
  readonly created$: Observable<Created<SubscriptionDetails>>;
  readonly joined$: Observable<Member>;
  readonly left$: Observable<Member>;
  readonly deleted$: Observable<Member>;
  readonly lookup$: Observable<Id | null>;
  readonly members: (id: Id) => Observable<readonly Id[]>;
  /** The error for an id that there is not. */
  readonly noSuch: Uri;
}

interface State {
  /** Null: there is no such subscription or registration now. */
  readonly id: Id | null;
  readonly members: ReadonlySet<Id>;
}

type Change = (state: State) => State;

const NOBODY: ReadonlySet<Id> = new Set();
const NONE: State = { id: null, members: NOBODY };

/** The sessions that share a subscription or registration, as they come and go; nobody, while there is none. */
export const liveMembers = (
  client: MetaClient,
  on: Uri,
  match: MatchPolicy,
  { created$, joined$, left$, deleted$, lookup$, members, noSuch }: MemberSource,
): Observable<ReadonlySet<Id>> =>
  live<State, Change>(client, {
    on,
    changes$: merge(
      created$.pipe(map(({ details }) => created(details, on, match))),
      joined$.pipe(map(joined)),
      left$.pipe(map(left)),
      deleted$.pipe(map(deleted)),
    ),
    snapshot$: lookup$.pipe(
      mergeMap((id) =>
        id === null
          ? of(NONE)
          : members(id).pipe(
              map((sessions) => ({ id, members: new Set(sessions) })),
              // It went since; what came in its place is among the events.
              catchError((error: unknown) => (isError(error, noSuch) ? of(NONE) : throwError(() => error))),
            ),
      ),
    ),
    apply: (state, change) => change(state),
    size: ({ members: { size } }) => size,
  }).pipe(
    map((state) => state.members),
    distinctUntilChanged((before, now) => before === now || before.size + now.size === 0),
  );

const created =
  ({ id, uri, match, nkey }: SubscriptionDetails, on: Uri, wanted: MatchPolicy): Change =>
  (state) =>
    // Those of a node alone are others, which `lookup` does not find either.
    uri === on && match === wanted && nkey === undefined && id !== state.id ? { id, members: NOBODY } : state;

const joined =
  ({ session, id }: Member): Change =>
  (state) =>
    id !== state.id || state.members.has(session) ? state : { id, members: new Set([...state.members, session]) };

const left =
  ({ session, id }: Member): Change =>
  (state) =>
    id !== state.id || !state.members.has(session)
      ? state
      : { id, members: new Set([...state.members].filter((one) => one !== session)) };

const deleted =
  ({ id }: Member): Change =>
  (state) =>
    id === state.id ? NONE : state;
