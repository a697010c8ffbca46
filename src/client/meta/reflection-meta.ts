import { catchError, map, of, throwError, type Observable } from 'rxjs';
import type { Uri } from '../../protocol/message.js';
import { NO_SUCH_DEFINITION, type InterfaceDefinition, type InterfaceKind } from '../../protocol/reflection.js';
import { isError } from '../quirks.js';
import { hearReflection, reflect, type ReflectionClient } from './reflection-client.js';
import { define } from './reflection-define.js';
import {
  description,
  descriptions,
  interfaceChange,
  uris,
  type InterfaceChange,
  type InterfaceDescription,
} from './reflection-details.js';

/** What Bondy answers where ours says {@link NO_SUCH_DEFINITION}. */
const NOT_FOUND = 'bondy.error.not_found';

/**
 * What there is in a realm: procedures, topics and errors. A router tells of those that this session may use or provide, and
 * not of the others. Lists and descriptions are asked for on subscription, once each, emit one value and complete; everything
 * errors as the session meta API does, and with `UsageError` `wamp.error.feature_not_supported` where the router does not
 * announce `reflection`.
 *
 * The spec names the procedures and topics and says nothing of payloads; these are those of rxwamp's router, and of others
 * as far as they have any.
 *
 * @see WAMP spec, Interface Reflection
 */
export class ReflectionMeta {
  readonly #client: ReflectionClient;
  /** What is defined, from now on, by whichever session; also what takes the place of what the same session had defined. */
  readonly onDefine$: Observable<InterfaceChange>;
  /** What is no longer defined, from now on. A procedure or topic may be in use all the same. */
  readonly onUndefine$: Observable<InterfaceChange>;

  /** @internal */
  constructor(client: ReflectionClient) {
    this.#client = client;
    this.onDefine$ = hearReflection(client, 'wamp.reflect.on_define', interfaceChange);
    this.onUndefine$ = hearReflection(client, 'wamp.reflect.on_undefine', interfaceChange);
  }

  /** The procedures that are defined or registered, as the router sorts them. */
  procedures(): Observable<readonly Uri[]> {
    return this.#list('procedure');
  }

  /**
   * The topics that are defined or subscribed to, as the router sorts them.
   *
   * @example
   * // Asked for again whenever a definition comes or goes.
   * const { reflection } = meta(wamp);
   * merge(reflection.onDefine$, reflection.onUndefine$).pipe(
   *   startWith(undefined),
   *   switchMap(() => reflection.topics()),
   * );
   */
  topics(): Observable<readonly Uri[]> {
    return this.#list('topic');
  }

  /** The errors that are defined, as the router sorts them. */
  errors(): Observable<readonly Uri[]> {
    return this.#list('error');
  }

  /** What is told of one of them; null when there is none, or none that this session may know of. */
  describe(kind: InterfaceKind, uri: Uri): Observable<InterfaceDescription | null> {
    return reflect(this.#client, kind, `wamp.reflection.${kind}.describe`, [uri], (said) =>
      // wamp2spring answers with null.
      said === null ? { said } : wrap(description(said, uri, kind)),
    ).pipe(
      map(({ said }) => said),
      catchError((error: unknown) =>
        isError(error, NO_SUCH_DEFINITION) || isError(error, NOT_FOUND) ? of(null) : throwError(() => error),
      ),
    );
  }

  /** What is told of a URI: as a procedure, as a topic and as an error; nothing when it is none of them. */
  describeAll(uri: Uri): Observable<readonly InterfaceDescription[]> {
    return reflect(this.#client, 'all', 'wamp.reflect.describe', [uri], (said) => descriptions(said, uri));
  }

  /**
   * Defines a procedure, topic or error for as long as somebody is subscribed, whatever becomes of connections meanwhile: on
   * subscribe, again in every session, and no longer on unsubscribe or when the session ends. It need not be registered or
   * subscribed to.
   *
   * Cold. It emits each time others can ask for it, and completes when the client is closed. It errors with `WampError`
   * when the router refuses: `wamp.error.not_authorized` (who defines a procedure must be allowed to register it, a topic to publish to
   * it), `rxwamp.error.already_defined` when the realm or another session has defined it (after a reconnect that is most
   * likely our own dead session, so it is tried again, with a backoff), `wamp.error.invalid_argument`,
   * `wamp.error.payload_size_exceeded`; with `UsageError` for a malformed URI, one under `wamp.`, one that this client defines already, and a router
   * that does not announce `reflection`; with `ClientClosedError`, and with what ended the client when that was an error.
   *
   * @example
   * meta(wamp)
   *   .reflection.define('procedure', 'com.example.add', {
   *     description: 'The sum of two numbers.',
   *     args_schema: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 },
   *   })
   *   .subscribe();
   */
  define(kind: InterfaceKind, uri: Uri, definition: InterfaceDefinition): Observable<InterfaceChange> {
    return define(this.#client, { kind, uri }, definition);
  }

  #list(kind: InterfaceKind): Observable<readonly Uri[]> {
    return reflect(this.#client, kind, `wamp.reflection.${kind}.list`, [], uris);
  }
}

/** So that null can be told from no answer at all. */
const wrap = <T>(said: T | undefined): { readonly said: T } | undefined => said && { said };
