import { describe, expect, it } from '@jest/globals';
import { cbor } from '../../src/serializers/cbor.js';
import { json } from '../../src/serializers/json.js';
import { msgpack } from '../../src/serializers/msgpack.js';
import { formats, hex } from './formats.js';

/** What follows the subscription; nothing of it is read. */
const REST = '4429313566,{},["payl';

describe('the subscription an EVENT is for, without decoding it', () => {
  it.each<[string, number | undefined]>([
    [`[36,5512315355,${REST}`, 5_512_315_355],
    [`[36,1,${REST}`, 1],
    [`[36,9007199254740992,${REST}`, 2 ** 53],
    // No id, or more than a look.
    [`[36,90071992547409920,${REST}`, undefined],
    [`[36,0,${REST}`, undefined],
    [`[36,,${REST}`, undefined],
    [`[36,-5,${REST}`, undefined],
    [`[36,1.5,${REST}`, undefined],
    [`[36,"5",${REST}`, undefined],
    [`[ 36, 5, ${REST}`, undefined],
    // Other messages.
    ['[50,5,{}]', undefined],
    ['[3,{},"wamp.close.normal"]', undefined],
    ['[367,5,{}]', undefined],
    // Cut short.
    ['[36,5', undefined],
    ['[36', undefined],
    ['', undefined],
  ])('json %s', (text, subscription) => {
    expect(json().subscriptionOf?.(text)).toBe(subscription);
    expect(json().subscriptionOf?.(new TextEncoder().encode(text))).toBe(subscription);
  });

  it.each<[string, number | undefined]>([
    ['94 24 05', 5],
    ['95 24 7f', 127],
    ['96 24 cc ff', 255],
    ['94 24 cd 01 00', 256],
    ['94 24 ce 00 01 00 00', 65_536],
    ['94 24 cf 00 20 00 00 00 00 00 00', 2 ** 53],
    ['94 24 cf 01 00 00 00 00 00 00 00', undefined],
    ['94 24 00', undefined],
    ['94 24 e0', undefined],
    ['94 24 d3 00 00 00 00 00 00 00 05', undefined],
    ['94 24 a1 35', undefined],
    ['93 24 05', undefined],
    ['97 24 05', undefined],
    ['94 32 05', undefined],
    ['dc 00 04 24 05', undefined],
    ['94 24', undefined],
    ['', undefined],
  ])('msgpack %s', (frame, subscription) => {
    expect(msgpack().subscriptionOf?.(hex(frame))).toBe(subscription);
  });

  it.each<[string, number | undefined]>([
    ['84 18 24 05', 5],
    ['85 18 24 17', 23],
    ['86 18 24 18 ff', 255],
    ['84 18 24 19 01 00', 256],
    ['84 18 24 1a 00 01 00 00', 65_536],
    ['84 18 24 1b 00 20 00 00 00 00 00 00', 2 ** 53],
    ['84 18 24 1b 01 00 00 00 00 00 00 00', undefined],
    ['84 18 24 00', undefined],
    ['84 18 24 20', undefined],
    ['84 18 24 61 35', undefined],
    ['83 18 24 05', undefined],
    ['87 18 24 05', undefined],
    ['84 18 32 05', undefined],
    ['84 19 00 24 05', undefined],
    ['9f 18 24 05', undefined],
    ['84 18 24', undefined],
    ['', undefined],
  ])('cbor %s', (frame, subscription) => {
    expect(cbor().subscriptionOf?.(hex(frame))).toBe(subscription);
  });

  it.each(formats)('is what decoding %s finds', (_, create) => {
    const serializer = create();
    for (const id of [1, 23, 24, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53]) {
      const event = serializer.encode([36, id, 4_429_313_566, {}, ['payload']]);
      expect(serializer.subscriptionOf?.(event)).toBe(id);
      expect(serializer.subscriptionOf?.(serializer.encode([50, id, {}, ['payload']]))).toBeUndefined();
    }
  });

  it.each([
    ['msgpack', msgpack],
    ['cbor', cbor],
  ])('is not looked for in text by %s', (_, create) => {
    expect(create().subscriptionOf?.('[36,5,6,{}]')).toBeUndefined();
  });
});
