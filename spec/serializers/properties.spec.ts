import { describe, expect, it } from '@jest/globals';
import * as reference from '@msgpack/msgpack';
import * as cborg from 'cborg';
import fc from 'fast-check';
import { isSerializationError } from '../../src/protocol/errors.js';
import type { Frame } from '../../src/serializers/serializer.js';
import { argument, formats, publishing } from './formats.js';

const bytes = fc.uint8Array({ maxLength: 40 });
const wide = fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 64n - 1n });
const text = fc.string({ unit: 'binary', maxLength: 20 }).map((value) => value.replace(/^\0+/, ''));
const key = fc.oneof(text, fc.string()).filter((value) => value !== '__proto__');
// -0 arrives as 0.
const number = fc
  .oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(1000))
  .map((value) => (value === 0 ? 0 : value));
const leaf = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 2 ** 53),
  number,
  text,
  bytes,
  wide,
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) - 1n }),
);
/** Any payload that all formats carry unchanged. */
const payload = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).value;

/** Runs a decoder on hostile input: what it may do is return a value, or throw a SerializationError. */
function survives(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!isSerializationError(error)) throw error;
  }
}

describe.each(formats)('%s', (name, create) => {
  const serializer = create();

  it('gives back any payload as it was', () => {
    fc.assert(
      fc.property(payload, (value) => {
        expect(argument(serializer.decode(serializer.encode(publishing(value))))).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws anything but a SerializationError, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (frame) => {
        survives(() => serializer.decode(frame));
      }),
      { numRuns: 2000 },
    );
  });

  it('nor when a frame was damaged on its way', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(payload, changes, (value, changed) => {
        const frame = serializer.encode(publishing(value));
        const damaged = typeof frame === 'string' ? new TextEncoder().encode(frame) : frame;
        for (const [at, byte] of changed) damaged[at % damaged.length] = byte;
        survives(() => serializer.decode(damaged));
        if (name === 'json') survives(() => serializer.decode(String.fromCharCode(...damaged)));
      }),
      { numRuns: 500 },
    );
  });

  it('nor when anything at all is to be sent', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withSparseArray: true,
          withNullPrototype: true,
          withBoxedValues: true,
        }),
        (value) => {
          survives(() => serializer.decode(serializer.encode(publishing(value))));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('what others wrote', () => {
  const plain = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(fc.constantFrom(null, true, false), fc.maxSafeInteger(), text, bytes),
      fc.array(tie('value'), { maxLength: 20 }),
      fc.dictionary(key, tie('value'), { maxKeys: 20, noNullPrototype: true }),
    ),
  })).value;

  // JSON has no bytes, and digits beyond 2^53 are an integer here although JavaScript wrote them for a float.
  const json = fc
    .letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(
          fc.constantFrom(null, true, false),
          fc.maxSafeInteger(),
          fc.double({ min: -1e15, max: 1e15, noNaN: true }),
          text,
        ),
        fc.array(tie('value')),
        fc.dictionary(key, tie('value'), { noNullPrototype: true }),
      ),
    }))
    .value.map((value): unknown => JSON.parse(JSON.stringify(value)));

  it.each<[string, fc.Arbitrary<unknown>, (value: unknown) => Frame, (frame: Frame) => unknown]>([
    ['json', json, (value) => JSON.stringify(value), (frame): unknown => JSON.parse(String(frame))],
    ['msgpack', plain, (value) => reference.encode(value), (frame) => reference.decode(frame as Uint8Array)],
    ['cbor', plain, (value) => cborg.encode(value), (frame): unknown => cborg.decode(frame as Uint8Array)],
  ])('as %s is read the same, and the other way round', (name, values, encode, decode) => {
    const serializer = formats.find(([format]) => format === name)?.[1]();
    if (serializer === undefined) throw new Error(`no format ${name}`);
    fc.assert(
      fc.property(values, (value) => {
        expect(serializer.decode(encode(publishing(value)))).toEqual(publishing(value));
        expect(decode(serializer.encode(publishing(value)))).toEqual(publishing(value));
      }),
      { numRuns: 200 },
    );
  });
});
