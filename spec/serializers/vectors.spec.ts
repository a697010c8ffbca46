import { describe, expect, it } from '@jest/globals';
import type { WampMessage } from '../../src/protocol/message.js';
import { json } from '../../src/serializers/json.js';
import { encodedSamples } from '../protocol/vectors.js';
import { formats, hex, shown } from './formats.js';

// Some vectors are messages of dialects that are not spoken here; this is about encoding alone.
const message = (elements: unknown): WampMessage => elements as WampMessage;

/** The message that the attributes describe: they come in the order of the wire, with null for what is absent. */
function described(attributes: Readonly<Record<string, unknown>>): unknown[] {
  return Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => {
      if (name === 'roles') return { roles: value };
      // A payload that is not ours to read lies in the place of the arguments, as bytes.
      return name === 'payload' ? hex(String(value)) : value;
    });
}

const samples = encodedSamples();

describe('the community vectors', () => {
  it('are there in full, or not at all', () => {
    expect([0, 30]).toContain(samples.length);
  });

  describe.each(formats)('%s', (name, create) => {
    const serializer = create();
    for (const { description, serializers, expected_attributes: attributes } of samples) {
      const variants = (serializers[name] ?? []).map((variant) => hex(variant.bytes_hex));

      it(`${description}, read from every variant`, () => {
        expect(variants.length).toBeGreaterThan(0);
        for (const variant of variants) {
          const frame = serializer.binary ? variant : new TextDecoder().decode(variant);
          expect(serializer.decode(frame)).toEqual(described(attributes));
        }
      });

      it(`${description}, written byte for byte`, () => {
        const text = new TextDecoder().decode(hex(serializers['json']?.[0]?.bytes_hex ?? ''));
        const frame = serializer.encode(message(json().decode(text)));
        // Some of the JSON variants are spaced out.
        if (typeof frame === 'string') expect(frame).toBe(JSON.stringify(JSON.parse(text)));
        else expect(variants.map((variant) => shown(variant))).toContain(shown(frame));
      });
    }
  });
});
