import { defer, Subject, tap, type Observable } from 'rxjs';
import type { Dict, Id, Uri } from '../../protocol/message.js';
import { toPayload, type PayloadInput } from '../../protocol/payload.js';
import type { PublishOptions } from '../publishing.js';
import { ask, hear, tell, type MetaClient } from './ask.js';
import type { Killed, SessionDetails, SessionLeft } from './details.js';
import { liveSessions, type Sessions } from './live-sessions.js';
import { killed, sessionDetails, sessionIds, sessionJoined, sessionLeft } from '../quirks.js';
import { count } from './readers.js';

/** What a session that is ended is told. */
export interface KillOptions {
  /** The reason in GOODBYE, a URI. Default: the router's, by the spec `wamp.close.killed`. */
  readonly reason?: Uri;
  /** Text for people. Default: none. */
  readonly message?: string;
}

/** When a testament is published: as the session is detached from its transport, or is no more. Routers without session resumption do one after the other. */
export type TestamentScope = 'destroyed' | 'detached';

/** Options of a testament. */
export interface TestamentOptions {
  /** Default: `'destroyed'`. */
  readonly scope?: TestamentScope;
  /** Options of the publication; a router may leave out what makes no sense by then, such as `acknowledge`. Default: none. */
  readonly publish_options?: PublishOptions;
}

/**
 * The sessions of a realm. Procedures are called on subscription, once each, emit one value and complete; they error as
 * `call` does, with `WampError` `wamp.error.no_such_procedure` where the router has no such procedure, and with
 * `ProtocolViolationError` when the router's answer is not what it should be. Events are as `topic` is, and error alike.
 *
 * @see WAMP spec, Session Meta API; Testaments
 */
export class SessionMeta {
  readonly #client: MetaClient;
  readonly #killedAll$ = new Subject<Killed>();
  /** Sessions that join, from now on. */
  readonly onJoin$: Observable<SessionDetails>;
  /** Sessions that leave, from now on. */
  readonly onLeave$: Observable<SessionLeft>;
  /**
   * All sessions of the realm by id, this client's own among them: as soon as they are known, at every change, and from the
   * start again in every session. While there is no connection it is silent. Each subscription works by itself and asks
   * for each session once; `share` it. Completes when the client is closed; errors as procedures and events do, and with
   * `OverflowError` beyond 100,000 sessions.
   */
  readonly live$: Observable<Sessions>;

  /** @internal */
  constructor(client: MetaClient) {
    this.#client = client;
    this.onJoin$ = hear(client, 'wamp.session.on_join', sessionJoined);
    this.onLeave$ = hear(client, 'wamp.session.on_leave', sessionLeft);
    this.live$ = liveSessions(client, {
      joined$: this.onJoin$,
      left$: this.onLeave$,
      list$: this.list(),
      get: (session) => this.get(session),
      leftUnheard$: this.#killedAll$,
    });
  }

  /** How many sessions there are, of all roles or these. */
  count(authroles?: readonly string[]): Observable<number> {
    return ask(this.#client, 'wamp.session.count', authroles === undefined ? [] : [authroles], count);
  }

  /** Which sessions there are, of all roles or these. */
  list(authroles?: readonly string[]): Observable<readonly Id[]> {
    return ask(this.#client, 'wamp.session.list', authroles === undefined ? [] : [authroles], sessionIds);
  }

  /** Who a session is. Errors with `WampError` `wamp.error.no_such_session`. */
  get(session: Id): Observable<SessionDetails> {
    return ask(this.#client, 'wamp.session.get', [session], sessionDetails);
  }

  /**
   * Ends another session. Errors with `WampError` `wamp.error.no_such_session`, also for this client's own, and
   * `wamp.error.invalid_uri` for the reason.
   */
  kill(session: Id, options?: KillOptions): Observable<void> {
    return tell(this.#client, 'wamp.session.kill', { args: [session], kwargs: given(options) });
  }

  /** Ends all other sessions of an authid. Crossbar.io ends this client's own, too, if it is one of them. */
  killByAuthid(authid: string, options?: KillOptions): Observable<Killed> {
    return this.#killAll('wamp.session.kill_by_authid', [authid], options);
  }

  /** Ends all other sessions of a role. Crossbar.io ends this client's own, too, if it is one of them. */
  killByAuthrole(authrole: string, options?: KillOptions): Observable<Killed> {
    return this.#killAll('wamp.session.kill_by_authrole', [authrole], options);
  }

  /**
   * Ends all other sessions. They leave no testaments, and `onLeave$` tells of none; the `live$` of the same `meta(…)` is
   * asked for again. Crossbar.io has no such procedure.
   */
  killAll(options?: KillOptions): Observable<Killed> {
    return this.#killAll('wamp.session.kill_all', [], options).pipe(
      tap((killed) => {
        this.#killedAll$.next(killed);
      }),
    );
  }

  /**
   * Leaves an event behind that the router publishes when the present session ends, in whatever way. It is the session's,
   * not the client's: add it in every session.
   *
   * @example
   * wamp.session$.pipe(switchMap(() => meta(wamp).session.addTestament('com.example.gone', ['joe']))).subscribe();
   */
  addTestament(
    topic: Uri,
    payload?: PayloadInput,
    { scope, publish_options }: TestamentOptions = {},
  ): Observable<void> {
    const procedure = 'wamp.session.add_testament';
    return defer(() =>
      tell(this.#client, procedure, {
        args: [topic, ...toPayload(payload, 'CALL', procedure)],
        kwargs: given({ scope, publish_options }),
      }),
    );
  }

  /** Takes back the testaments of a scope. Default: `'destroyed'`. */
  flushTestaments(scope?: TestamentScope): Observable<void> {
    return tell(this.#client, 'wamp.session.flush_testaments', { kwargs: given({ scope }) });
  }

  #killAll(procedure: Uri, args: readonly string[], options: KillOptions | undefined): Observable<Killed> {
    return ask(this.#client, procedure, { args, kwargs: given(options) }, killed);
  }
}

/** Keyword arguments: what was left out is not sent. */
const given = (options: object | undefined): Dict =>
  Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined));
