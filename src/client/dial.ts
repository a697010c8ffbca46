import { canPause } from '#websocket';
import { defer, Observable, Subscription, switchMap, take, throwIfEmpty } from 'rxjs';
import { emitted } from '../auth/credential.js';
import { ConnectionRefusedError, isRxWampError, TimeoutError, type RxWampError } from '../protocol/errors.js';
import { after } from '../session/after.js';
import { join, type JoinOptions } from '../session/join.js';
import type { Session } from '../session/session.js';
import type { Link } from '../transports/link.js';
import type { Transport } from '../transports/transport.js';
import { webSocketTransport } from '../transports/websocket.js';
import { DEFAULT_HANDSHAKE_TIMEOUT_MS, DEFAULT_SERIALIZERS, type WampClientOptions } from './options.js';

/**
 * Makes the transport of an attempt, for each of the routers there are; a URL that is a function is asked afresh each time.
 *
 * @throws {UsageError} at once, when a URL that is no function is malformed or a serializer is offered twice.
 */
export function transports({
  url,
  transport,
  serializers = DEFAULT_SERIALIZERS(),
  maxMessageBytes,
  handshakeTimeoutMs = DEFAULT_HANDSHAKE_TIMEOUT_MS,
}: WampClientOptions): readonly (() => Transport)[] {
  if (transport !== undefined) return [typeof transport === 'function' ? transport : () => transport];
  const over = (to: string): Transport =>
    webSocketTransport({ url: to, serializers, maxMessageBytes, openTimeoutMs: handshakeTimeoutMs });
  if (typeof url === 'function') {
    const asked = defer(() => emitted(url())).pipe(
      take(1),
      throwIfEmpty(() => new ConnectionRefusedError('the url function gave none', { attempted: 'connect' })),
      switchMap(over),
    );
    return [() => asked];
  }
  return (typeof url === 'string' ? [url] : (url ?? [])).map((to) => {
    const dialed = over(to);
    return () => dialed;
  });
}

/** Whether what is dialed may be able to stop reading: what a transport of the user can is seen when it has connected. */
export const mayPause = ({ transport }: WampClientOptions): boolean => transport !== undefined || canPause;

/**
 * One attempt at a session: dials, joins, and hangs up when unsubscribed.
 *
 * @returns emits the session once; completes when we left it; errors when it could not be had or was lost.
 */
export const openSession = (transport: Transport, options: JoinOptions): Observable<Session> =>
  new Observable<Session>((subscriber) => {
    const { timeoutMs } = options;
    const opening = new Subscription();
    const refuse = (error: unknown): void => {
      // Once a link is up it says itself how it ends.
      if (!opening.closed) subscriber.error(asRefusal(error));
    };
    const stay = (link: Link): void => {
      opening.unsubscribe();
      subscriber.add(
        join(link, options).subscribe({
          next: (session) => {
            subscriber.next(session);
          },
          error: (error: unknown) => {
            subscriber.error(asRefusal(error));
          },
          complete: () => {
            subscriber.complete();
          },
        }),
      );
    };
    subscriber.add(
      transport.subscribe({
        next: stay,
        error: refuse,
        complete: () => {
          refuse(
            new ConnectionRefusedError('the transport ended before a connection came about', { attempted: 'connect' }),
          );
        },
      }),
    );
    subscriber.add(opening);
    opening.add(
      after(timeoutMs).subscribe(() => {
        refuse(new TimeoutError(timeoutMs, { attempted: 'connect' }));
      }),
    );
  });

/** Also what a user's function failed with, as one of our errors. */
const asRefusal = (error: unknown): RxWampError =>
  isRxWampError(error)
    ? error
    : new ConnectionRefusedError(error instanceof Error ? error.message : 'no connection came about', {
        attempted: 'connect',
        cause: error,
      });
