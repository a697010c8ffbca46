import { Observable } from 'rxjs';
import { ConnectionLostError, isRxWampError, ProtocolViolationError, type RxWampError } from '../protocol/errors.js';
import type { Welcome } from '../protocol/message.js';
import type { Link } from '../transports/link.js';
import { handshake, type HandshakeOptions } from './handshake.js';
import { heartbeat, type HeartbeatOptions } from './heartbeat.js';
import { sessionInfo } from './session-info.js';
import { Session, type SessionSettings } from './session.js';

/** What a session is joined and kept with. */
export interface JoinOptions extends HandshakeOptions, SessionSettings {
  /** Undefined: silence is not watched for. */
  readonly heartbeat: HeartbeatOptions | undefined;
  /** The heartbeat asks at once when it emits. */
  readonly hurry$?: Observable<unknown> | undefined;
  /** Told how long each answer to the heartbeat took. */
  readonly roundTrip?: ((ms: number) => void) | undefined;
}

/**
 * Joins a realm over a link and stays in it. Unsubscribing hangs up without GOODBYE; `session.leave` says it.
 *
 * @returns emits the {@link Session} once it is established; completes when we left; errors with what {@link handshake}
 * errors with, and later with `ConnectionLostError` or `ProtocolViolationError` when the session is lost.
 */
export function join(link: Link, options: JoinOptions): Observable<Session> {
  return new Observable<Session>((subscriber) => {
    let session: Session | undefined;
    const established = ([, id, details]: Welcome): void => {
      const joined = new Session(sessionInfo(id, details, options.realm, link.protocol), link, options, (end) => {
        if (end.how === 'left') subscriber.complete();
        else subscriber.error(end.error);
      });
      session = joined;
      const receiving = link.subscribe({
        next: (message) => {
          joined.receive(message);
        },
        error: (error: unknown) => {
          const known = asKnown(error);
          if (known.name === 'ConnectionLostError') joined.lost(known);
          else joined.violated(known);
        },
        complete: () => {
          joined.lost(new ConnectionLostError('the router closed the connection', { attempted: 'session' }));
        },
      });
      subscriber.add(receiving);
      if (options.heartbeat !== undefined) {
        subscriber.add(
          heartbeat(link, options.heartbeat, joined, options.hurry$).subscribe({
            next: (ms) => options.roundTrip?.(ms),
            error: (error: unknown) => {
              // The end of the link is our doing.
              receiving.unsubscribe();
              link.terminate();
              joined.lost(asKnown(error));
            },
          }),
        );
      }
      subscriber.next(joined);
    };
    subscriber.add(
      handshake(link, options).subscribe({
        next: established,
        error: (error: unknown) => {
          subscriber.error(error);
        },
      }),
    );
    return () => {
      link.complete();
      session?.lost(new ConnectionLostError('the client hung up', { attempted: 'session' }));
    };
  });
}

/** What a link errors with is one of ours; anything else would be its bug, and ends the session like one. */
const asKnown = (error: unknown): RxWampError =>
  isRxWampError(error) ? error : new ProtocolViolationError('the link failed', { attempted: 'receive', cause: error });
