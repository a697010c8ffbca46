import type { Passthru, SessionContext } from '../session/passthru.js';
import { checkOneOf, refuse } from './checks.js';
import type { PayloadCodec } from './codec.js';
import { incoming } from './incoming.js';
import { Memory } from './memory.js';
import { outgoing } from './outgoing.js';
import { Rules, type PassthruOptions, type PassthruRule } from './rules.js';

const WHERE = 'passthru';

/**
 * Packs the payloads of a client, so that routers pass them on unread: the client's option `passthru`. Applications notice nothing:
 * events, calls, results and errors have their arguments, in every combination with progress, patterns, retained events, acknowledgement
 * and the rest. `details` of what was packed still hold `ppt_scheme`, `ppt_keyid`, ….
 *
 * - **What goes out** is packed by the first rule that applies. A router that does not announce `payload_passthru_mode` does not get
 *   it: `UsageError` with `wamp.error.feature_not_supported`. Empty payloads are packed, too. What the router itself answers or
 *   publishes, all of `wamp.…`, never is; but the payload of a testament (`wamp.session.add_testament`) is, as the event that it becomes.
 * - **What comes in** is read as its details say, whatever the session's format. What cannot be read is an error: a call errors with it, an
 *   event goes to `faults$` and its topic goes on, and a call that came in is answered `wamp.error.invalid_argument` (and goes to `faults$`). Events in the router's
 *   history (`wamp.subscription.get_events`) are read, too, where the subscription is this session's; one that cannot be read makes the whole answer an error.
 * - **Encrypted URIs** are taken only encrypted; see the option `plain`.
 * - An answer of a handler that cannot be packed is answered `wamp.error.invalid_payload`, and an error of a handler that cannot be packed goes without its
 *   arguments, which is told in `faults$`.
 *
 * @param rules codecs for all, or rules that say for what.
 * @throws {UsageError} when a rule or an option makes no sense.
 * @example
 * import { encryption, packing, passthru } from 'rxwamp/passthru';
 * const secret = encryption({ cipher: 'aes256gcm', keyId: 'k1', key: (id) => keys.get(id) });
 * passthru(secret);                                                    // everything
 * passthru({ uri: 'com.example.public.', match: 'prefix', codec: 'plain' }, secret); // everything but that
 * passthru({ rules: [{ uri: 'com.example.chat', codec: secret }], unknown: 'raw' });
 * @see WAMP spec, Payload Passthru Mode
 */
export function passthru(...rules: readonly (PayloadCodec | PassthruRule)[]): Passthru;
export function passthru(options: PassthruOptions): Passthru;
export function passthru(...given: readonly (PayloadCodec | PassthruRule | PassthruOptions)[]): Passthru {
  const [first] = given;
  const options: PassthruOptions = isOptions(first)
    ? first
    : { rules: given.flatMap((one) => (isOptions(one) ? [] : [one])) };
  const { rules, unknown = 'error', plain = 'error' } = options;
  if (given.length > 1 && given.some(isOptions)) throw refuse(WHERE, 'give either rules or options');
  if (!Array.isArray(rules) || rules.length === 0) throw refuse(WHERE, 'give at least one codec or rule');
  checkOneOf(WHERE, 'unknown', unknown, ['error', 'raw']);
  checkOneOf(WHERE, 'plain', plain, ['error', 'accept']);
  return new RuledPassthru(new Rules(rules, unknown, plain));
}

const isOptions = (given: PayloadCodec | PassthruRule | PassthruOptions | undefined): given is PassthruOptions =>
  typeof given === 'object' && (given as object | null) !== null && 'rules' in given;

class RuledPassthru implements Passthru {
  /** One client has several sessions, one after the other and, when it moves, two at a time. */
  readonly #memories = new WeakMap<SessionContext, Memory>();

  constructor(private readonly rules: Rules) {}

  outgoing(message: Parameters<Passthru['outgoing']>[0], context: SessionContext): ReturnType<Passthru['outgoing']> {
    const packed = outgoing(message, this.rules, context);
    this.#memory(context).sent(message);
    return packed;
  }

  incoming(message: Parameters<Passthru['incoming']>[0], context: SessionContext): ReturnType<Passthru['incoming']> {
    const memory = this.#memory(context);
    try {
      return incoming(message, this.rules, context, memory);
    } finally {
      memory.received(message);
    }
  }

  #memory(context: SessionContext): Memory {
    let memory = this.#memories.get(context);
    if (memory === undefined) this.#memories.set(context, (memory = new Memory()));
    return memory;
  }
}
