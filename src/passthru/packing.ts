import { OverflowError, SerializationError } from '../protocol/errors.js';
import * as Code from '../protocol/codes.js';
import type { Dict, List } from '../protocol/message.js';
import { NO_KWARGS } from '../protocol/payload.js';
import { cbor } from '../serializers/cbor.js';
import { checkBytes, checkFormat, checkScheme, checkSerializer, refuse } from './checks.js';
import { attribute, RECEIVED, SENT, type PayloadCodec, type Purpose } from './codec.js';
import { fromMap, toMap } from './payload-map.js';
import { bytesOf, MAX_PAYLOAD_BYTES, write, type PayloadSerializer } from './payload-serializer.js';

/** Options of {@link packing}. */
export interface PackingOptions {
  /** `mqtt` for bridges to MQTT, `wamp`, or a scheme of your own. */
  readonly scheme: 'mqtt' | 'wamp' | `x_${string}`;
  /**
   * The format of the payload, whatever the session's. `wamp` has `cbor()`; `mqtt` also `msgpack()`, `json()` and `'native'`,
   * which is no format: the payload stays a dictionary `{ args, kwargs }` and takes part in the session's. Default: `cbor()` for
   * `wamp`, `'native'` for `mqtt`; a scheme of your own has none.
   */
  readonly serializer?: PayloadSerializer | 'native' | undefined;
  /** Largest payload packed or read, in bytes. `native` has none of its own. Default: 16 MiB. */
  readonly maxPayloadBytes?: number | undefined;
}

const WHERE = 'packing';

/**
 * Packs payloads without encrypting them: routers pass them on as they are, whatever formats the sessions on both sides have,
 * but can read them. Errors are `SerializationError` for what cannot be packed or read, `OverflowError` for what is too large.
 *
 * @throws {UsageError} when an option makes no sense.
 * @example
 * import { packing, passthru } from 'rxwamp/passthru';
 * import { json } from 'rxwamp';
 * new WampClient({ url, realm, passthru: passthru(packing({ scheme: 'mqtt', serializer: json() })) });
 * @see WAMP spec, Payload Passthru Mode
 */
export function packing(options: PackingOptions): PayloadCodec {
  const { scheme, serializer = defaultFor(scheme), maxPayloadBytes = MAX_PAYLOAD_BYTES } = options;
  checkScheme(WHERE, scheme, ['wamp', 'mqtt']);
  checkBytes(WHERE, maxPayloadBytes);
  if (serializer !== 'native') checkSerializer(WHERE, serializer);
  const format = serializer === 'native' ? 'native' : serializer.name;
  checkFormat(WHERE, scheme, format);
  const attributes = { ppt_scheme: scheme, ppt_serializer: format };
  return {
    encrypts: false,
    reads: (details) =>
      attribute(details, 'ppt_scheme') === scheme &&
      attribute(details, 'ppt_cipher') === undefined &&
      (attribute(details, 'ppt_serializer') ?? 'native') === format,
    pack(purpose, args, kwargs) {
      const map = toMap(args, kwargs);
      if (serializer === 'native') return { attributes, payload: map };
      const payload = written(serializer, map, purpose);
      if (payload.length > maxPayloadBytes) throw tooLarge(SENT[purpose.kind], purpose, maxPayloadBytes);
      return { attributes, payload };
    },
    unpack(purpose, _, payload) {
      if (serializer === 'native') return fromNative(payload, purpose);
      const bytes = bytesOf(payload);
      if (bytes === undefined) throw unreadable(purpose, 'a packed payload is one binary argument');
      if (bytes.length > maxPayloadBytes) throw tooLarge(RECEIVED[purpose.kind], purpose, maxPayloadBytes);
      return fromBytes(serializer, bytes, purpose);
    },
  };
}

function defaultFor(scheme: PackingOptions['scheme']): PayloadSerializer | 'native' {
  if (scheme === 'wamp') return cbor();
  if (scheme === 'mqtt') return 'native';
  throw refuse(WHERE, `scheme ${scheme} needs a serializer`);
}

function written(serializer: PayloadSerializer, map: Dict, { kind, uri }: Purpose): Uint8Array {
  try {
    return write(serializer, map);
  } catch (error) {
    throw new SerializationError(`the payload cannot be written as ${serializer.name}`, {
      attempted: SENT[kind],
      on: uri,
      cause: reason(serializer, map) ?? error,
    });
  }
}

/** What is wrong with a payload, in the words that its serializer has for messages. */
function reason(serializer: PayloadSerializer, { args, kwargs }: Dict): unknown {
  try {
    serializer.encode([Code.PUBLISH, 1, {}, '', args ?? [], kwargs ?? {}]);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** What came with `native`: the dictionary; or bytes that were never WAMP's, as a bridge to MQTT may have them. */
function fromNative(payload: unknown, purpose: Purpose): readonly [List, Dict] {
  if (payload instanceof Uint8Array) return [[payload], NO_KWARGS];
  return fromMap(payload) ?? refuseMap(purpose);
}

function fromBytes(serializer: PayloadSerializer, bytes: Uint8Array, purpose: Purpose): readonly [List, Dict] {
  let map: unknown;
  try {
    map = serializer.decode(bytes);
  } catch (cause) {
    throw unreadable(purpose, `the packed payload is not ${serializer.name}`, cause);
  }
  return fromMap(map) ?? refuseMap(purpose);
}

function refuseMap(purpose: Purpose): never {
  throw unreadable(purpose, 'the packed payload is not a dictionary of args and kwargs');
}

const unreadable = ({ kind, uri }: Purpose, what: string, cause?: unknown): SerializationError =>
  new SerializationError(what, { attempted: RECEIVED[kind], on: uri, cause });

const tooLarge = (attempted: string, { uri }: Purpose, limit: number): OverflowError =>
  new OverflowError(`a packed payload of more than ${String(limit)} bytes`, { attempted, on: uri, limit });
