import { tagOf } from '../protocol/dict.js';
import type { Dict, List } from '../protocol/message.js';
import { cbor } from '../serializers/cbor.js';
import { checkBytes, checkFormat, checkOneOf, checkScheme, checkSerializer, refuse } from './checks.js';
import { CIPHERS, KEY_BYTES, open, seal, TAG_BYTES, type CipherName } from './ciphers.js';
import { attribute, RECEIVED, SENT, type PassthruAttributes, type PayloadCodec, type Purpose } from './codec.js';
import { DecryptionError, EncryptionError, type DecryptionReason } from './encryption-error.js';
import { fromMap, toMap } from './payload-map.js';
import { bytesOf, MAX_PAYLOAD_BYTES, write, type PayloadSerializer } from './payload-serializer.js';

/** Options of {@link encryption}. */
export interface EncryptionOptions {
  /**
   * - `aes256gcm`: nonces of 12 random bytes, so a key is good for 2^32 messages of all who have it together. Rotate it before.
   * - `xsalsa20poly1305`: NaCl's secretbox; nonces of 24 random bytes, so a key is good for as many messages as you like.
   */
  readonly cipher: CipherName;
  /**
   * Which key a payload that goes out is encrypted with; routers can read it (`ppt_keyid`). To rotate keys, give another id from then on.
   * One that throws, or gives none, is an `EncryptionError`, and nothing is sent: to send something unencrypted, say so in a rule.
   */
  readonly keyId: string | ((purpose: Purpose) => string | undefined);
  /**
   * The key of an id: 32 bytes, best from a generator of random bytes, never a password. Asked for each payload that goes out or
   * comes in, at once: messages must stay in order, so load keys before. Ids that come in are the router's word. One that throws or
   * does not have it is an `EncryptionError` or `DecryptionError`; so whatever was encrypted with an old key can be read for as long as
   * this still has it.
   */
  readonly key: (keyid: string, purpose: Purpose) => Uint8Array | undefined;
  /** What the format of the payload is before it is encrypted. `wamp` has `cbor()`, a scheme of your own any. Default: `cbor()`. */
  readonly serializer?: PayloadSerializer | undefined;
  /** Default: `wamp`. */
  readonly scheme?: 'wamp' | `x_${string}` | undefined;
  /** Largest payload, in bytes before it is encrypted. Default: 16 MiB. */
  readonly maxPayloadBytes?: number | undefined;
}

const WHERE = 'encryption';
/** Where a cipher cannot bind what goes along with a text, it is this member of the text. */
const BOUND = 'bound';

/**
 * Encrypts payloads from end to end: who has the key can read and write them, routers cannot. Both ciphers also authenticate.
 *
 * What is sent is a fresh random nonce, and after it what the cipher makes of `{ args, kwargs }`. The kind of message (event, call,
 * result, error), the topic or procedure, the URI of an error and the attributes are bound into it: what was encrypted for one topic
 * cannot be passed off as another's, a call not as its result. They are bound as this text, which AES-GCM takes
 * as additional data, and which for XSalsa20-Poly1305, which has none, is the member `bound` of the dictionary:
 * `JSON.stringify(['rxwamp.passthru.1', kind, uri, error URI or '', scheme, serializer, cipher, key id])`.
 * Nothing is accepted without it.
 *
 * **What is not protected.** Routers see who sends to whom and when, topics, procedures and error URIs, options and details, key ids,
 * and the size of a payload. They can withhold a message, and send one again, or in another order, or a result for
 * another call of the same procedure, for as long as kind and URI are the same: where that matters, put a number or the time into the payload. They can
 * answer a call with an ERROR of their own, which is never encrypted (`error.details.ppt_scheme` says whether one was). Whoever has the key can write
 * in the name of all who have it. There is no forward secrecy: a key that gets out opens everything that was encrypted with it.
 *
 * It works on plain `http://` pages too, without WebCrypto's ciphers. A payload that cannot be encrypted is an `EncryptionError` and not sent; one
 * that cannot be decrypted is a `DecryptionError`: a call errors with it, an event goes to `faults$` while its topic goes on, and a call that
 * came in is answered `wamp.error.invalid_argument`. Neither says anything of payload or key.
 *
 * @throws {UsageError} when an option makes no sense.
 * @example
 * import { encryption, passthru } from 'rxwamp/passthru';
 * const keys = new Map([['2024', oldKey], ['2025', newKey]]); // of 32 bytes each
 * const codec = encryption({ cipher: 'xsalsa20poly1305', keyId: '2025', key: (id) => keys.get(id) });
 * const wamp = new WampClient({ url, realm, passthru: passthru(codec) });
 * @see WAMP spec, Payload Passthru Mode; Payload End-to-End Encryption
 */
export function encryption(options: EncryptionOptions): PayloadCodec {
  const { cipher, keyId, key, scheme = 'wamp', maxPayloadBytes = MAX_PAYLOAD_BYTES, serializer = cbor() } = options;
  checkOneOf(WHERE, 'cipher', cipher, Object.keys(CIPHERS));
  if (typeof keyId !== 'function' && (typeof keyId !== 'string' || keyId === ''))
    throw refuse(WHERE, 'keyId must be a text or a function');
  if (typeof key !== 'function') throw refuse(WHERE, 'key must be a function');
  checkScheme(WHERE, scheme, ['wamp']);
  checkSerializer(WHERE, serializer);
  checkFormat(WHERE, scheme, serializer.name);
  checkBytes(WHERE, maxPayloadBytes);
  return new Encryption({ cipher, keyId, key, scheme, serializer, maxPayloadBytes });
}

/** The options with every default in place. */
type Settings = { readonly [K in keyof EncryptionOptions]-?: Exclude<EncryptionOptions[K], undefined> };

class Encryption implements PayloadCodec {
  readonly encrypts = true;

  constructor(private readonly options: Settings) {}

  reads(details: Dict): boolean {
    const { scheme, cipher, serializer } = this.options;
    return (
      attribute(details, 'ppt_scheme') === scheme &&
      attribute(details, 'ppt_cipher') === cipher &&
      attribute(details, 'ppt_serializer') === serializer.name
    );
  }

  pack(purpose: Purpose, args: List, kwargs: Dict): { attributes: PassthruAttributes; payload: Uint8Array } {
    const { serializer, maxPayloadBytes } = this.options;
    const cipher = CIPHERS[this.options.cipher];
    const keyid = this.#keyId(purpose);
    const fail = (what: string, cause?: unknown): EncryptionError =>
      new EncryptionError(what, { attempted: SENT[purpose.kind], on: purpose.uri, keyid, cause });
    const key = this.#key(keyid, purpose, fail);
    const bound = this.#bound(purpose, keyid);
    const map = toMap(args, kwargs);
    let text: Uint8Array;
    try {
      text = write(serializer, cipher.bindsMore ? map : { ...map, [BOUND]: bound });
    } catch {
      // What it was thrown for may tell of the payload.
      throw fail(`the payload cannot be written as ${serializer.name}`);
    }
    if (text.length > maxPayloadBytes) throw fail(`a payload of more than ${String(maxPayloadBytes)} bytes`);
    return { attributes: this.#attributes(keyid), payload: seal(cipher, key, text, utf8.encode(bound)) };
  }

  unpack(purpose: Purpose, details: Dict, payload: unknown): readonly [List, Dict] {
    const { serializer, maxPayloadBytes } = this.options;
    const cipher = CIPHERS[this.options.cipher];
    const keyid = attribute(details, 'ppt_keyid');
    const fail = (reason: DecryptionReason, what: string, cause?: unknown): DecryptionError =>
      new DecryptionError(reason, what, { attempted: RECEIVED[purpose.kind], on: purpose.uri, keyid, cause });
    const box = bytesOf(payload);
    if (box === undefined) throw fail('format', 'an encrypted payload is one binary argument');
    const excess = box.length - cipher.nonceBytes - TAG_BYTES;
    if (excess < 0) throw fail('format', 'the encrypted payload was cut short');
    if (excess > maxPayloadBytes) throw fail('format', `a payload of more than ${String(maxPayloadBytes)} bytes`);
    if (keyid === undefined) throw fail('key', 'it does not say which key it is encrypted with');
    const key = this.#key(keyid, purpose, (what, cause) => fail('key', what, cause));
    const bound = this.#bound(purpose, keyid);
    const text = open(cipher, key, box, utf8.encode(bound));
    if (text === undefined) throw fail('authenticity', CHANGED);
    let map: unknown;
    try {
      map = serializer.decode(text);
    } catch {
      // As above.
      throw fail('format', `what was encrypted is not ${serializer.name}`);
    }
    const content = fromMap(map);
    if (content === undefined) throw fail('format', 'what was encrypted is not a dictionary of args and kwargs');
    // It is a dictionary.
    if (!cipher.bindsMore && (map as Dict)[BOUND] !== bound) throw fail('authenticity', CHANGED);
    return content;
  }

  #keyId(purpose: Purpose): string {
    const { keyId } = this.options;
    const where = { attempted: SENT[purpose.kind], on: purpose.uri };
    let keyid: unknown;
    try {
      keyid = typeof keyId === 'function' ? keyId(purpose) : keyId;
    } catch (cause) {
      throw new EncryptionError('the provider of key ids failed', { ...where, cause });
    }
    if (typeof keyid === 'string' && keyid !== '') return keyid;
    throw new EncryptionError('there is no key id for it', where);
  }

  #key(keyid: string, purpose: Purpose, fail: (what: string, cause?: unknown) => Error): Uint8Array {
    // The types say that it is bytes; what the user wrote may be a Promise all the same.
    let key: unknown;
    try {
      key = this.options.key(keyid, purpose);
    } catch (cause) {
      throw fail(`the provider failed to give the key ${named(keyid)}`, cause);
    }
    if (key === undefined || key === null) throw fail(`there is no key ${named(keyid)}`);
    if (!isBytes(key) || key.length !== KEY_BYTES)
      throw fail(`the key ${named(keyid)} must be ${String(KEY_BYTES)} bytes, and be given at once`);
    return key;
  }

  #attributes(keyid: string): Required<PassthruAttributes> {
    const { scheme, cipher, serializer } = this.options;
    return { ppt_scheme: scheme, ppt_serializer: serializer.name, ppt_cipher: cipher, ppt_keyid: keyid };
  }

  #bound({ kind, uri, error = '' }: Purpose, keyid: string): string {
    const { scheme, cipher, serializer } = this.options;
    return JSON.stringify(['rxwamp.passthru.1', kind, uri, error, scheme, serializer.name, cipher, keyid]);
  }
}

const CHANGED = 'it was changed, encrypted with another key, or belongs to something else';
const utf8 = new TextEncoder();

/** By tag, which also tells bytes of another realm. */
const isBytes = (value: unknown): value is Uint8Array => tagOf(value) === 'Uint8Array';

/** A key id in an error, where it may be a peer's. */
const named = (keyid: string): string => JSON.stringify(keyid.length > 100 ? `${keyid.slice(0, 100)}…` : keyid);
