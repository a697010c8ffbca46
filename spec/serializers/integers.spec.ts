import { describe, expect, it } from '@jest/globals';
import type { WampMessage } from '../../src/protocol/message.js';
import { validate } from '../../src/protocol/validate.js';
import { argument, formats, hex, publishing, serializationErrorOf, shown } from './formats.js';

const EXACT = 2 ** 53;

/** A SUBSCRIBED of request 1 with the given digits, or bytes of an integer, for its subscription. */
const subscribed: Readonly<Record<string, (digits: string, msgpack: string, cbor: string) => string | Uint8Array>> = {
  json: (digits) => `[33,1,${digits}]`,
  msgpack: (_, bytes) => hex(`93 21 01 ${bytes}`),
  cbor: (_, __, bytes) => hex(`83 18 21 01 ${bytes}`),
};

// Heads: MessagePack spec "int format family"; RFC 8949, 3.1 (major type 0, additional information 26 and 27).
const IDS: readonly (readonly [id: number, msgpack: string, cbor: string])[] = [
  [1, '01', '01'],
  [2 ** 32 - 1, 'ceffffffff', '1affffffff'],
  [2 ** 32, 'cf0000000100000000', '1b0000000100000000'],
  [4_429_313_566, 'cf000000010801f61e', '1b000000010801f61e'],
  [EXACT - 1, 'cf001fffffffffffff', '1b001fffffffffffff'],
  [EXACT, 'cf0020000000000000', '1b0020000000000000'],
];

describe.each(formats)('%s', (name, create) => {
  const frame = subscribed[name];
  if (frame === undefined) throw new Error(`no frames for ${name}`);

  describe('C-36: ids', () => {
    it.each(IDS)('%d leaves and arrives as an integer', (id, msgpack, cbor) => {
      for (const int64 of ['bigint', 'error'] as const) {
        const serializer = create({ int64 });
        expect(shown(serializer.encode([33, 1, id]))).toBe(shown(frame(String(id), msgpack, cbor)));
        expect(validate(serializer.decode(frame(String(id), msgpack, cbor)))).toEqual([33, 1, id]);
        // Beside what takes the careful way, it is an integer too.
        const message: WampMessage = [36, id, id, {}, [{ bytes: Uint8Array.of(1), left: undefined, more: 2n }]];
        expect(serializer.decode(serializer.encode(message))).toEqual([
          36,
          id,
          id,
          {},
          [{ bytes: Uint8Array.of(1), more: 2 }],
        ]);
        const careful = shown(serializer.encode(message));
        if (id >= 2 ** 32)
          expect(careful).toContain(name === 'json' ? String(id) : shown(hex(name === 'cbor' ? cbor : msgpack)));
      }
    });

    it('2^53 + 1 does not become 2^53', () => {
      const beyond = frame('9007199254740993', 'cf0020000000000001', '1b0020000000000001');
      expect(create().decode(beyond)).toEqual([33, 1, 9_007_199_254_740_993n]);
      expect(() => validate(create().decode(beyond))).toThrow('subscription must be an id, not 9007199254740993');
      expect(() => create({ int64: 'error' }).decode(beyond)).toThrow("option int64: 'error'");
    });

    it('are integers when a peer wrote them in more bytes than needed', () => {
      const long = frame('7', 'cf0000000000000007', '1b0000000000000007');
      expect(create().decode(long)).toEqual([33, 1, 7]);
    });
  });

  const WIDE: readonly (readonly [value: bigint, msgpack: string, cbor: string])[] = [
    [2n ** 53n + 1n, 'cf0020000000000001', '1b0020000000000001'],
    [2n ** 63n - 1n, 'cf7fffffffffffffff', '1b7fffffffffffffff'],
    [2n ** 64n - 1n, 'cfffffffffffffffff', '1bffffffffffffffff'],
    [-(2n ** 53n) - 1n, 'd3ffdfffffffffffff', '3b0020000000000000'],
    [-(2n ** 63n), 'd38000000000000000', '3b7fffffffffffffff'],
  ];

  describe('of 64 bits', () => {
    it.each(WIDE)('%d: a BigInt in both directions', (value, msgpack, cbor) => {
      const serializer = create();
      const message = serializer.decode(frame(String(value), msgpack, cbor));
      expect(message).toEqual([33, 1, value]);
      const bytes = shown(serializer.encode(publishing({ deep: [value] })));
      expect(bytes).toContain(name === 'json' ? `"deep":[${value}]` : name === 'cbor' ? cbor : msgpack);
      expect(argument(serializer.decode(serializer.encode(publishing({ deep: [value] }))))).toEqual({ deep: [value] });
    });

    it.each(WIDE)("%d: with int64: 'error' an error in both directions", (value, msgpack, cbor) => {
      const serializer = create({ int64: 'error' });
      const read = serializationErrorOf(() => serializer.decode(frame(String(value), msgpack, cbor)));
      expect(read.message).toContain("±2^53, which the option int64: 'error' forbids");
      const written = serializationErrorOf(() => serializer.encode(publishing({ deep: [value] })));
      expect(written.message).toBe(
        "encode: args[0].deep[0] holds an integer beyond ±2^53, which the option int64: 'error' forbids",
      );
    });

    it('a BigInt that a number can hold leaves as any integer, and arrives as a number', () => {
      for (const int64 of ['bigint', 'error'] as const) {
        const serializer = create({ int64 });
        for (const value of [0n, 5n, -5n, 2n ** 32n, 2n ** 53n, -(2n ** 53n)]) {
          expect(argument(serializer.decode(serializer.encode(publishing([value]))))).toEqual([Number(value)]);
        }
        expect(serializer.encode(publishing([5n, -5n]))).toEqual(serializer.encode(publishing([5, -5])));
      }
    });

    it('beyond 64 bits only JSON has integers', () => {
      for (const value of [2n ** 64n, -(2n ** 63n) - 1n]) {
        const encode = (): unknown => create().encode(publishing([value]));
        if (name === 'json') expect(encode()).toContain(`[[${value}]]`);
        else
          expect(serializationErrorOf(encode).message).toBe('encode: args[0][0] holds an integer of more than 64 bits');
      }
    });
  });

  it('a number beyond 2^53 is a float, not an integer that it may never have been', () => {
    const bytes = shown(create().encode(publishing(2 ** 60)));
    // 2^60 as JSON with an exponent; as float 64 of MessagePack; as float 32 of CBOR, the shortest that is exact.
    expect(bytes).toMatch({ json: /1\.\d+e\+18\]/, msgpack: /cb43b0000000000000$/, cbor: /fa5d800000$/ }[name] ?? /^$/);
    expect(argument(create({ int64: 'error' }).decode(create().encode(publishing([2 ** 60, -1e300]))))).toEqual([
      2 ** 60,
      -1e300,
    ]);
  });
});
