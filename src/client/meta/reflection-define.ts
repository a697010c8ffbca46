import {
  catchError,
  defer,
  distinctUntilChanged,
  EMPTY,
  ignoreElements,
  map,
  Observable,
  retry,
  switchMap,
  throwError,
  timer,
} from 'rxjs';
import { backoffDelayMs } from '../../operators/backoff.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import { ClientClosedError, isClientClosedError, isConnectionLostError, UsageError } from '../../protocol/errors.js';
import type { Uri } from '../../protocol/message.js';
import { ALREADY_DEFINED, isInterfaceKind, type InterfaceDefinition } from '../../protocol/reflection.js';
import { isReserved, isUri } from '../../protocol/uri.js';
import type { SessionInfo } from '../../session/session-info.js';
import { isError } from '../quirks.js';
import { tell } from './ask.js';
import { checkReflection, type ReflectionClient } from './reflection-client.js';
import type { InterfaceChange } from './reflection-details.js';

const DEFINE = 'wamp.reflect.define';

/** What each client holds defined, by kind and URI: a session has one definition of each, so a second holder would end the first. */
const held = new WeakMap<ReflectionClient, Set<string>>();

/** Defines something for as long as somebody is subscribed, in every session anew. */
export const define = (
  client: ReflectionClient,
  { kind, uri }: InterfaceChange,
  definition: InterfaceDefinition,
): Observable<InterfaceChange> =>
  new Observable((subscriber) => {
    const key = `${kind} ${uri}`;
    const keys = held.get(client) ?? new Set();
    const refusal = refusalOf(client, { kind, uri }, keys.has(key));
    if (refusal !== undefined) {
      subscriber.error(refusal);
      return;
    }
    held.set(client, keys.add(key));
    /** The session in which it is defined, or about to be. */
    let definedIn: SessionInfo | undefined;
    let sessions = 0;

    const defineIn = (session: SessionInfo): Observable<InterfaceChange> => {
      const isFirst = sessions++ === 0;
      return defer(() => {
        checkReflection(client, kind, DEFINE);
        definedIn = session;
        return tell(client, DEFINE, [kind, uri, definition]);
      }).pipe(
        retry({
          // It is most likely our own session before that still holds it.
          delay: (error: unknown, attempts) =>
            !isFirst && isError(error, ALREADY_DEFINED) ? timer(backoffDelayMs(attempts)) : throwError(() => error),
        }),
        map(() => ({ kind, uri })),
        catchError((error: unknown) => {
          definedIn = undefined;
          // The next session has a definition of its own, and the end of the client ends this.
          if (isConnectionLostError(error) || isClientClosedError(error)) return EMPTY;
          throw error;
        }),
      );
    };

    client.connect();
    subscriber.add(
      client.state$
        .pipe(
          map((state) => {
            if (state.status === 'connected') return state.session;
            if (state.status === 'closed' && state.cause !== undefined) throw state.cause;
            return undefined;
          }),
          distinctUntilChanged(),
          switchMap((session) => (session === undefined ? EMPTY : defineIn(session))),
        )
        .subscribe(subscriber),
    );
    subscriber.add(() => {
      keys.delete(key);
      const { state } = client;
      if (definedIn === undefined || state.status !== 'connected' || state.session !== definedIn) return;
      // Its answer concerns nobody any more.
      tell(client, DEFINE, [kind, uri, null])
        .pipe(
          ignoreElements(),
          catchError(() => EMPTY),
        )
        .subscribe();
    });
  });

function refusalOf(
  { state }: ReflectionClient,
  { kind, uri }: InterfaceChange,
  isHeld: boolean,
): ClientClosedError | UsageError | undefined {
  const refuse = (error: Uri, what: string): UsageError =>
    new UsageError(error, what, { attempted: 'CALL', on: DEFINE });
  if (state.status === 'closed') {
    const { cause } = state;
    const what = cause === undefined ? 'the client was closed' : `the client was closed: ${cause.message}`;
    return new ClientClosedError(what, { attempted: 'CALL', on: DEFINE, cause });
  }
  if (!isInterfaceKind(kind)) return refuse(ErrorUri.INVALID_ARGUMENT, 'the kind must be procedure, topic or error');
  if (typeof uri !== 'string' || !isUri(uri)) return refuse(ErrorUri.INVALID_URI, 'not a well-formed URI');
  if (isReserved(uri)) return refuse(ErrorUri.INVALID_URI, 'the namespace wamp is the router’s own');
  if (isHeld) return refuse(ALREADY_DEFINED, `this client defines the ${kind} ${uri} already`);
  return undefined;
}
