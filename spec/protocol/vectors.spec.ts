import { describe, expect, it } from '@jest/globals';
import { validate } from '../../src/protocol/validate.js';
import { validationSamples } from './vectors.js';

/** Keys of other dialects, which are ignored here as any unknown key is, whatever they hold. */
const FOREIGN = /\.(forward_for|enc_algo|enc_serializer|transaction_hash|x_acknowledged_delivery) /;

const samples = validationSamples();

describe('the community vectors for validation', () => {
  it('are there in full, or not at all', () => {
    expect([0, 67]).toContain(samples.length);
  });

  const ours = samples.filter(({ description }) => !FOREIGN.test(description));
  for (const { description, wmsg, expected_error: expected } of ours) {
    it(description, () => {
      if (expected === undefined) {
        expect(validate([...wmsg])).toEqual(wmsg);
      } else {
        expect(() => validate([...wmsg])).toThrow(
          expect.objectContaining({
            name: 'ProtocolViolationError',
            message: expect.stringContaining(`${expected.contains} must be`),
          }),
        );
      }
    });
  }

  it('hold 20 violations of keys that are known here', () => {
    expect([0, 20]).toContain(ours.filter((sample) => sample.expected_error !== undefined).length);
  });

  it('are not refused for keys of other dialects', () => {
    const foreign = samples.filter(({ description }) => FOREIGN.test(description));
    for (const { wmsg } of foreign) {
      // Some carry their payload as text where arguments belong, which is another matter.
      if (wmsg.every((element, at) => at < 4 || typeof element !== 'string')) expect(validate([...wmsg])).toEqual(wmsg);
    }
  });
});
