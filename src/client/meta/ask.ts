import { map, mergeMap, type Observable } from 'rxjs';
import { ProtocolViolationError } from '../../protocol/errors.js';
import type { Dict, List, Uri } from '../../protocol/message.js';
import type { PayloadInput } from '../../protocol/payload.js';
import type { WampClient } from '../client.js';

/** What the meta API needs of a client. */
export type MetaClient = Pick<WampClient, 'call' | 'topic' | 'state$'>;

/** What a router said, in the form that is promised; undefined when it is nothing of the kind. */
export type Reader<T> = (said: unknown) => T | undefined;

/**
 * Calls a meta procedure. Errors with `ProtocolViolationError` when its result is nothing of the kind, and as `call` does.
 */
export const ask = <T>(
  client: MetaClient,
  procedure: Uri,
  payload: PayloadInput,
  read: (said: unknown, args: List) => T | undefined,
): Observable<T> =>
  client.call(procedure, payload).pipe(
    map(({ args }) => {
      const answer = read(args[0], args);
      if (answer !== undefined) return answer;
      throw new ProtocolViolationError('the result is not what the meta API says', {
        attempted: 'CALL',
        on: procedure,
      });
    }),
  );

/** Calls a meta procedure whose result says nothing, or what only some routers say. */
export const tell = (client: MetaClient, procedure: Uri, payload: PayloadInput): Observable<void> =>
  client.call(procedure, payload).pipe(map(() => undefined));

/** A meta topic. What is no such event is passed over: some routers let every client publish there. */
export const hear = <T>(
  client: MetaClient,
  topic: Uri,
  read: (args: List, kwargs: Dict) => T | undefined,
): Observable<T> =>
  client.topic(topic).pipe(
    mergeMap(({ args, kwargs }) => {
      const heard = read(args, kwargs);
      return heard === undefined ? [] : [heard];
    }),
  );
