import { map, type Observable } from 'rxjs';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { Id, Uri } from '../../protocol/message.js';
import type { MatchPolicy } from '../../protocol/uri.js';
import { ask, hear, type MetaClient } from './ask.js';
import type { Created, IdsByMatch, RegistrationChange, RegistrationDetails } from './details.js';
import { liveMembers } from './live-members.js';
import { idOrNone } from '../quirks.js';
import { change, count, created, details, ids, idsByMatch, lookupArgs } from './readers.js';

/**
 * The registrations of a realm. Errors are those of the session meta API, and `WampError`
 * `wamp.error.no_such_registration` where an id is asked for. Routers may leave out what is registered under `wamp.`.
 *
 * @see WAMP spec, Registration Meta API
 */
export class RegistrationMeta {
  readonly #client: MetaClient;
  /** Registrations that come into being; `onRegister$` follows. */
  readonly onCreate$: Observable<Created<RegistrationDetails>>;
  /** Callees that come to a registration. */
  readonly onRegister$: Observable<RegistrationChange>;
  /** Callees that leave a registration. */
  readonly onUnregister$: Observable<RegistrationChange>;
  /** Registrations that are no more; `session` was the last callee. */
  readonly onDelete$: Observable<RegistrationChange>;

  /** @internal */
  constructor(client: MetaClient) {
    this.#client = client;
    const changes = (topic: Uri): Observable<RegistrationChange> =>
      hear(client, topic, (args) => change(args, ({ session, id }) => ({ session, registration: id })));
    this.onCreate$ = hear(client, 'wamp.registration.on_create', created);
    this.onRegister$ = changes('wamp.registration.on_register');
    this.onUnregister$ = changes('wamp.registration.on_unregister');
    this.onDelete$ = changes('wamp.registration.on_delete');
  }

  /** All registrations, by match policy. Crossbar.io tells no wildcard ones. */
  list(): Observable<IdsByMatch> {
    return ask(this.#client, 'wamp.registration.list', [], idsByMatch);
  }

  /** The registration made for this very URI or pattern; null when there is none. Default match: `'exact'`. */
  lookup(procedure: Uri, match?: MatchPolicy): Observable<Id | null> {
    return ask(this.#client, 'wamp.registration.lookup', lookupArgs(procedure, match), idOrNone);
  }

  /** The registration that a call of this procedure would go to; null when there is none. */
  match(procedure: Uri): Observable<Id | null> {
    return ask(this.#client, 'wamp.registration.match', [procedure], idOrNone);
  }

  /** What a registration is. */
  get(registration: Id): Observable<RegistrationDetails> {
    return ask(this.#client, 'wamp.registration.get', [registration], details);
  }

  /** The sessions that share a registration. */
  listCallees(registration: Id): Observable<readonly Id[]> {
    return ask(this.#client, 'wamp.registration.list_callees', [registration], ids);
  }

  /** How many sessions share a registration. */
  countCallees(registration: Id): Observable<number> {
    return ask(this.#client, 'wamp.registration.count_callees', [registration], count);
  }

  /** @internal */
  callees(procedure: Uri, match: MatchPolicy): Observable<ReadonlySet<Id>> {
    const member = map(({ session, registration }: RegistrationChange) => ({ session, id: registration }));
    return liveMembers(this.#client, procedure, match, {
      created$: this.onCreate$,
      joined$: this.onRegister$.pipe(member),
      left$: this.onUnregister$.pipe(member),
      deleted$: this.onDelete$.pipe(member),
      lookup$: this.lookup(procedure, match),
      members: (id) => this.listCallees(id),
      noSuch: ErrorUri.NO_SUCH_REGISTRATION,
    });
  }
}
