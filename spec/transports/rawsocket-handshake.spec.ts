import { describe, expect, it } from '@jest/globals';
import {
  announceable,
  describeRefusal,
  encodeRefusal,
  encodeTerms,
  HandshakeError,
  readReply,
  readRequest,
  serializerNumber,
} from '../../src/transports/rawsocket-handshake.js';

const octets = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('C-38: the RawSocket handshake', () => {
  // The spec's own examples first.
  it.each([
    ['7f f1 00 00', 1, 2 ** 24],
    ['7f d3 00 00', 3, 2 ** 22],
    ['7f 01 00 00', 1, 2 ** 9],
    ['7f 72 00 00', 2, 2 ** 16],
  ])('is %s for serializer %d and messages up to %d octets', (hex, serializer, maxLength) => {
    expect(encodeTerms({ serializer, maxLength })).toStrictEqual(octets(hex));
    expect(readRequest(octets(hex))).toStrictEqual({ kind: 'terms', serializer, maxLength });
    expect(readReply(octets(hex))).toStrictEqual({ kind: 'terms', serializer, maxLength });
  });

  it.each([
    ['json', 1],
    ['msgpack', 2],
    ['cbor', 3],
    ['ubjson', 4],
    ['flatbuffers', 5],
    ['json.batched', undefined],
    ['constructor', undefined],
  ])('has for %s the number %p', (name, number) => {
    expect(serializerNumber(name)).toBe(number);
  });

  it.each([
    [1, 2 ** 9],
    [511, 2 ** 9],
    [512, 2 ** 9],
    [1023, 2 ** 9],
    [1024, 2 ** 10],
    [1_000_000, 2 ** 19],
    [2 ** 24 - 1, 2 ** 23],
    [2 ** 24, 2 ** 24],
    [2 ** 24 + 1, 2 ** 24],
    [Infinity, 2 ** 24],
  ])('announces for %d octets %d', (bytes, announced) => {
    expect(announceable(bytes)).toBe(announced);
  });

  it.each([
    [HandshakeError.SERIALIZER_UNSUPPORTED, '7f 10 00 00'],
    [HandshakeError.LENGTH_UNACCEPTABLE, '7f 20 00 00'],
    [HandshakeError.RESERVED_BITS, '7f 30 00 00'],
    [HandshakeError.TOO_MANY_CONNECTIONS, '7f 40 00 00'],
  ])('R-48: turns away with error %d in %s', (error, hex) => {
    expect(encodeRefusal(error)).toStrictEqual(octets(hex));
    expect(readReply(octets(hex))).toStrictEqual({ kind: 'refused', code: error });
  });

  it('knows refusals it has no meaning for', () => {
    expect(readReply(octets('7f 00 00 00'))).toStrictEqual({ kind: 'refused', code: 0 });
    expect(readReply(octets('7f f0 00 00'))).toStrictEqual({ kind: 'refused', code: 15 });
    expect(describeRefusal(15)).toContain('15');
    const words = [1, 2, 3, 4].map(describeRefusal);
    expect(new Set(words).size).toBe(4);
  });

  it.each(['7f f1 00 01', '7f f1 80 00'])('R-48: refuses %s, which sets reserved octets', (hex) => {
    expect(readRequest(octets(hex))).toStrictEqual({ kind: 'refused', error: HandshakeError.RESERVED_BITS });
    expect(readReply(octets(hex))).toMatchObject({ kind: 'malformed' });
  });

  it('knows what is another protocol by its first octet', () => {
    expect(readRequest(octets('47'))).toStrictEqual({ kind: 'foreign' });
    expect(readRequest(octets('00 7f f1 00'))).toStrictEqual({ kind: 'foreign' });
    expect(readReply(octets('48'))).toStrictEqual({
      kind: 'malformed',
      what: expect.stringContaining('octet 72'),
    });
  });
});
