import * as Code from '../protocol/codes.js';
import { isDict } from '../protocol/dict.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { UsageError } from '../protocol/errors.js';
import type { Call, Dict, List, Uri, WampMessage } from '../protocol/message.js';
import { NO_ARGS, NO_KWARGS } from '../protocol/payload.js';
import type { SessionContext } from '../session/passthru.js';
import { isPacked, SENT, type Packed, type Purpose } from './codec.js';
import { Rules } from './rules.js';

/** The procedure of the meta API that leaves a testament behind. */
const ADD_TESTAMENT: Uri = 'wamp.session.add_testament';

/**
 * What is sent, packed where the rules say so.
 *
 * @throws {UsageError} when the router does not pass packed payloads on; whatever packing throws.
 */
export function outgoing(message: WampMessage, rules: Rules, context: SessionContext): WampMessage {
  const pack = (purpose: Purpose, options: Dict, args?: List, kwargs?: Dict): Packed | undefined =>
    packed(rules, context, purpose, options, args, kwargs);
  switch (message[0]) {
    case Code.PUBLISH: {
      const [code, id, options, uri, args, kwargs] = message;
      const as = pack({ kind: 'event', uri }, options, args, kwargs);
      return as === undefined ? message : [code, id, { ...options, ...as.attributes }, uri, [as.payload]];
    }
    case Code.CALL: {
      const [code, id, options, uri, args, kwargs] = message;
      if (uri === ADD_TESTAMENT) return testament(message, rules, context);
      const as = pack({ kind: 'call', uri }, options, args, kwargs);
      return as === undefined ? message : [code, id, { ...options, ...as.attributes }, uri, [as.payload]];
    }
    case Code.YIELD: {
      const [code, id, options, args, kwargs] = message;
      const uri = context.invokedBy(id);
      if (uri === undefined) throw unknownInvocation();
      const as = pack({ kind: 'result', uri }, options, args, kwargs);
      return as === undefined ? message : [code, id, { ...options, ...as.attributes }, [as.payload]];
    }
    case Code.ERROR: {
      const [code, type, id, details, error, args, kwargs] = message;
      const uri = context.invokedBy(id);
      // What the library itself says of a failure holds nothing of the user's.
      if (uri === undefined || (args === undefined && kwargs === undefined)) return message;
      const as = pack({ kind: 'error', uri, error }, details, args, kwargs);
      return as === undefined ? message : [code, type, id, { ...details, ...as.attributes }, error, [as.payload]];
    }
    default:
      return message;
  }
}

function packed(
  rules: Rules,
  context: SessionContext,
  purpose: Purpose,
  options: Dict,
  args: List = NO_ARGS,
  kwargs: Dict = NO_KWARGS,
): Packed | undefined {
  const codec = rules.codecFor(purpose);
  const isByHand = isPacked(options);
  if (codec === undefined && !isByHand) return undefined;
  Rules.checkSupport(
    purpose,
    context.supports(purpose.kind === 'event' ? 'broker' : 'dealer', 'payload_passthru_mode'),
  );
  if (codec === undefined) return undefined;
  if (isByHand) throw refuse('ppt_scheme is given, and a rule packs it, too', SENT[purpose.kind], purpose.uri);
  return codec.pack(purpose, args, kwargs);
}

/** The call that leaves a testament behind, in which the payload is that of the event it will be. */
function testament(message: Call, rules: Rules, context: SessionContext): Call {
  const [code, id, options, uri, said = NO_ARGS, more = NO_KWARGS] = message;
  const [topic, args, kwargs, ...rest] = said;
  const publishing = more['publish_options'] ?? NO_KWARGS;
  if (typeof topic !== 'string') return message;
  // Whatever is wrong the router would say; but it is not to see what is to be packed.
  if (!Array.isArray(args ?? []) || !isDict(kwargs ?? {}) || !isDict(publishing))
    throw refuse('a testament has a list of arguments, and dictionaries of keyword arguments and options', 'CALL', uri);
  // As was just looked at.
  const as = packed(
    rules,
    context,
    { kind: 'event', uri: topic },
    publishing,
    (args ?? undefined) as List | undefined,
    (kwargs ?? undefined) as Dict | undefined,
  );
  if (as === undefined) return message;
  const publish_options = { ...publishing, ...as.attributes };
  return [code, id, options, uri, [topic, [as.payload], {}, ...rest], { ...more, publish_options }];
}

const refuse = (what: string, attempted: string, on: Uri): UsageError =>
  new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted, on });

/** Nothing goes out unpacked for not knowing whether it is to be packed. */
const unknownInvocation = (): UsageError =>
  new UsageError(ErrorUri.INVALID_ARGUMENT, 'the invocation has been answered', { attempted: 'YIELD' });
