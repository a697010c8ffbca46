import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FrameDecoder, type FrameKind } from '../../src/transports/rawsocket-decoder.js';

const octets = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hexOf = (payload: Uint8Array): string => Buffer.from(payload).toString('hex');

/** A decoder, and what came out of it: kind and payload. */
function decoding(limit = 2 ** 24) {
  const frames: [FrameKind, string][] = [];
  const decoder = new FrameDecoder(limit, (kind, payload) => frames.push([kind, hexOf(payload)]));
  return { decoder, frames };
}

describe('C-38: RawSocket frames', () => {
  it('are read as the spec writes them', () => {
    const { decoder, frames } = decoding();
    decoder.push(octets('00 00 00 0d 5b 33 33 2c 31 2c 32 33 34 35 36 37 5d'));
    decoder.push(octets('01 00 00 05 68 65 6c 6c 6f'));
    decoder.push(octets('02 00 00 00'));
    decoder.push(octets('01 00 00 00'));
    expect(frames).toStrictEqual([
      [0, '5b33332c312c3233343536375d'],
      [1, '68656c6c6f'],
      [2, ''],
      [1, ''],
    ]);
    expect(decoder.isInFrame).toBe(false);
  });

  it('are the same however the octets are cut', () => {
    const payloads = fc.array(
      fc.tuple(fc.constantFrom<FrameKind>(0, 1, 2), fc.uint8Array({ minLength: 1, maxLength: 20_000 })),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(payloads, fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1 }), (sent, cuts) => {
        const stream = Buffer.concat(
          sent.flatMap(([kind, payload]) => {
            const prefix = Buffer.alloc(4);
            prefix.writeUInt32BE(payload.length);
            prefix[0] = kind;
            return [prefix, payload];
          }),
        );
        const { decoder, frames } = decoding();
        for (let at = 0, i = 0; at < stream.length; i++) {
          const next = at + (cuts[i % cuts.length] ?? 1);
          decoder.push(stream.subarray(at, next));
          at = next;
        }
        expect(frames).toStrictEqual(sent.map(([kind, payload]) => [kind, hexOf(payload)]));
        expect(decoder.isInFrame).toBe(false);
      }),
    );
  });

  it('know whether one has begun', () => {
    const { decoder } = decoding();
    expect(decoder.isInFrame).toBe(false);
    decoder.push(octets('00'));
    expect(decoder.isInFrame).toBe(true);
    decoder.push(octets('00 00 02'));
    expect(decoder.isInFrame).toBe(true);
    decoder.push(octets('01'));
    expect(decoder.isInFrame).toBe(true);
    decoder.push(octets('02'));
    expect(decoder.isInFrame).toBe(false);
  });

  it('copy what comes in pieces no more than twice, and take memory only as it comes', () => {
    let copied = 0;
    let largest = 0;
    const pieces = Array.from({ length: 16 * 1024 }, () => new Uint8Array(1024));
    // What is copied is copied by `set`, and what is allocated is what it is called on.
    const set = Uint8Array.prototype.set;
    Uint8Array.prototype.set = function (source: ArrayLike<number>, at?: number) {
      copied += source.length;
      largest = Math.max(largest, this.length);
      set.call(this, source, at);
    };
    try {
      const { decoder, frames } = decoding();
      decoder.push(octets('08 00 00 00'));
      for (const piece of pieces.slice(0, 64)) decoder.push(piece);
      expect(largest).toBeLessThanOrEqual(2 * 64 * 1024);
      for (const piece of pieces.slice(64)) decoder.push(piece);
      expect(frames).toHaveLength(1);
      expect(frames[0]?.[1]).toHaveLength(2 * 2 ** 24);
    } finally {
      Uint8Array.prototype.set = set;
    }
    expect(copied).toBeLessThanOrEqual(2 * 2 ** 24);
  });

  it.each([
    ['beyond the limit', '00 00 00 65', 'OverflowError', '101 bytes is beyond the limit of 100'],
    ['a PING beyond the limit', '01 00 00 65', 'OverflowError', '101'],
    ['of 16 MiB', '08 00 00 00', 'OverflowError', '16777216'],
    ['of 32 MiB less one octet', '08 ff ff ff', 'OverflowError', '33554431'],
    ['without octets', '00 00 00 00', 'ProtocolViolationError', 'no octets'],
    ['of a reserved type', '03 00 00 01', 'ProtocolViolationError', 'type 3'],
    ['of the last reserved type', '07 00 00 01', 'ProtocolViolationError', 'type 7'],
    ['with a reserved bit', '10 00 00 01', 'ProtocolViolationError', 'reserved'],
    ['with all reserved bits', 'f0 00 00 01', 'ProtocolViolationError', 'reserved'],
    ['of another protocol', '47 45 54 20', 'ProtocolViolationError', 'reserved'],
  ])('R-48: refuse one %s by its prefix, and everything after', (_, prefix, name, message) => {
    const { decoder, frames } = decoding(100);
    decoder.push(octets('00 00 00 01 05'));
    const failure = expect.objectContaining({ name, message: expect.stringContaining(message) });
    let thrown: unknown;
    try {
      decoder.push(octets(`00 00 00 01 06 ${prefix} 00 00 00 01 07`));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toEqual(failure);
    expect(() => decoder.push(octets('00 00 00 01 08'))).toThrow(expect.objectContaining({ name }));
    expect(frames).toStrictEqual([
      [0, '05'],
      [0, '06'],
    ]);
  });

  it('are taken up to the limit itself', () => {
    const { decoder, frames } = decoding(100);
    decoder.push(octets('00 00 00 64'));
    decoder.push(new Uint8Array(100));
    expect(frames).toStrictEqual([[0, '00'.repeat(100)]]);
  });

  it('use the 25th length bit for exactly 16 MiB', () => {
    const sizes: number[] = [];
    const decoder = new FrameDecoder(2 ** 24, (_, payload) => sizes.push(payload.length));
    decoder.push(octets('08 00 00 00'));
    decoder.push(new Uint8Array(2 ** 24));
    decoder.push(octets('00 ff ff ff'));
    decoder.push(new Uint8Array(2 ** 24 - 1));
    expect(sizes).toStrictEqual([2 ** 24, 2 ** 24 - 1]);
  });
});
