import { describe, expect, it } from '@jest/globals';
import { json, type Serializer } from 'rxwamp';
import { cbor } from 'rxwamp/cbor';
import { msgpack } from 'rxwamp/msgpack';
import { packing, type PackingOptions } from 'rxwamp/passthru';
import { EVENT, hex, thrownBy } from './support.js';

const FORMATS: readonly [name: string, serializer: Serializer][] = [cbor(), msgpack(), json()].map((one) => [
  one.name,
  one,
]);

describe('packing', () => {
  it.each<[string, Serializer, string]>([
    // RFC 8949, the specification of MessagePack, RFC 8259: { args: [1] }.
    ['cbor', cbor(), 'a1 64 61726773 81 01'],
    ['msgpack', msgpack(), '81 a4 61726773 91 01'],
    ['json', json(), Buffer.from('{"args":[1]}').toString('hex')],
  ])('%s: the payload as a map, with the members that there are', (name, serializer, bytes) => {
    const codec = packing({ scheme: 'mqtt', serializer });
    const packed = codec.pack(EVENT, [1], {});
    expect(packed).toStrictEqual({
      attributes: { ppt_scheme: 'mqtt', ppt_serializer: name },
      payload: hex(bytes),
    });
    expect(codec.unpack(EVENT, { ...packed.attributes }, hex(bytes))).toStrictEqual([[1], {}]);
  });

  it('keyword arguments alone, both, and neither', () => {
    const codec = packing({ scheme: 'wamp' });
    // RFC 8949: {kwargs: {a: 1}}, {args: [1], kwargs: {a: 1}}, {}.
    expect(codec.pack(EVENT, [], { a: 1 }).payload).toStrictEqual(hex('a1 66 6b7761726773 a1 61 61 01'));
    expect(codec.pack(EVENT, [1], { a: 1 }).payload).toStrictEqual(
      hex('a2 64 61726773 81 01 66 6b7761726773 a1 61 61 01'),
    );
    expect(codec.pack(EVENT, [], {}).payload).toStrictEqual(hex('a0'));
  });

  it.each(FORMATS)('%s carries what messages carry', (_, serializer) => {
    const codec = packing({ scheme: 'x_mine', serializer });
    const args = [null, true, -1, 2 ** 31, 2 ** 53 - 1, 2n ** 63n, 1.5, 'ä', new Uint8Array([0, 255]), [[]], { a: {} }];
    const { payload } = codec.pack(EVENT, [...args, undefined, new Date(0)], { gone: undefined, kept: null });
    expect(codec.unpack(EVENT, {}, payload)).toStrictEqual([
      [...args, null, '1970-01-01T00:00:00.000Z'],
      { kept: null },
    ]);
  });

  it.each(FORMATS)('%s: members may be missing or null, and others are ignored', (_, serializer) => {
    const codec = packing({ scheme: 'x_mine', serializer });
    const read = (map: object): unknown => {
      const frame: unknown = (serializer.encode as (map: object) => unknown)(map);
      return codec.unpack(EVENT, {}, typeof frame === 'string' ? Buffer.from(frame) : frame);
    };
    expect(read({})).toStrictEqual([[], {}]);
    expect(read({ args: null, kwargs: null })).toStrictEqual([[], {}]);
    expect(read({ args: [1], kwargs: null, more: 1 })).toStrictEqual([[1], {}]);
    expect(read({ kwargs: { a: 1 } })).toStrictEqual([[], { a: 1 }]);
    for (const map of [{ args: 1 }, { kwargs: 1 }, { args: {} }, { kwargs: [] }, []])
      expect(thrownBy(() => read(map))).toMatchObject({
        name: 'SerializationError',
        attempted: 'EVENT',
        on: EVENT.uri,
      });
  });

  it('native is no format: the map goes as it is, and bytes that come were never ours', () => {
    const codec = packing({ scheme: 'mqtt' });
    const { attributes, payload } = codec.pack(EVENT, [1], { a: 2 });
    expect(attributes).toStrictEqual({ ppt_scheme: 'mqtt', ppt_serializer: 'native' });
    expect(payload).toStrictEqual({ args: [1], kwargs: { a: 2 } });
    expect(codec.unpack(EVENT, { ...attributes }, payload)).toStrictEqual([[1], { a: 2 }]);
    expect(codec.unpack(EVENT, {}, { args: [1], kwargs: null })).toStrictEqual([[1], {}]);
    expect(codec.unpack(EVENT, {}, new Uint8Array([7]))).toStrictEqual([[new Uint8Array([7])], {}]);
    for (const wrong of ['text', 1, null, [], { args: 1 }])
      expect(thrownBy(() => codec.unpack(EVENT, {}, wrong))).toMatchObject({ name: 'SerializationError' });
  });

  it('reads its own scheme and format alone, and nothing encrypted', () => {
    const native = packing({ scheme: 'mqtt' });
    for (const said of [{ ppt_serializer: 'native' }, {}, { ppt_serializer: null }, { ppt_cipher: null }])
      expect(native.reads({ ppt_scheme: 'mqtt', ...said })).toBe(true);
    const inCbor = packing({ scheme: 'mqtt', serializer: cbor() });
    expect(inCbor.reads({ ppt_scheme: 'mqtt', ppt_serializer: 'cbor' })).toBe(true);
    for (const said of [
      {},
      { ppt_scheme: 'mqtt' },
      { ppt_scheme: 'mqtt', ppt_serializer: 'json' },
      { ppt_scheme: 'wamp', ppt_serializer: 'cbor' },
      { ppt_scheme: 'mqtt', ppt_serializer: 'cbor', ppt_cipher: 'aes256gcm' },
    ])
      expect(inCbor.reads(said)).toBe(false);
    expect(inCbor.encrypts).toBe(false);
  });

  it('what is not in its format, or no bytes, is an error with its cause', () => {
    const codec = packing({ scheme: 'wamp' });
    for (const payload of [hex('ff'), hex(''), hex('a0 00')])
      expect(thrownBy(() => codec.unpack(EVENT, {}, payload))).toMatchObject({
        name: 'SerializationError',
        on: EVENT.uri,
        cause: { name: 'SerializationError' },
      });
    for (const payload of [{}, 1, null, 'no Base64!'])
      expect(thrownBy(() => codec.unpack(EVENT, {}, payload))).toMatchObject({ name: 'SerializationError' });
  });

  it.each(FORMATS)('%s: what cannot be packed says where it is', (_, serializer) => {
    const codec = packing({ scheme: 'x_mine', serializer });
    const error = thrownBy(() => codec.pack(EVENT, [{ a: [NaN] }], {}));
    expect(error).toMatchObject({ name: 'SerializationError', attempted: 'PUBLISH', on: EVENT.uri });
    expect(String((error as Error).cause)).toContain('args[0].a[0] holds NaN');
  });

  it('what is too large overflows', () => {
    const codec = packing({ scheme: 'wamp', maxPayloadBytes: 8 });
    expect(codec.pack(EVENT, [1], {}).payload).toHaveLength(8);
    expect(thrownBy(() => codec.pack(EVENT, [1, 2], {}))).toMatchObject({ name: 'OverflowError', limit: 8 });
    const bytes = packing({ scheme: 'wamp' }).pack(EVENT, [1, 2], {}).payload;
    expect(thrownBy(() => codec.unpack(EVENT, {}, bytes))).toMatchObject({ name: 'OverflowError', attempted: 'EVENT' });
  });

  it.each<[string, object]>([
    ['scheme', { scheme: 'other' }],
    ['scheme', { scheme: 'x_' }],
    ['scheme', { scheme: '' }],
    ['serializer', { scheme: 'x_mine' }],
    ['serializer', { scheme: 'mqtt', serializer: 'cbor' }],
    ['scheme wamp', { scheme: 'wamp', serializer: json() }],
    ['scheme wamp', { scheme: 'wamp', serializer: 'native' }],
    ['scheme mqtt', { scheme: 'mqtt', serializer: { ...json(), name: 'flatbuffers' } }],
    ['maxPayloadBytes', { scheme: 'mqtt', maxPayloadBytes: -1 }],
  ])('a wrong %s is refused: %j', (name, options) => {
    const error = thrownBy(() => packing(options as PackingOptions));
    expect(error).toMatchObject({ name: 'UsageError', uri: 'wamp.error.invalid_argument' });
    expect(String(error)).toContain(name);
  });
});
