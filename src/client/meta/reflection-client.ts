import { catchError, defer, filter, ignoreElements, map, merge, type Observable } from 'rxjs';
import * as ErrorUri from '../../protocol/error-uris.js';
import { UsageError } from '../../protocol/errors.js';
import type { Dict, List, Uri } from '../../protocol/message.js';
import type { InterfaceKind } from '../../protocol/reflection.js';
import type { WampClient } from '../client.js';
import { isError } from '../quirks.js';
import type { ConnectionState } from '../state.js';
import { ask, hear, type MetaClient } from './ask.js';

/** What reflection needs of a client. */
export type ReflectionClient = MetaClient & Pick<WampClient, 'state' | 'connect'>;

/** What is asked about: a broker reflects topics, a dealer procedures, and either of them errors and what concerns all. */
type About = InterfaceKind | 'all';

const supportsIt = (state: ConnectionState, about: About): boolean => {
  if (state.status !== 'connected') return true;
  const { supports } = state.session;
  return (
    (about !== 'procedure' && supports('broker', 'reflection')) ||
    (about !== 'topic' && supports('dealer', 'reflection'))
  );
};

const unsupported = (attempted: string, on: Uri): UsageError =>
  new UsageError(ErrorUri.FEATURE_NOT_SUPPORTED, 'the router does not announce reflection', { attempted, on });

/**
 * Refuses what the router that there is does not announce.
 *
 * @throws {UsageError} with `wamp.error.feature_not_supported`.
 */
export function checkReflection({ state }: ReflectionClient, about: About, on: Uri): void {
  if (!supportsIt(state, about)) throw unsupported('CALL', on);
}

/** Calls a procedure of reflection. Without a connection the router that there will be is asked, and then says whether it has it. */
export const reflect = <T>(
  client: ReflectionClient,
  about: About,
  procedure: Uri,
  args: List,
  read: (said: unknown, args: List) => T | undefined,
): Observable<T> =>
  defer(() => {
    checkReflection(client, about, procedure);
    return ask(client, procedure, args, read);
  }).pipe(
    catchError((error: unknown) => {
      if (isError(error, ErrorUri.NO_SUCH_PROCEDURE)) checkReflection(client, about, procedure);
      throw error;
    }),
  );

/** A topic of reflection: errors as soon as there is a router that does not announce it. */
export const hearReflection = <T>(
  client: ReflectionClient,
  topic: Uri,
  read: (args: List, kwargs: Dict) => T | undefined,
): Observable<T> =>
  merge(
    client.state$.pipe(
      filter((state) => !supportsIt(state, 'all')),
      map(() => {
        throw unsupported('SUBSCRIBE', topic);
      }),
      ignoreElements(),
    ),
    hear(client, topic, read),
  );
