import { Observable, type Subscriber } from 'rxjs';
import * as Code from '../../protocol/codes.js';
import { WampError } from '../../protocol/errors.js';
import { nextId } from '../../protocol/id.js';
import type { Id, List, Uri, WampMessage } from '../../protocol/message.js';
import { json } from '../../serializers/json.js';
import type { RouterContext } from '../context.js';
import type { Dealer } from '../dealer/dealer.js';
import { peerFeatures } from '../session/peer-features.js';
import { Session } from '../session/session.js';
import { newCounters } from '../statistics.js';
import type { RealmCalls } from './realm-calls.js';

const NOTHING = (): void => undefined;

/** Calls by the router itself: a caller that is in no realm's list of sessions and has no connection. */
export class RouterCalls implements RealmCalls {
  readonly #turns: RouterContext['turns'];
  readonly #dealer: () => Dealer;
  readonly #caller: Session;
  readonly #pending = new Map<Id, Subscriber<unknown>>();
  #request = 0;

  /** @param dealer asked for with the first call. */
  constructor(realm: Uri, { ids, sessionIds, turns, agent, backlogs }: RouterContext, dealer: () => Dealer) {
    this.#turns = turns;
    this.#dealer = dealer;
    this.#caller = new Session(
      {
        session: ids.nextNotIn(sessionIds),
        realm,
        authid: agent,
        authrole: 'router',
        authmethod: 'internal',
        authprovider: 'internal',
      },
      peerFeatures({ roles: { caller: {} } }),
      { next: (message) => this.#receive(message), sendFrame: NOTHING, serializer: json() },
      {
        port: { hold: NOTHING, dismiss: NOTHING, drop: NOTHING },
        counters: newCounters(),
        backlog: backlogs.of({ bufferedBytes: 0 }, NOTHING),
      },
    );
  }

  call(procedure: Uri, args: List): Observable<unknown> {
    return new Observable((subscriber) => {
      const request = (this.#request = nextId(this.#request));
      this.#pending.set(request, subscriber);
      subscriber.add(() => {
        if (!this.#pending.delete(request)) return;
        this.#turns.run(() => this.#dealer().cancel(this.#caller, [Code.CANCEL, request, { mode: 'killnowait' }]));
      });
      this.#turns.run(() => this.#dealer().callAsRouter(this.#caller, [Code.CALL, request, {}, procedure, args]));
    });
  }

  offers(session: Id, procedure: Uri): boolean {
    return this.#dealer().offers(session, procedure);
  }

  #receive(message: WampMessage): void {
    if (message[0] === Code.RESULT) {
      const [, request, , args] = message;
      const subscriber = this.#settle(request);
      subscriber?.next(args?.[0]);
      subscriber?.complete();
    } else if (message[0] === Code.ERROR) {
      const [, , request, details, uri, args, kwargs] = message;
      this.#settle(request)?.error(new WampError(uri, { args, kwargs, details }, { attempted: 'authorize' }));
    }
  }

  #settle(request: Id): Subscriber<unknown> | undefined {
    const subscriber = this.#pending.get(request);
    this.#pending.delete(request);
    return subscriber;
  }
}
