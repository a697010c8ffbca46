import * as Code from '../protocol/codes.js';
import type { Dict, Id, List, Uri, WampMessage } from '../protocol/message.js';
import { NO_ARGS, NO_KWARGS, tail } from '../protocol/payload.js';
import { matchesUri, type MatchPolicy } from '../protocol/uri.js';
import type { SessionContext } from '../session/passthru.js';
import { RECEIVED, type Purpose } from './codec.js';
import { DecryptionError } from './encryption-error.js';
import { readHistory } from './history.js';
import { GET_EVENTS, type Memory } from './memory.js';
import type { Rules } from './rules.js';

/**
 * What was received, unpacked where it came packed.
 *
 * @throws whatever unpacking throws; {SerializationError} and {DecryptionError} for what is not as it must be.
 */
export function incoming(message: WampMessage, rules: Rules, context: SessionContext, memory: Memory): WampMessage {
  const read = (purpose: Purpose, details: Dict, args?: List, kwargs?: Dict): readonly [List?, Dict?] => {
    const content = rules.read(purpose, details, args ?? NO_ARGS, kwargs ?? NO_KWARGS);
    return content === undefined ? tail(args, kwargs) : tail(...content);
  };
  const topicOf = (subscription: Id, details: Dict): Uri | undefined =>
    realUri('event', details['topic'], context.topicOf(subscription), memory.ofSubscription(subscription));
  switch (message[0]) {
    case Code.EVENT: {
      const [code, id, publication, details, args, kwargs] = message;
      const uri = topicOf(id, details);
      if (uri === undefined) return message;
      return [code, id, publication, details, ...read({ kind: 'event', uri }, details, args, kwargs)];
    }
    case Code.INVOCATION: {
      const [code, id, registration, details, args, kwargs] = message;
      // More of one that runs may come when it is not registered any more.
      const uri =
        context.invokedBy(id) ??
        realUri('call', details['procedure'], context.registeredAs(registration), memory.ofRegistration(registration));
      if (uri === undefined) return message;
      return [code, id, registration, details, ...read({ kind: 'call', uri }, details, args, kwargs)];
    }
    case Code.RESULT: {
      const [code, id, details, args, kwargs] = message;
      const uri = context.calledBy(id);
      if (uri === undefined) return message;
      const subscription = uri === GET_EVENTS ? memory.historyOf(id) : undefined;
      const content = read({ kind: 'result', uri }, details, args, kwargs);
      if (subscription === undefined || content[0] === undefined) return [code, id, details, ...content];
      return [code, id, details, ...readHistory(content, (said) => topicOf(subscription, said), read)];
    }
    case Code.ERROR: {
      const [code, type, id, details, error, args, kwargs] = message;
      const uri = context.calledBy(id);
      if (type !== Code.CALL || uri === undefined) return message;
      return [code, type, id, details, error, ...read({ kind: 'error', uri, error }, details, args, kwargs)];
    }
    default:
      return message;
  }
}

/**
 * The topic or procedure it is about: of a pattern the one that the router says. Undefined where nobody asked for any.
 *
 * @throws {DecryptionError} when that is not what was asked for: what is bound to one URI would be taken for another's.
 */
function realUri(kind: Purpose['kind'], said: unknown, known: Uri | undefined, match: MatchPolicy): Uri | undefined {
  if (known === undefined || typeof said !== 'string') return known;
  if (matchesUri(known, match, said)) return said;
  throw new DecryptionError('authenticity', 'the router says that it belongs to another URI', {
    attempted: RECEIVED[kind],
    on: known,
  });
}
