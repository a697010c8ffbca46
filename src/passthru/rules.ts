import * as ErrorUri from '../protocol/error-uris.js';
import { SerializationError, UsageError } from '../protocol/errors.js';
import type { Dict, List, Uri } from '../protocol/message.js';
import { isReserved, isUri, matchesUri, type MatchPolicy } from '../protocol/uri.js';
import { checkOneOf, refuse } from './checks.js';
import { attribute, isPacked, RECEIVED, SENT, type PayloadCodec, type Purpose } from './codec.js';
import { DecryptionError } from './encryption-error.js';

/** Which payloads are packed, and how. */
export interface PassthruRule {
  /** A topic or procedure, a pattern of them (see `match`), or a function that says for each payload whether the rule is for it. */
  readonly uri: Uri | ((purpose: Purpose) => boolean);
  /** How `uri` is compared, as in a subscription. Not with a function. Default: `exact`. */
  readonly match?: MatchPolicy | undefined;
  /** What packs them; `'plain'`: they go as they are. */
  readonly codec: PayloadCodec | 'plain';
}

/** Options of {@link passthru}. */
export interface PassthruOptions {
  /**
   * Which payloads are packed how: the first rule that applies counts, and a codec alone is a rule for all. What none applies to goes as
   * it is. For what comes in, every codec that is named in a rule is there, wherever it stands: `ppt_scheme`, `ppt_cipher` and
   * `ppt_serializer` say which. So list old codecs after the one that packs all, and they still read.
   */
  readonly rules: readonly (PayloadCodec | PassthruRule)[];
  /**
   * What becomes of a received payload that none of the codecs reads. `'error'`: it is a `SerializationError`, because what expects
   * arguments must not be handed bytes it takes for one. `'raw'`: it is handed over as it came, for those who unpack it themselves, as
   * `details` say. Default: `'error'`.
   */
  readonly unknown?: 'error' | 'raw' | undefined;
  /**
   * What becomes of an event, call or result that came unencrypted, and is by the rules to be encrypted. `'error'`: it is a
   * `DecryptionError`; otherwise a router could put its own words in place of what was encrypted. `'accept'`: it is taken as it
   * is, while not everybody encrypts yet. Errors are always taken, as routers send some of their own. Default: `'error'`.
   */
  readonly plain?: 'error' | 'accept' | undefined;
}

const WHERE = 'passthru';

interface Rule {
  readonly applies: (purpose: Purpose) => boolean;
  readonly codec: PayloadCodec | 'plain';
}

/** What packs which payload, and what reads it. */
export class Rules {
  readonly #rules: readonly Rule[];
  readonly #codecs: readonly PayloadCodec[];

  constructor(
    rules: readonly (PayloadCodec | PassthruRule)[],
    private readonly unknown: 'error' | 'raw',
    private readonly plain: 'error' | 'accept',
  ) {
    this.#rules = rules.map(toRule);
    this.#codecs = this.#rules.flatMap(({ codec }) => (codec === 'plain' ? [] : [codec]));
  }

  /** What packs it; undefined when it goes as it is. */
  codecFor(purpose: Purpose): PayloadCodec | undefined {
    if (isForRouter(purpose.uri)) return undefined;
    const codec = this.#rules.find(({ applies }) => applies(purpose))?.codec;
    return codec === 'plain' ? undefined : codec;
  }

  /** Reads what came; undefined when that is to be left as it is. @throws when it cannot be read, or must not be believed. */
  read(purpose: Purpose, details: Dict, args: List, kwargs: Dict): readonly [List, Dict] | undefined {
    const codec = this.codecFor(purpose);
    const where = { attempted: RECEIVED[purpose.kind], on: purpose.uri };
    const mustBeEncrypted = codec?.encrypts === true && this.plain === 'error';
    const unencrypted = (): DecryptionError => new DecryptionError('plain', 'it came unencrypted', where);
    if (!isPacked(details)) {
      if (mustBeEncrypted && purpose.kind !== 'error') throw unencrypted();
      return undefined;
    }
    const readers = (codec === undefined ? this.#codecs : [codec, ...this.#codecs]).filter((one) => one.reads(details));
    const reader = mustBeEncrypted ? readers.find(({ encrypts }) => encrypts) : readers[0];
    if (reader !== undefined) {
      const [payload, ...more] = args;
      if (payload === undefined || more.length > 0 || Object.keys(kwargs).length > 0)
        throw new SerializationError('a packed payload is the one argument', where);
      return reader.unpack(purpose, details, payload);
    }
    // One that encrypts, but is not known here, is not unencrypted.
    if (mustBeEncrypted && attribute(details, 'ppt_cipher') === undefined) throw unencrypted();
    if (this.unknown === 'raw' && !mustBeEncrypted) return undefined;
    throw new SerializationError(`nothing here reads ${described(details)}`, where);
  }

  /** @throws {UsageError} when a packed payload cannot go to the router, as it does not pass it on. */
  static checkSupport(purpose: Purpose, supported: boolean): void {
    if (supported) return;
    throw new UsageError(
      ErrorUri.FEATURE_NOT_SUPPORTED,
      'the router does not announce payload_passthru_mode, and must not get what is packed or was to be packed',
      { attempted: SENT[purpose.kind], on: purpose.uri },
    );
  }
}

/**
 * What the router itself answers: the meta API, and what this library asks to hear whether it lives. It could not read what is
 * packed.
 */
const isForRouter = (uri: Uri): boolean => isReserved(uri) || uri.startsWith('rxwamp.');

function toRule(rule: PayloadCodec | PassthruRule): Rule {
  if (isCodec(rule)) return { applies: () => true, codec: rule };
  const { uri, match, codec } = rule;
  if (codec !== 'plain' && !isCodec(codec)) throw refuse(WHERE, 'the codec of a rule must be a codec or plain');
  if (typeof uri === 'function') {
    if (match !== undefined) throw refuse(WHERE, 'match belongs to a URI, not to a function');
    return { applies: (purpose) => ask(uri, purpose), codec };
  }
  const policy = match ?? 'exact';
  checkOneOf(WHERE, 'match', policy, ['exact', 'prefix', 'wildcard']);
  if (typeof uri !== 'string' || !isUri(uri, policy))
    throw new UsageError(ErrorUri.INVALID_URI, `the uri of a rule is not well-formed for match ${policy}`, {
      attempted: WHERE,
    });
  return { applies: (purpose) => matchesUri(uri, policy, purpose.uri), codec };
}

function ask(applies: (purpose: Purpose) => boolean, purpose: Purpose): boolean {
  try {
    return applies(purpose);
  } catch (cause) {
    throw new UsageError(ErrorUri.INVALID_ARGUMENT, 'the function of a rule failed', {
      attempted: WHERE,
      on: purpose.uri,
      cause,
    });
  }
}

/** Whether it is a codec, and not a rule. */
const isCodec = (rule: PayloadCodec | PassthruRule): rule is PayloadCodec =>
  // What users of JavaScript give may be anything.
  typeof rule === 'object' && (rule as object | null) !== null && 'pack' in rule && 'unpack' in rule && 'reads' in rule;

/** The attributes of a payload in an error; they are a peer's words. */
const described = (details: Dict): string =>
  (['ppt_scheme', 'ppt_cipher', 'ppt_serializer'] as const)
    .flatMap((name) => {
      const value = attribute(details, name);
      return value === undefined ? [] : [`${name} ${JSON.stringify(value.slice(0, 100))}`];
    })
    .join(', ');
