import { describe, expect, it } from '@jest/globals';
import { batchedNamed, batchingOf } from '../../src/serializers/batched.js';
import { cbor } from '../../src/serializers/cbor.js';
import { json } from '../../src/serializers/json.js';
import { msgpack } from '../../src/serializers/msgpack.js';

const octets = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('C-39: batches of JSON', () => {
  const { join, split } = batchingOf(json());

  it('have the record separator behind every message, also of one', () => {
    expect(join(['[1]'])).toBe('[1]\u001e');
    expect(join(['[1]', '[2,"ä"]'])).toBe('[1]\u001e[2,"ä"]\u001e');
  });

  it.each([
    ['the separator of the spec', '[1]\u001e[2]\u001e'],
    ['that of Autobahn for Python', '[1]\u0018[2]\u0018'],
  ])('are read with %s', (_, batch) => {
    expect([...split(batch)]).toStrictEqual(['[1]', '[2]']);
  });

  it.each([
    ['nothing', ''],
    ['only a separator', '\u001e'],
    ['an empty message', '[1]\u001e\u001e[2]\u001e'],
    ['an empty message at the start', '\u001e[1]\u001e'],
    ['a truncated tail', '[1]\u001e[2'],
    ['one message that is not framed', '[1]'],
  ])('of %s are malformed as a whole', (_, batch) => {
    expect([...split(batch)]).toStrictEqual(['']);
  });

  it('are left alone when they are no text', () => {
    expect([...split(octets('01'))]).toStrictEqual([octets('01')]);
  });
});

describe('C-39: batches of MessagePack and CBOR', () => {
  const { join, split } = batchingOf(msgpack());

  it('have the length in front of every message, also of one', () => {
    expect(join([octets('91 01')])).toStrictEqual(octets('00 00 00 02 91 01'));
    expect(join([octets('91 01'), octets('90')])).toStrictEqual(octets('00 00 00 02 91 01 00 00 00 01 90'));
    expect(batchingOf(cbor()).join([octets('81 01')])).toStrictEqual(octets('00 00 00 02 81 01'));
  });

  it('are taken apart', () => {
    expect([...split(octets('00 00 00 02 91 01 00 00 00 01 90'))]).toStrictEqual([octets('91 01'), octets('90')]);
  });

  it.each([
    ['nothing', ''],
    ['an empty message', '00 00 00 00'],
    ['an empty message behind another', '00 00 00 01 90 00 00 00 00'],
    ['half a length', '00 00 00 01 90 00 00'],
    ['a truncated tail', '00 00 00 01 90 00 00 00 03 91 01'],
    ['a length beyond all that can be', 'ff ff ff ff 90'],
  ])('of %s are malformed as a whole', (_, hex) => {
    expect([...split(octets(hex))]).toStrictEqual([new Uint8Array(0)]);
  });

  it('are left alone when they are text', () => {
    expect([...split('[1]')]).toStrictEqual(['[1]']);
  });
});

describe('a serializer of messages in batches', () => {
  it.each([json(), msgpack(), cbor()])('has the name of its own, and writes the same: $name', (serializer) => {
    const inBatches = batchedNamed(serializer);
    expect([inBatches.name, inBatches.binary]).toStrictEqual([`${serializer.name}.batched`, serializer.binary]);
    const frame = serializer.encode([33, 1, 2]);
    expect(inBatches.encode([33, 1, 2])).toStrictEqual(frame);
    expect(inBatches.decode(frame)).toStrictEqual([33, 1, 2]);
  });

  it('says what is wrong with a malformed batch', () => {
    for (const frame of ['', new Uint8Array(0)])
      expect(() => batchedNamed(json()).decode(frame)).toThrow(
        expect.objectContaining({ name: 'SerializationError', message: expect.stringContaining('batch') }),
      );
  });
});
