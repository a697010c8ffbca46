import * as Code from '../../protocol/codes.js';
import { WampError } from '../../protocol/errors.js';
import { wrongKey } from '../../protocol/known-keys.js';
import type { Uri } from '../../protocol/message.js';
import { isReserved, isUri } from '../../protocol/uri.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import { shardKeyFault } from '../../protocol/shard-key.js';
import type { Authorizer } from '../authorizer.js';
import type { Attribution, PublishRequest } from '../broker/publication.js';
import type { RouterContext } from '../context.js';
import { disclosure } from '../routing/disclosure.js';
import { payloadSize } from '../routing/payload-size.js';
import { isPassthru } from '../routing/passthru.js';
import type { SessionDetails } from '../session/session-details.js';
import type { Session } from '../session/session.js';
import { invalidArgument, isDictionary, isList, isString, optional, uriArgument } from './arguments.js';
import type { MetaCall, MetaProcedure } from './meta-call.js';

type Scope = 'detached' | 'destroyed';

interface Testament {
  readonly request: PublishRequest;
  readonly attribution: Attribution;
  readonly bytes: number;
}

/** What testaments work with. */
export interface TestamentParts {
  readonly authorizer: Authorizer;
  readonly disclose: boolean;
  readonly publish: (publisher: SessionDetails, request: PublishRequest, attribution: Attribution) => void;
}

/**
 * What sessions want published when they end. It is authorized when it is left behind, not when it is published.
 *
 * @see WAMP spec, Testaments
 */
export class Testaments {
  readonly #context: RouterContext;
  readonly #parts: TestamentParts;
  readonly #bySession = new Map<Session, Record<Scope, Testament[]>>();

  constructor(context: RouterContext, parts: TestamentParts) {
    this.#context = context;
    this.#parts = parts;
  }

  procedures(): [Uri, MetaProcedure][] {
    return [
      ['wamp.session.add_testament', (call) => this.#add(call)],
      ['wamp.session.flush_testaments', (call) => this.#flush(call)],
    ];
  }

  /** A session ended: publishes what it left behind, unless it is to go quietly. */
  leave(session: Session, quietly: boolean): void {
    const testaments = this.#bySession.get(session);
    if (testaments === undefined) return;
    this.#bySession.delete(session);
    if (quietly) return;
    for (const { request, attribution } of [...testaments.detached, ...testaments.destroyed]) {
      this.#parts.publish(session.details, request, attribution);
    }
  }

  #add(call: MetaCall): void {
    const { caller } = call;
    const scope = scopeOf(call);
    const request = this.#request(call);
    const { topic, options } = request;
    const { maxTestamentsPerSession, maxTestamentBytesPerSession } = this.#context.limits;
    this.#parts.authorizer.check(caller, 'publish', topic, options, (verdict) => {
      const disclosed =
        verdict.allowed && disclosure(options['disclose_me'] === true, verdict.disclose, this.#parts.disclose);
      const testaments = this.#bySession.get(caller) ?? { detached: [], destroyed: [] };
      const all = [...testaments.detached, ...testaments.destroyed];
      const bytes = payloadSize([topic, options, request.args, request.kwargs]);
      if (!verdict.allowed) {
        call.error(verdict.error);
      } else if (disclosed === 'refused') {
        call.error(ErrorUri.DISCLOSE_ME_DISALLOWED);
      } else if (all.length >= maxTestamentsPerSession) {
        call.error(ErrorUri.NOT_AUTHORIZED, `more than ${maxTestamentsPerSession} testaments in one session`);
      } else if (all.reduce((sum, one) => sum + one.bytes, bytes) > maxTestamentBytesPerSession) {
        call.error(
          ErrorUri.NOT_AUTHORIZED,
          `more than ${maxTestamentBytesPerSession} bytes of testaments in one session`,
        );
      } else {
        testaments[scope].push({ request, attribution: { disclosed, trustlevel: verdict.trustlevel }, bytes });
        this.#bySession.set(caller, testaments);
        call.result();
      }
    });
  }

  #flush(call: MetaCall): void {
    const scope = scopeOf(call);
    const testaments = this.#bySession.get(call.caller);
    if (testaments !== undefined) testaments[scope] = [];
    call.result();
  }

  #request(call: MetaCall): PublishRequest {
    const topic = uriArgument(call, 'topic');
    if (!isUri(topic, 'exact', this.#context.uriRule) || isReserved(topic)) throw new WampError(ErrorUri.INVALID_URI);
    const args = optional(call.args[1], 'args', isList, 'a list');
    const kwargs = optional(call.args[2], 'kwargs', isDictionary, 'a dictionary');
    const options = optional(call.kwargs['publish_options'], 'publish_options', isDictionary, 'a dictionary') ?? {};
    const wrong = wrongKey(Code.PUBLISH, options) ?? shardKeyFault(options, 'rkey');
    if (wrong !== undefined) throw new WampError(ErrorUri.INVALID_ARGUMENT, { args: [`publish_options: ${wrong}`] });
    if (isPassthru(options) && !call.caller.features.publisher.passthru)
      throw new WampError(ErrorUri.FEATURE_NOT_SUPPORTED);
    return { topic, options, args, kwargs };
  }
}

function scopeOf({ kwargs }: MetaCall): Scope {
  const scope = optional(kwargs['scope'], 'scope', isString, 'a string') ?? 'destroyed';
  if (scope === 'destroyed' || scope === 'detached') return scope;
  throw invalidArgument('scope', 'destroyed or detached');
}
