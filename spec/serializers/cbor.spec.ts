import { describe, expect, it } from '@jest/globals';
import { cbor } from '../../src/serializers/cbor.js';
import { hex, publishing, serializationErrorOf, shown } from './formats.js';

const decode = (bytes: string): unknown => cbor().decode(hex(bytes));
const refusal = (bytes: string): string => serializationErrorOf(() => decode(bytes)).message;

describe('CBOR', () => {
  // RFC 8949, appendix A.
  it.each<[string, unknown]>([
    ['00', 0],
    ['0a', 10],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['1bffffffffffffffff', 18_446_744_073_709_551_615n],
    ['20', -1],
    ['29', -10],
    ['3863', -100],
    ['3903e7', -1000],
    ['3bffffffffffffffff', -18_446_744_073_709_551_616n],
    ['f90000', 0],
    ['f93c00', 1],
    ['fb3ff199999999999a', 1.1],
    ['f93e00', 1.5],
    ['f97bff', 65_504],
    ['fa47c35000', 100_000],
    ['fb7e37e43c8800759c', 1e300],
    ['f90001', 5.960464477539063e-8],
    ['f9c400', -4],
    ['fbc010666666666666', -4.1],
    ['f97c00', Infinity],
    ['f97e00', NaN],
    ['fbfff0000000000000', -Infinity],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['40', new Uint8Array(0)],
    ['4401020304', Uint8Array.of(1, 2, 3, 4)],
    ['60', ''],
    ['6161', 'a'],
    ['6449455446', 'IETF'],
    ['62225c', '"\\'],
    ['62c3bc', 'ü'],
    ['63e6b0b4', '水'],
    ['64f0908591', '𐅑'],
    ['80', []],
    ['83010203', [1, 2, 3]],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    ['98190102030405060708090a0b0c0d0e0f101112131415161718181819', Array.from({ length: 25 }, (_, n) => n + 1)],
    ['a0', {}],
    ['a26161016162820203', { a: 1, b: [2, 3] }],
    ['826161a161626163', ['a', { b: 'c' }]],
    ['a56161614161626142616361436164614461656145', { a: 'A', b: 'B', c: 'C', d: 'D', e: 'E' }],
    // Of indefinite length.
    ['9fff', []],
    ['9f018202039f0405ffff', [1, [2, 3], [4, 5]]],
    ['83018202039f0405ff', [1, [2, 3], [4, 5]]],
    ['83019f0203ff820405', [1, [2, 3], [4, 5]]],
    ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
    ['826161bf61626163ff', ['a', { b: 'c' }]],
    ['bf6346756ef563416d7421ff', { Fun: true, Amt: -2 }],
    // The one value of the appendix that has no counterpart: read as null.
    ['f7', null],
    // RFC 8746, 2.1: a typed array of unsigned octets.
    ['d840420102', new Uint8Array([1, 2])],
    ['82d840420102a16162d84040', [new Uint8Array([1, 2]), { b: new Uint8Array(0) }]],
    ['a16161f7', { a: null }],
  ])('reads %s', (bytes, value) => {
    expect(decode(bytes)).toEqual(value);
    expect(decode(`82 ${bytes} 1b0020000000000000`)).toEqual([value, 2 ** 53]);
  });

  it.each<[string, string, string]>([
    ['a bignum', 'c249010000000000000000', 'tag'],
    ['a date as text', 'c074323031332d30332d32315432303a30343a30305a', 'tag'],
    ['a date as a number', 'c11a514b67b0', 'tag'],
    ['an unassigned tag', 'd9270f 00', 'tag'],
    ['a typed array that is no bytes', 'd840 8101', 'tag'],
    ['a typed array within one', 'd840 d840 4101', 'tag'],
    ['a typed array of another kind', 'd841 420102', 'tag'],
    ['a typed array that is cut short', 'd840', 'tag'],
    ['a typed array in a longer head', 'd90040 420102', 'tag'],
    ['bytes in chunks', '5f42010243030405ff', 'not used in a message'],
    ['text in chunks', '7f657374726561646d696e67ff', 'not used in a message'],
    ['an unassigned simple value', 'f0', 'not CBOR'],
    ['a simple value in two bytes', 'f8ff', 'not CBOR'],
    ['a reserved head', '1c', 'not used in a message'],
    ['an integer as a key', 'a201020304', 'not CBOR'],
    ['a list as a key', 'a18001', 'not CBOR'],
    ['the key __proto__', 'a1695f5f70726f746f5f5f80', '__proto__'],
    ['the key __proto__ without an end', 'bf695f5f70726f746f5f5fa0ff', '__proto__'],
    ['a break alone', 'ff', 'break'],
    ['a break in a list that has a length', '81ff', 'break'],
    ['a break in the place of a value', 'a16161ff', 'break'],
    ['a break in the place of a value, without an end', 'bf6161ff6162ff', 'break'],
    ['a list without its end', '9f01', 'ends in the middle'],
    ['nothing', '', 'ends in the middle'],
    ['two messages', '8080', 'goes on'],
    ['a list of 2^64 - 1', '9bffffffffffffffff', 'ends in the middle'],
    ['a dictionary of 2^32 - 1', 'baffffffff616101', 'ends in the middle'],
    ['text of 2^64 - 1', '7bffffffffffffffff61', 'ends in the middle'],
    ['bytes of 2^32 - 1', '5affffffff61', 'ends in the middle'],
  ])('refuses %s', (_, bytes, what) => {
    expect(refusal(bytes)).toContain(what);
  });

  it('refuses nesting that is hidden behind breaks in the place of values', () => {
    expect(refusal('bf6161ff60'.repeat(100_000))).toContain('break');
    expect(refusal('9f9fff'.repeat(100))).toContain('deeper than 64 levels');
  });

  it('of a key that comes twice the last counts', () => {
    expect(decode('a2616101616102')).toEqual({ a: 2 });
  });

  it('keeps the order of keys, and writes floats as short as they are exact', () => {
    // [16, 1, {}, "com.example.topic", [{"bb": 1, "a": 1.5}]]
    expect(shown(cbor().encode(publishing({ bb: 1, a: 1.5 })))).toBe(
      '851001a071636f6d2e6578616d706c652e746f70696381a26262620161' + '61f93e00',
    );
  });
});
