import { createDecipheriv } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { json, type Serializer } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { msgpack } from 'rxwamp/msgpack';
import {
  encryption,
  isDecryptionError,
  isEncryptionError,
  type CipherName,
  type EncryptionOptions,
  type Purpose,
} from 'rxwamp/passthru';
import { isRxWampError } from 'rxwamp';
import { allOf, EVENT, keyOf, thrownBy } from './support.js';

const KEYS = new Map([
  ['old', keyOf(1)],
  ['new', keyOf(2)],
  ['twin', keyOf(2)],
]);
const codecOf = (options: Partial<EncryptionOptions> = {}) =>
  encryption({ cipher: 'aes256gcm', keyId: 'new', key: (id) => KEYS.get(id), ...options });

const CIPHERS: readonly CipherName[] = ['aes256gcm', 'xsalsa20poly1305'];
const FORMATS: readonly Serializer[] = [cbor(), msgpack(), json()];
const COMBINATIONS = CIPHERS.flatMap((cipher) =>
  FORMATS.map((serializer) => [`${cipher} of ${serializer.name}`, { cipher, serializer, scheme: 'x_mine' }] as const),
);
const PURPOSES: readonly Purpose[] = [
  EVENT,
  { kind: 'call', uri: 'com.app.procedure' },
  { kind: 'result', uri: 'com.app.procedure' },
  { kind: 'error', uri: 'com.app.procedure', error: 'com.app.error' },
];

/** Bytes of what was packed. */
function bytesIn({ payload }: { readonly payload: unknown }): Uint8Array {
  if (payload instanceof Uint8Array) return payload;
  throw new Error('not bytes');
}

describe('encryption', () => {
  it.each(COMBINATIONS)('%s gives back what was encrypted, of each kind', (_, options) => {
    const codec = codecOf(options);
    const content = [[1, 'two', null, new Uint8Array([3, 4]), { five: [true] }], { six: 2 ** 40 }] as const;
    for (const purpose of PURPOSES) {
      const { attributes, payload } = codec.pack(purpose, ...content);
      expect(codec.reads({ ...attributes })).toBe(true);
      expect(codec.unpack(purpose, { ...attributes }, payload)).toStrictEqual(content);
      const empty = codec.pack(purpose, [], {});
      expect(codec.unpack(purpose, { ...empty.attributes }, empty.payload)).toStrictEqual([[], {}]);
    }
  });

  it('says how it is packed', () => {
    for (const cipher of CIPHERS)
      expect(codecOf({ cipher }).pack(EVENT, [1], {}).attributes).toStrictEqual({
        ppt_scheme: 'wamp',
        ppt_serializer: 'cbor',
        ppt_cipher: cipher,
        ppt_keyid: 'new',
      });
  });

  it('is what another implementation of AES-GCM opens with what is documented', () => {
    const bytes = bytesIn(codecOf().pack({ kind: 'error', uri: 'com.app.p', error: 'com.app.e' }, [1], {}));
    const bound = '["rxwamp.passthru.1","error","com.app.p","com.app.e","wamp","cbor","aes256gcm","new"]';
    const decipher = createDecipheriv('aes-256-gcm', keyOf(2), bytes.subarray(0, 12));
    decipher.setAAD(Buffer.from(bound));
    decipher.setAuthTag(bytes.subarray(-16));
    const text = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    // RFC 8949: a map of one pair, the text "args", a list of one item, 1.
    expect(text.toString('hex')).toBe('a1' + '6461726773' + '81' + '01');
  });

  it('reads its own scheme, cipher and format alone', () => {
    const codec = codecOf();
    const details = { ppt_scheme: 'wamp', ppt_serializer: 'cbor', ppt_cipher: 'aes256gcm' };
    expect(codec.reads(details)).toBe(true);
    for (const other of [
      { ppt_scheme: 'x_wamp' },
      { ppt_serializer: 'json' },
      { ppt_cipher: 'xsalsa20poly1305' },
      { ppt_cipher: null },
    ])
      expect(codec.reads({ ...details, ...other })).toBe(false);
  });

  it('reads what was encrypted with an old key, for as long as the provider has it', () => {
    const old = codecOf({ keyId: 'old' }).pack(EVENT, ['then'], {});
    expect(codecOf().unpack(EVENT, { ...old.attributes }, old.payload)).toStrictEqual([['then'], {}]);
  });

  it('asks for each payload which key it is, and says what it is for', () => {
    const asked: unknown[] = [];
    const codec = codecOf({
      keyId: (purpose) => {
        asked.push(purpose);
        return purpose.uri === EVENT.uri ? 'old' : 'new';
      },
      key: (keyid, purpose) => {
        asked.push(keyid, purpose);
        return KEYS.get(keyid);
      },
    });
    const { attributes, payload } = codec.pack(EVENT, [], {});
    expect(attributes.ppt_keyid).toBe('old');
    codec.unpack(EVENT, { ...attributes }, payload);
    expect(asked).toStrictEqual([EVENT, 'old', EVENT, 'old', EVENT]);
  });
});

describe('what was not encrypted like that', () => {
  const SECRET = 'the plain text nobody may see';
  const packed = (cipher: CipherName, purpose = EVENT) => {
    const codec = codecOf({ cipher });
    const { attributes, payload } = codec.pack(purpose, [SECRET], {});
    return { codec, details: { ...attributes }, bytes: bytesIn({ payload }) };
  };
  const refused = (act: () => unknown, reason: string): void => {
    const error = thrownBy(act);
    expect(isDecryptionError(error) && isRxWampError(error)).toBe(true);
    expect(error).toMatchObject({ name: 'DecryptionError', reason, attempted: 'EVENT', on: EVENT.uri });
    expect(allOf(error)).not.toContain(SECRET);
  };

  describe.each(CIPHERS)('%s', (cipher) => {
    it('a changed byte', () => {
      const { codec, details, bytes } = packed(cipher);
      for (const at of [0, 11, 12, 23, 24, 30, bytes.length - 1])
        refused(
          () =>
            codec.unpack(
              EVENT,
              details,
              bytes.map((byte, n) => (n === at ? byte ^ 1 : byte)),
            ),
          'authenticity',
        );
    });

    it.each<[string, Purpose]>([
      ['topic', { kind: 'event', uri: 'com.app.other' }],
      ['kind', { kind: 'call', uri: EVENT.uri }],
      ['kind', { kind: 'result', uri: EVENT.uri }],
      ['kind', { kind: 'error', uri: EVENT.uri }],
    ])('that of another %s (%j)', (_, other) => {
      const { details, bytes, codec } = packed(cipher, other);
      refused(() => codec.unpack(EVENT, details, bytes), 'authenticity');
    });

    it('that of another error', () => {
      const { details, bytes, codec } = packed(cipher, { kind: 'error', uri: EVENT.uri, error: 'com.app.a' });
      expect(
        thrownBy(() => codec.unpack({ kind: 'error', uri: EVENT.uri, error: 'com.app.b' }, details, bytes)),
      ).toMatchObject({ reason: 'authenticity', attempted: 'ERROR' });
    });

    it('under another key id, even of an equal key', () => {
      const { details, bytes, codec } = packed(cipher);
      for (const keyid of ['old', 'twin'])
        refused(() => codec.unpack(EVENT, { ...details, ppt_keyid: keyid }, bytes), 'authenticity');
    });

    it('with a key that is not there, or not named', () => {
      const { details, bytes, codec } = packed(cipher);
      refused(() => codec.unpack(EVENT, { ...details, ppt_keyid: 'lost' }, bytes), 'key');
      for (const keyid of [undefined, null, ''])
        refused(() => codec.unpack(EVENT, { ...details, ppt_keyid: keyid }, bytes), 'key');
    });

    it('cut short, empty, too large, and no bytes', () => {
      const { details, bytes, codec } = packed(cipher);
      const small = codecOf({ cipher, maxPayloadBytes: 20 });
      for (const length of [0, 1, 12, 24, 27])
        refused(() => codec.unpack(EVENT, details, bytes.subarray(0, length)), 'format');
      refused(() => codec.unpack(EVENT, details, bytes.subarray(0, -1)), 'authenticity');
      refused(() => small.unpack(EVENT, details, bytes), 'format');
      for (const payload of [1, null, 'no Base64!', [], {}])
        refused(() => codec.unpack(EVENT, details, payload), 'format');
    });
  });

  it('that of another cipher, though the same key', () => {
    const { details, bytes } = packed('xsalsa20poly1305');
    refused(() => codecOf().unpack(EVENT, details, bytes), 'authenticity');
  });

  it('Base64 is what bytes are for who does not know how WAMP has them in JSON', () => {
    const { codec, details, bytes } = packed('aes256gcm');
    const base64 = Buffer.from(bytes).toString('base64');
    expect(codec.unpack(EVENT, details, base64)).toStrictEqual([[SECRET], {}]);
  });

  it('authentic, but no payload', () => {
    // Its format writes something else than it is given; it is the other side that has to notice.
    const writing = (payload: unknown): Serializer => ({
      ...json(),
      encode: (map: object) => JSON.stringify(typeof payload === 'object' ? { ...map, ...payload } : payload),
    });
    const reader = codecOf({ scheme: 'x_mine', serializer: json(), cipher: 'xsalsa20poly1305' });
    for (const [payload, reason] of [
      [{ args: 1 }, 'format'],
      [{ kwargs: [] }, 'format'],
      [SECRET, 'format'],
      [{ bound: undefined }, 'authenticity'],
      [{ bound: null }, 'authenticity'],
    ] as const) {
      const writer = codecOf({ scheme: 'x_mine', serializer: writing(payload), cipher: 'xsalsa20poly1305' });
      const { attributes, payload: bytes } = writer.pack(EVENT, [SECRET], {});
      refused(() => reader.unpack(EVENT, { ...attributes }, bytes), reason);
    }
    const broken = codecOf({ scheme: 'x_mine', serializer: { ...json(), encode: () => 'PIN 1234' } });
    const { attributes, payload } = broken.pack(EVENT, [], {});
    const unpack = (): unknown =>
      codecOf({ scheme: 'x_mine', serializer: json() }).unpack(EVENT, { ...attributes }, payload);
    refused(unpack, 'format');
    // JSON.parse quotes what it cannot read.
    expect(allOf(thrownBy(unpack))).not.toContain('1234');
  });
});

describe('what cannot be encrypted', () => {
  const SECRET = 'the plain text nobody may see';
  const failed = (options: object, args: readonly unknown[] = [SECRET]): unknown => {
    const codec = codecOf(options);
    const error = thrownBy(() => codec.pack(EVENT, args, {}));
    expect(isEncryptionError(error) && isRxWampError(error)).toBe(true);
    expect(error).toMatchObject({ name: 'EncryptionError', attempted: 'PUBLISH', on: EVENT.uri });
    expect(allOf(error)).not.toContain(SECRET);
    return error;
  };

  it('for want of a key or of its id', () => {
    const cause = new Error('the vault is shut');
    const fails = (): never => {
      throw cause;
    };
    expect(failed({ keyId: 'lost' })).toMatchObject({ keyid: 'lost' });
    expect(failed({ keyId: () => undefined })).toMatchObject({ keyid: undefined });
    expect(failed({ keyId: () => '' })).toMatchObject({ keyid: undefined });
    expect(failed({ keyId: fails })).toMatchObject({ cause });
    expect(failed({ key: fails })).toMatchObject({ cause, keyid: 'new' });
  });

  it.each([
    ['a Promise', () => Promise.resolve(keyOf(1))],
    ['31 bytes', () => new Uint8Array(31)],
    ['16 bytes, as AES has them, too', () => new Uint8Array(16)],
    ['no bytes', () => new Uint8Array(0)],
    ['a text of 32 characters', () => 'k'.repeat(32)],
    ['a list of 32 numbers', () => Array.from(keyOf(1))],
    ['null', () => null],
  ])('a key that is %s', (_, key) => {
    const error = failed({ key });
    expect(error).toMatchObject({ keyid: 'new' });
    expect(allOf(error)).not.toContain('kkk');
  });

  it.each([
    ['a function', () => SECRET],
    ['NaN', NaN],
    [
      'something that throws',
      {
        toJSON: () => {
          throw new Error(SECRET);
        },
      },
    ],
  ])('a payload with %s', (_, value) => {
    for (const cipher of CIPHERS) failed({ cipher }, [{ [SECRET]: value }]);
  });

  it('one that is too large', () => {
    failed({ maxPayloadBytes: 30 });
    expect(codecOf({ maxPayloadBytes: 40 }).pack(EVENT, [SECRET], {}).payload).toHaveLength(12 + 38 + 16);
  });
});

describe('options of encryption', () => {
  it.each<[string, object]>([
    ['cipher', { cipher: 'aes128gcm' }],
    ['cipher', { cipher: 'toString' }],
    ['keyId', { keyId: '' }],
    ['keyId', { keyId: 1 }],
    ['key', { key: keyOf(1) }],
    ['scheme', { scheme: 'mqtt' }],
    ['scheme', { scheme: 'x_' }],
    ['scheme', { scheme: 'mine' }],
    ['serializer', { scheme: 'x_mine', serializer: 'cbor' }],
    ['scheme wamp', { serializer: json() }],
    ['maxPayloadBytes', { maxPayloadBytes: 0 }],
    ['maxPayloadBytes', { maxPayloadBytes: NaN }],
  ])('a wrong %s is refused: %j', (name, options) => {
    const error = thrownBy(() => codecOf(options));
    expect(error).toMatchObject({ name: 'UsageError', uri: 'wamp.error.invalid_argument' });
    expect(String(error)).toContain(name);
  });
});
