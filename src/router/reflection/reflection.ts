import { forkJoin, map, Subscription, type Observable } from 'rxjs';
import { WampError } from '../../protocol/errors.js';
import type { Dict, List, Uri } from '../../protocol/message.js';
import { INTERFACE_KINDS, isInterfaceKind, NO_SUCH_DEFINITION, type InterfaceKind } from '../../protocol/reflection.js';
import { isReserved, isUri } from '../../protocol/uri.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { Action, Authorizer } from '../authorizer.js';
import type { Subscriptions } from '../broker/subscriptions.js';
import type { RouterContext } from '../context.js';
import type { Registrations } from '../dealer/registrations.js';
import { isString, positional } from '../meta/arguments.js';
import type { MetaCall, MetaProcedure } from '../meta/meta-call.js';
import type { Session } from '../session/session.js';
import { readDefinition } from './definition.js';
import { Definitions, type InterfaceKey } from './definitions.js';
import type { RealmDefinition } from './interfaces.js';
import { REFLECTION_LIMITS } from './limits.js';
import { LiveInterfaces } from './live-interfaces.js';
import { Visibility } from './visibility.js';

/** What reflection works with. */
export interface ReflectionParts {
  readonly authorizer: Authorizer;
  readonly registrations: Registrations;
  readonly subscriptions: Subscriptions;
  /** What the realm has defined itself. */
  readonly own: readonly RealmDefinition[];
  readonly publish: (topic: Uri, args: List) => void;
}

/** What somebody has to be allowed to define something; an error is defined by whoever may call. */
const TO_DEFINE: Readonly<Record<InterfaceKind, Action | undefined>> = {
  procedure: 'register',
  topic: 'publish',
  error: undefined,
};

/**
 * What there is in a realm: procedures, topics and errors, defined by the realm or by a session, and procedures and topics
 * that are in use. The spec gives names alone; the payloads are our reading, see docs/reflection.md.
 *
 * Everybody is told of what the realm's authorizer lets them use or provide, and of all errors; the rest is for them as if it
 * were not there.
 *
 * @see WAMP spec, Interface Reflection
 */
export class Reflection {
  readonly #context: RouterContext;
  readonly #parts: ReflectionParts;
  readonly #definitions: Definitions;
  readonly #live: LiveInterfaces;
  readonly #visibility: Visibility;
  readonly #undecided = new Map<Session, Set<Subscription>>();

  constructor(context: RouterContext, parts: ReflectionParts) {
    this.#context = context;
    this.#parts = parts;
    this.#definitions = new Definitions(parts.own);
    this.#live = new LiveInterfaces(parts.registrations, parts.subscriptions);
    this.#visibility = new Visibility(parts.authorizer, context);
  }

  /** `wamp.reflection.….list` and `describe` of each kind, `wamp.reflect.define` and `describe`. */
  procedures(): [Uri, MetaProcedure][] {
    return [
      ...INTERFACE_KINDS.flatMap((kind): [Uri, MetaProcedure][] => [
        [`wamp.reflection.${kind}.list`, (call) => this.#list(call, kind)],
        [`wamp.reflection.${kind}.describe`, (call) => this.#describe(call, kind)],
      ]),
      ['wamp.reflect.describe', (call) => this.#describeAll(call)],
      ['wamp.reflect.define', (call) => this.#define(call)],
    ];
  }

  /** A session ended: its definitions end with it, and nobody waits for its answers. */
  leave(session: Session): void {
    const undecided = this.#undecided.get(session);
    this.#undecided.delete(session);
    for (const one of undecided ?? []) one.unsubscribe();
    for (const key of this.#definitions.leave(session)) this.#tell('undefine', key);
  }

  #list(call: MetaCall, kind: InterfaceKind): void {
    const { maxListed } = REFLECTION_LIMITS;
    const uris = new Set<Uri>();
    for (const source of [this.#definitions, this.#live]) {
      for (const uri of source.uris(kind)) {
        uris.add(uri);
        if (uris.size > maxListed) throw tooLong(`more than ${maxListed} URIs`);
      }
    }
    this.#answer(call, this.#visibility.of(call.caller, kind, [...uris]), (visible) =>
      call.result([[...visible].sort()]),
    );
  }

  #describe(call: MetaCall, kind: InterfaceKind): void {
    const uri = this.#uri(call, 0);
    // Asked before anything is looked up, so that it takes as long for what is not there.
    this.#answer(call, this.#maySee(call.caller, kind, uri), (maySee) => {
      const entry = maySee ? this.#entry({ kind, uri }) : undefined;
      if (entry === undefined) call.error(NO_SUCH_DEFINITION);
      else call.result([entry]);
    });
  }

  #describeAll(call: MetaCall): void {
    const uri = this.#uri(call, 0);
    const visible$ = forkJoin(
      INTERFACE_KINDS.map((kind) => this.#maySee(call.caller, kind, uri).pipe(map((maySee) => (maySee ? [kind] : [])))),
    );
    this.#answer(call, visible$, (kinds) =>
      call.result([
        kinds
          .flat()
          .map((kind) => this.#entry({ kind, uri }))
          .filter((entry) => entry !== undefined),
      ]),
    );
  }

  #define(call: MetaCall): void {
    const { caller, args } = call;
    const kind = positional(call, 0, 'kind', isInterfaceKind, 'procedure, topic or error');
    const uri = this.#uri(call, 1);
    const key: InterfaceKey = { kind, uri };
    if (isReserved(uri)) throw new WampError(ErrorUri.INVALID_URI, { args: ['only the realm itself defines wamp.*'] });
    if (args[2] === null) {
      if (!this.#definitions.undefine(caller, key)) throw new WampError(NO_SUCH_DEFINITION);
      call.result();
      this.#tell('undefine', key);
      return;
    }
    const definition = readDefinition(args[2], kind, uri);
    const define = (): void => {
      const refusal = this.#definitions.define(caller, key, definition);
      if (refusal !== undefined) {
        call.error(refusal.error, refusal.text);
        return;
      }
      call.result();
      this.#tell('define', key);
    };
    const action = TO_DEFINE[kind];
    if (action === undefined) {
      define();
      return;
    }
    this.#parts.authorizer.check(caller, action, uri, {}, (verdict) => {
      if (verdict.allowed) define();
      else call.error(verdict.error);
    });
  }

  #uri(call: MetaCall, at: number): Uri {
    const uri = positional(call, at, 'uri', isString, 'a URI');
    if (!isUri(uri, 'exact', this.#context.uriRule)) throw new WampError(ErrorUri.INVALID_URI);
    return uri;
  }

  #maySee(session: Session, kind: InterfaceKind, uri: Uri): Observable<boolean> {
    return this.#visibility.of(session, kind, [uri]).pipe(map(({ length }) => length > 0));
  }

  #entry(key: InterfaceKey): Dict | undefined {
    const definition = this.#definitions.get(key);
    return definition === undefined ? this.#live.describe(key) : { ...definition, ...key };
  }

  /** Who hears of it is up to who may subscribe. What it is has to be asked for, and is told only to who may know. */
  #tell(what: 'define' | 'undefine', { kind, uri }: InterfaceKey): void {
    this.#parts.publish(`wamp.reflect.on_${what}`, [kind, uri]);
  }

  /** Replies as soon as it is decided what the caller may know. Its other messages do not wait for that. */
  #answer<T>(call: MetaCall, decided$: Observable<T>, reply: (decided: T) => void): void {
    const { caller } = call;
    const { maxUndecidedPerSession } = REFLECTION_LIMITS;
    const undecided = this.#undecided.get(caller) ?? new Set<Subscription>();
    if (undecided.size >= maxUndecidedPerSession) {
      call.error(ErrorUri.NETWORK_FAILURE, `more than ${maxUndecidedPerSession} undecided at the same time`);
      return;
    }
    const one = new Subscription();
    this.#undecided.set(caller, undecided.add(one));
    one.add(() => {
      undecided.delete(one);
      if (undecided.size === 0 && this.#undecided.get(caller) === undecided) this.#undecided.delete(caller);
    });
    one.add(
      decided$.subscribe((decided) => {
        this.#context.turns.run(() => {
          if (one.closed) return;
          one.unsubscribe();
          reply(decided);
        });
      }),
    );
  }
}

const tooLong = (text: string): WampError => new WampError(ErrorUri.PAYLOAD_SIZE_EXCEEDED, { args: [text] });
