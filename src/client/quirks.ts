import { catchError, map, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import * as ErrorUri from '../protocol/error-uris.js';
import { isWampError, WampError } from '../protocol/errors.js';
import { isId } from '../protocol/id.js';
import { isDict } from '../protocol/dict.js';
import type { Dict, Id, List, Uri } from '../protocol/message.js';
import type { CancelMode } from '../session/caller.js';
import type { SessionInfo } from '../session/session-info.js';
import { NO_ARGS, NO_KWARGS } from '../protocol/payload.js';
import type { Killed, SessionDetails, SessionLeft, StoredEvent } from './meta/details.js';
import { count, ids, text } from './meta/readers.js';

/*
 * Where routers in the field do otherwise than the spec says: each with its one form, and its reason, here. They are told apart
 * by what they announce and say; by the name in `agent` only where there is nothing else, as not all of them give it.
 *
 * What needs no code of its own, because it is taken either way: any reason in GOODBYE (D1), a RESULT or an ERROR after
 * `kill` (D4), `progress: false` and a `procedure` where there need be none (D7), gaps in invocation ids (D8), a list
 * of kwargs left out or null, members beyond the spec's (D18, D35, D37), WELCOME without a realm (D34), the end of the socket
 * in place of an ABORT (D23), answers to unknown ids (D31, D32), `call_cancelling` for `call_canceling` (S2). Ids always
 * go out as integers (D39), ABORT with three elements (D25), and every empty list of receivers is refused (D21).
 */

/**
 * The mode of CANCEL, or none at all: Crossbar.io answers `skip` with nothing (D2), and a router that does not announce
 * canceling may take CANCEL for a violation. In each case the call is settled here, and what still comes for it is dropped.
 */
export const cancelModeFor = ({ supports }: Announcing, mode: CancelMode): CancelMode | undefined =>
  supports('dealer', 'call_canceling') ? mode : undefined;

/** The `timeout` in CALL.Options, or none: Crossbar.io, which does not announce it, takes it for seconds (D5). The client keeps the time in any case. */
export const timeoutFor = ({ supports }: Announcing, timeout: number): Dict =>
  timeout > 0 && supports('dealer', 'call_timeout') ? { timeout } : {};

/** Whether the `timeout` of an INVOCATION is milliseconds for the callee to keep: Crossbar.io forwards seconds (D5). */
export const keepsTime = ({ supports }: Announcing): boolean => supports('dealer', 'call_timeout');

/** Whether the broker can be asked for past events: Crossbar.io, which does not announce it, can where its configuration keeps them. */
export const keepsHistory = ({ supports, agent }: Announcing): boolean =>
  supports('broker', 'event_history') || agent?.startsWith('Crossbar') === true;

type Announcing = Pick<SessionInfo, 'supports' | 'agent'>;

/** Whether it is this ERROR. */
export const isError = (error: unknown, uri: Uri): error is WampError => isWampError(error) && error.uri === uri;

/** `lookup`, `match`: none is null in the spec, 0 in nexus. */
export const idOrNone = (said: unknown): Id | null | undefined => {
  if (said === undefined || said === null || said === 0) return null;
  return isId(said) ? said : undefined;
};

/** `wamp.subscription.match`: none is null in the spec; an empty list or 0 is as clear. */
export const idsOrNone = (said: unknown): readonly Id[] | undefined => (idOrNone(said) === null ? [] : ids(said));

/** `kill_by_…`: the spec has a list here and a count there, nexus counts, Crossbar.io lists. */
export function killed(said: unknown): Killed | undefined {
  const sessions = ids(said);
  const killed = sessions?.length ?? count(said);
  return killed === undefined ? undefined : { count: killed, sessions };
}

/** `on_join`, `get`: some routers tell more than the spec does, and a member may be null. */
export function sessionDetails(said: unknown): SessionDetails | undefined {
  if (!isDict(said)) return undefined;
  const { session, authid, authrole, authmethod, authprovider } = said;
  if (!isId(session)) return undefined;
  return {
    ...said,
    session,
    authid: text(authid),
    authrole: text(authrole),
    authmethod: text(authmethod),
    authprovider: text(authprovider),
  };
}

/** `list`: fox-wamp gives the ids as the results themselves. */
export const sessionIds = (said: unknown, args: List): readonly Id[] | undefined => ids(said) ?? ids(args);

/** `on_join`: fox-wamp tells it by keyword. */
export const sessionJoined = ([details]: List, kwargs: Dict): SessionDetails | undefined =>
  sessionDetails(details ?? kwargs);

/** `on_leave`: Crossbar.io tells the id alone. */
export const sessionLeft = ([session, authid, authrole]: List): SessionLeft | undefined =>
  isId(session) ? { session, authid: text(authid), authrole: text(authrole) } : undefined;

/** `count_subscribers`: nexus has it under a misspelt name, … */
export const orMisspelt = (misspelt: Observable<number>): MonoTypeOperatorFunction<number> =>
  catchError((error: unknown) => {
    if (!isError(error, ErrorUri.NO_SUCH_PROCEDURE)) throw error;
    return misspelt.pipe(
      catchError((again: unknown) => {
        throw isError(again, ErrorUri.NO_SUCH_PROCEDURE) ? error : again;
      }),
    );
  });

/** … and says there that an unknown subscription were an unknown session. */
export const noSuchSubscription = (): MonoTypeOperatorFunction<number> =>
  catchError((error: unknown) => {
    if (!isError(error, ErrorUri.NO_SUCH_SESSION)) throw error;
    const { args, kwargs, details: said, attempted, on } = error;
    throw new WampError(
      ErrorUri.NO_SUCH_SUBSCRIPTION,
      { args, kwargs, details: said },
      { attempted, on, cause: error },
    );
  });

/** `list_subscribers`: in nexus a subscription that nobody has is an error, as one that there is not; `get` tells them apart. */
export const orEmpty = (get: Observable<unknown>): MonoTypeOperatorFunction<readonly Id[]> =>
  catchError((error: unknown) => {
    if (!isError(error, ErrorUri.NO_SUCH_SUBSCRIPTION)) throw error;
    return get.pipe(
      map(() => []),
      catchError(() => {
        throw error;
      }),
    );
  });

/** `get_events`: Crossbar.io gives the events as one list instead of as the results themselves. */
export const unwrapEvents = (args: List): List => {
  const [first] = args;
  // A list can only be that of the events; each event is a dict.
  return args.length === 1 && Array.isArray(first) ? (first as List) : args;
};

/** `get_events`: nexus has names of its own for the members of an event. Undefined when it is none. */
export function eventPayload(
  stored: unknown,
): { readonly publication: Id; readonly details: Dict; readonly args: List; readonly kwargs: Dict } | undefined {
  const entry = isDict(stored) ? stored : {};
  const publication = entry['publication'] ?? entry['Publication'];
  if (!isId(publication)) return undefined;
  const details = entry['details'] ?? entry['Details'];
  const args = entry['args'] ?? entry['Arguments'];
  const kwargs = entry['kwargs'] ?? entry['ArgumentsKw'];
  return {
    publication,
    details: isDict(details) ? details : NO_KWARGS,
    args: Array.isArray(args) ? args : NO_ARGS,
    kwargs: isDict(kwargs) ? kwargs : NO_KWARGS,
  };
}

/** `get_events`: Crossbar.io has the newest first, in an order that cannot be chosen. Undefined when one of them is no event. */
export function storedEvents(args: List, subscription: Id, reverse: boolean): readonly StoredEvent[] | undefined {
  const stored = unwrapEvents(args);
  const events = stored.map((one) => storedEvent(one, subscription)).filter((event) => event !== undefined);
  if (events.length < stored.length) return undefined;
  const newestFirst = stored.some((one) => isDict(one) && 'time_ns' in one);
  return newestFirst && !reverse ? events.reverse() : events;
}

/** `get_events`: Crossbar.io tells the time in nanoseconds, and topic and publisher beside the payload. */
function storedEvent(stored: unknown, subscription: Id): StoredEvent | undefined {
  const event = eventPayload(stored);
  if (event === undefined || !isDict(stored)) return undefined;
  const { timestamp, time_ns, topic, session_id, authid, authrole } = stored;
  const publisher = { publisher: session_id, publisher_authid: authid, publisher_authrole: authrole };
  const told = Object.entries(publisher).filter(([, value]) => value !== undefined && value !== null);
  const said: Dict = { ...Object.fromEntries(told), ...event.details };
  return {
    ...event,
    details: said,
    subscription,
    timestamp: text(timestamp) ?? fromNanoseconds(time_ns),
    topic: text(said['topic']) ?? text(topic),
  };
}

/** The last moment that a Date can hold, in ms since the epoch. */
const MAX_TIME_MS = 8.64e15;

function fromNanoseconds(time: unknown): string | undefined {
  if (typeof time !== 'number' && typeof time !== 'bigint') return undefined;
  const milliseconds = Number(time) / 1e6;
  return Math.abs(milliseconds) <= MAX_TIME_MS ? new Date(milliseconds).toISOString() : undefined;
}
