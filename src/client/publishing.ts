import { AsyncSubject, EMPTY, Observable } from 'rxjs';
import { checkChoice } from '../operators/options.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { isRxWampError, SerializationError, UsageError, type RxWampError } from '../protocol/errors.js';
import type { Dict, Id, Uri } from '../protocol/message.js';
import { toPayload, type PayloadInput } from '../protocol/payload.js';
import type { Session } from '../session/session.js';
import { checkFeatures, checkRequest } from './checks.js';
import type { Connection } from './connection.js';
import type { Outbox } from './outbox.js';

/** Options of `publish`: they travel as PUBLISH.Options. */
export interface PublishOptions {
  /** Whether the broker answers with the publication's id. Default: false. */
  readonly acknowledge?: boolean;
  /** Whether the publisher's own session is left out. Default: true. */
  readonly exclude_me?: boolean;
  /** Sessions, authids, authroles that do not get it. Needs the router's `subscriber_blackwhite_listing`, as do the five below. */
  readonly exclude?: readonly Id[];
  readonly exclude_authid?: readonly string[];
  readonly exclude_authrole?: readonly string[];
  /** Sessions, authids, authroles that alone get it. None of these may be empty: routers take that for everybody. */
  readonly eligible?: readonly Id[];
  readonly eligible_authid?: readonly string[];
  readonly eligible_authrole?: readonly string[];
  /** Whether subscribers learn who published. Default: false. Needs `publisher_identification`. */
  readonly disclose_me?: boolean;
  /** Whether the broker keeps it for later subscribers who ask with `get_retained`. Default: false. Needs `event_retention`. */
  readonly retain?: boolean;
  /**
   * The resource it is about: of those who subscribed with an `nkey` one node gets it, equal keys the same node while the nodes are
   * the same. Who subscribed without gets it as always. `exclude` and its like hold within that node: none stands in for it. That is
   * our reading: the spec gives no rule. 1 to 4,096 characters. Default: none, and all nodes get it. Needs `sharded_subscription`.
   *
   * @see WAMP spec, Sharded Subscription
   */
  readonly rkey?: string;
  /**
   * What becomes of it while there is no connection. `'wait'`: it waits in the outbox. `'latest'`: so it does, in place of one to
   * the same topic, and with the same `rkey`, that waits as latest. `'drop'`: it is dropped at once. What is dropped errors with `OverflowError`, and is
   * counted in the client's `outbox`. Default: `'wait'`.
   */
  readonly offline?: 'wait' | 'latest' | 'drop';
  /** Custom options of the router's, sent as they are. */
  readonly [custom: `_${string}` | `x_${string}`]: unknown;
}

/** The broker's acknowledgement. */
export interface Publication {
  readonly id: Id;
  readonly topic: Uri;
}

/** What publishing works with. */
export interface PublishContext {
  readonly connection: Connection;
  readonly outbox: Outbox;
  /** Where an error goes that nobody waits for. */
  readonly fault: (error: RxWampError) => void;
}

/**
 * Publishes now, or as soon as there is a connection.
 *
 * @see the `publish` method of the client, which documents it
 */
export function publishEvent(
  { connection, outbox, fault }: PublishContext,
  topic: Uri,
  payload: PayloadInput | undefined,
  options: PublishOptions,
): Observable<Publication> {
  const { offline = 'wait', ...given } = options;
  const wire: Dict = given;
  let answer$: AsyncSubject<Publication> | undefined;
  let heard = false;
  const fail = (error: unknown): void => {
    const known = isRxWampError(error)
      ? error
      : new SerializationError('the publication could not be sent', { attempted: 'PUBLISH', on: topic, cause: error });
    answer$ ??= new AsyncSubject<Publication>();
    answer$.error(known);
    // Who publishes has not had the time to listen yet, when it fails at once.
    queueMicrotask(() => {
      if (!heard) fault(known);
    });
  };
  const answer = (): Observable<Publication> => {
    if (answer$ === undefined) return EMPTY;
    const answered$ = answer$;
    return new Observable<Publication>((subscriber) => {
      heard = true;
      return answered$.subscribe(subscriber);
    });
  };
  const send = (session: Session): void => {
    try {
      checkFeatures(session.info, 'PUBLISH', topic, wire);
      const [args, kwargs] = content;
      session.publisher.publish(
        topic,
        args,
        kwargs,
        wire,
        answer$ && {
          published: (id) => {
            accept(id);
          },
          failed: fail,
        },
      );
      if (options.acknowledge !== true) answer$?.complete();
    } catch (error) {
      fail(error);
    }
  };
  const accept = (id: Id): void => {
    answer$?.next({ id, topic });
    answer$?.complete();
  };
  let content: ReturnType<typeof toPayload>;
  try {
    checkRequest('PUBLISH', topic, wire);
    checkLists(topic, options);
    checkChoice('PUBLISH', 'offline', offline, ['wait', 'latest', 'drop']);
    content = toPayload(payload, 'PUBLISH', topic);
  } catch (error) {
    fail(error);
    return answer();
  }
  const { session } = connection;
  // Nothing is made for who does not wait for an answer: bursts of publications are the rule.
  if (options.acknowledge === true || session === undefined) answer$ = new AsyncSubject<Publication>();
  if (connection.isClosed) fail(connection.closed('PUBLISH', topic));
  else if (session !== undefined && outbox.isEmpty) send(session);
  else {
    const outgoing = { on: topic, key: offline === 'latest' ? [topic, options.rkey].join(' ') : undefined, send, fail };
    if (offline === 'drop') outbox.drop(outgoing, 'it does not wait for a connection');
    else outbox.add(outgoing);
  }
  return answer();
}

/** Routers in the field take an empty list for none, and would show to everybody what was meant for nobody. */
function checkLists(topic: Uri, { eligible, eligible_authid, eligible_authrole }: PublishOptions): void {
  if (eligible?.length !== 0 && eligible_authid?.length !== 0 && eligible_authrole?.length !== 0) return;
  throw new UsageError(ErrorUri.INVALID_ARGUMENT, 'nobody is eligible: leave the option out, or do not publish', {
    attempted: 'PUBLISH',
    on: topic,
  });
}
