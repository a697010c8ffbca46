import { describe, expect, it } from '@jest/globals';
import { cbor } from '../../src/serializers/cbor.js';
import { msgpack } from '../../src/serializers/msgpack.js';

/** A frame that holds one text, of these bytes. */
const FORMATS = {
  msgpack: [msgpack(), ({ length }: Uint8Array) => (length < 32 ? [0xa0 | length] : [0xda, length >> 8, length & 255])],
  cbor: [cbor(), ({ length }: Uint8Array) => (length < 24 ? [0x60 | length] : [0x79, length >> 8, length & 255])],
} as const;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const padded = (bytes: readonly number[], size: number): Uint8Array =>
  Uint8Array.from([...bytesOf('x'.repeat(Math.max(0, size - bytes.length))), ...bytes]);

describe.each(['msgpack', 'cbor'] as const)('text in %s', (format) => {
  const [serializer, head] = FORMATS[format];
  const decode = (text: Uint8Array): unknown => serializer.decode(Uint8Array.from([...head(text), ...text]));

  it.each([3, 20, 200, 256, 257, 1_000])('of %i bytes that is no UTF-8 is refused', (size) => {
    // Of RFC 3629: a byte that is never used, one that goes on from nothing, an overlong form, a surrogate, a text cut short.
    for (const wrong of [[0xff], [0x80], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe2, 0x82]])
      expect(() => decode(padded(wrong, size))).toThrow(expect.objectContaining({ name: 'SerializationError' }));
  });

  it.each([0, 20, 254, 257, 1_000])('after %i bytes that is UTF-8 is taken, U+FFFD among it', (size) => {
    for (const text of ['ASCII', 'Grüße', '\uFFFD', '🚀 𐍈']) {
      const whole = 'x'.repeat(size) + text;
      expect(decode(bytesOf(whole))).toBe(whole);
    }
  });
});
