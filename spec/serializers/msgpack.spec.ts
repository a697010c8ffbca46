import { describe, expect, it } from '@jest/globals';
import { encode as reference } from '@msgpack/msgpack';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { msgpack } from '../../src/serializers/msgpack.js';
import type { Serializer } from '../../src/serializers/serializer.js';
import { argument, hex, publishing, serializationErrorOf, shown } from './formats.js';

const decode = (bytes: string): unknown => msgpack().decode(hex(bytes));
const refusal = (bytes: string): string => serializationErrorOf(() => decode(bytes)).message;

describe('MessagePack', () => {
  // One of every format in the MessagePack specification, "Formats", that JSON has a value for.
  it.each<[string, string, unknown]>([
    ['positive fixint', '7f', 127],
    ['negative fixint', 'e0', -32],
    ['uint 8', 'cc80', 128],
    ['uint 16', 'cd0100', 256],
    ['uint 32', 'ce00010000', 65_536],
    ['uint 64', 'cf0000000100000000', 2 ** 32],
    ['int 8', 'd0df', -33],
    ['int 16', 'd1ff7f', -129],
    ['int 32', 'd2ffff7fff', -32_769],
    ['int 64', 'd3ffffffff7fffffff', -(2 ** 31) - 1],
    ['int 64, -2^53', 'd3ffe0000000000000', -(2 ** 53)],
    ['float 32', 'ca3fc00000', 1.5],
    ['float 64', 'cb3ff199999999999a', 1.1],
    ['nil', 'c0', null],
    ['false', 'c2', false],
    ['true', 'c3', true],
    ['fixstr', 'a3 616263', 'abc'],
    ['str 8', 'd903 616263', 'abc'],
    ['str 16', 'da0003 616263', 'abc'],
    ['str 32', 'db00000003 616263', 'abc'],
    ['bin 8', 'c403 010203', Uint8Array.of(1, 2, 3)],
    ['bin 16', 'c50003 010203', Uint8Array.of(1, 2, 3)],
    ['bin 32', 'c600000003 010203', Uint8Array.of(1, 2, 3)],
    ['fixarray', '93 01 92 02 03 90', [1, [2, 3], []]],
    ['array 16', 'dc0002 01 dc0000', [1, []]],
    ['array 32', 'dd00000002 01 dd00000000', [1, []]],
    ['fixmap', '82 a161 01 a162 80', { a: 1, b: {} }],
    ['map 16', 'de0001 a161 de0000', { a: {} }],
    ['map 32', 'df00000001 a161 df00000000', { a: {} }],
    ['a key twice: the last counts', '82 a161 01 a161 02', { a: 2 }],
    ['what msgpackr writes for undefined, as null', '82 a161 d40000 a162 92 d40000 01', { a: null, b: [null, 1] }],
    ['NaN and the infinities', '93 cb7ff8000000000000 ca7f800000 caff800000', [NaN, Infinity, -Infinity]],
  ])('reads %s', (_, bytes, value) => {
    expect(decode(bytes)).toEqual(value);
    // In the company of bytes and wide integers, too, which are read another way.
    expect(decode(`93 ${bytes} c400 cfffffffffffffffff`)).toEqual([value, new Uint8Array(0), 2n ** 64n - 1n]);
  });

  it.each<[string, string, string]>([
    ['fixext 1', 'd4 01 00', 'extension'],
    ['fixext 1 of type 0 with something in it', 'd4 00 01', 'extension'],
    ['fixext 1 that is cut short', 'd4 00', 'extension'],
    ['ext 8 of type 0', 'c7 01 00 00', 'extension'],
    ['fixext 16', `d8 01 ${'00'.repeat(16)}`, 'extension'],
    ['ext 8', 'c7 01 05 00', 'extension'],
    ['a timestamp', 'd6 ff 00000000', 'extension'],
    ['an extension as a key', '81 d4 01 00 01', 'extension'],
    ['the head that is never used', 'c1', 'extension'],
    ['an integer as a key', '81 01 01', 'not a string'],
    ['nil as a key', '81 c0 01', 'not a string'],
    ['a list as a key', '81 90 01', 'not a string'],
    ['a wide integer as a key', '82 cf0020000000000001 01 a161 c400', 'not a string'],
    ['the key __proto__', '81 a95f5f70726f746f5f5f 80', 'not MessagePack'],
    ['nothing', '', 'ends in the middle'],
    ['two messages', '90 90', 'goes on'],
    ['a list of 2^32 - 1 that is not there', 'ddffffffff', 'ends in the middle'],
    ['a dictionary of 2^32 - 1 that is not there', 'dfffffffff a161 01', 'ends in the middle'],
    ['text of 2^32 - 1 that is not there', 'dbffffffff 61', 'ends in the middle'],
    ['bytes of 2^32 - 1 that are not there', 'c6ffffffff 61', 'ends in the middle'],
    ['half a header', 'dd0000', 'ends in the middle'],
  ])('refuses %s', (_, bytes, what) => {
    expect(refusal(bytes)).toContain(what);
  });

  it('makes no room for what lists within lists only claim', () => {
    // 60 lists, each of which says that it has all the elements that there are bytes: 1 GiB, if one believed it.
    const frame = new Uint8Array(2 * 2 ** 20);
    for (let level = 0; level < 60; level++) frame.set(hex('dd 001fff00'), level * 5);
    frame.fill(0xc1, 2 ** 20);
    const before = process.memoryUsage().rss;
    serializationErrorOf(() => msgpack().decode(frame));
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  it('writes what another implementation writes', () => {
    for (const value of [
      0,
      -1,
      127,
      128,
      256,
      65_536,
      -33,
      -129,
      -32_769,
      1.5,
      '',
      'é'.repeat(40),
      'x'.repeat(70_000),
      true,
      null,
    ]) {
      const message = publishing([value, { key: value }]);
      expect(shown(msgpack().encode(message))).toBe(shown(reference(message)));
    }
  });

  it('gives every frame its own memory', () => {
    const serializer = msgpack();
    const frames = Array.from({ length: 5 }, (_, n) => serializer.encode(publishing(n)));
    expect(frames.map((frame) => argument(serializer.decode(frame)))).toEqual([0, 1, 2, 3, 4]);
  });

  // Collecting garbage takes as long as it takes.
  it('does not keep the memory of a large message', async () => {
    const serializer = msgpack();
    const size = 2 ** 25;
    // Buffers are swept beside the program, and a WeakRef that was looked at holds until the job has ended.
    const inUse = async (): Promise<number> => {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
      return process.memoryUsage().arrayBuffers;
    };
    await inUse();
    const before = await inUse();
    const frames = [...roundTrip(serializer, 'x'.repeat(size)), ...roundTrip(serializer, new Uint8Array(size))];
    serializationErrorOf(() => serializer.encode(publishing(failingLate('x'.repeat(size)))));
    let kept = Infinity;
    for (let round = 0; round < 20 && kept >= size / 8; round++) kept = (await inUse()) - before;
    expect(kept).toBeLessThan(size / 8);
    expect(frames.map((frame) => frame.deref())).toEqual([undefined, undefined]);
    expect(serializer.encode(publishing(1))).toEqual(reference(publishing(1)));
  }, 300_000);
});

/** Sends and receives a value, and forgets everything but weakly the memory of the frame. */
function roundTrip(serializer: Serializer, value: unknown): WeakRef<ArrayBufferLike>[] {
  const frame = serializer.encode(publishing(value));
  expect(serializer.decode(frame)).toBeDefined();
  return typeof frame === 'string' ? [] : [new WeakRef(frame.buffer)];
}

/** Holds much, and then what throws when the encoder reads it, but not before. */
function failingLate(much: string): object {
  let reads = 0;
  return Object.defineProperty({ much }, 'late', {
    enumerable: true,
    get: () => {
      if (++reads > 1) throw new Error('late');
      return 1;
    },
  });
}

/** A full collection, at once. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}
