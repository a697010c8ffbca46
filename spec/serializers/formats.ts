import { isSerializationError, type SerializationError } from '../../src/protocol/errors.js';
import type { WampMessage } from '../../src/protocol/message.js';
import { cbor } from '../../src/serializers/cbor.js';
import { json } from '../../src/serializers/json.js';
import { msgpack } from '../../src/serializers/msgpack.js';
import type { SerializerOptions } from '../../src/serializers/options.js';
import type { Frame, Serializer } from '../../src/serializers/serializer.js';

/** The three serializers by name, for `describe.each`. */
export const formats: readonly (readonly [name: string, create: (options?: SerializerOptions) => Serializer])[] = [
  ['json', json],
  ['msgpack', msgpack],
  ['cbor', cbor],
];

/** Bytes written as hex, with any blanks. */
export function hex(text: string): Uint8Array {
  const digits = text.replaceAll(/\s/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
}

/** Bytes as hex; text as it is. */
export const shown = (frame: Frame): string =>
  typeof frame === 'string' ? frame : [...frame].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** A PUBLISH of one argument: what a message that carries `value` as application payload looks like. */
export const publishing = (value: unknown): WampMessage => [16, 1, {}, 'com.example.topic', [value]];

/** Takes the argument out of such a message again. */
export function argument(message: unknown): unknown {
  if (!Array.isArray(message) || !Array.isArray(message[4])) throw new Error('not a PUBLISH with arguments');
  const args: readonly unknown[] = message[4];
  return args[0];
}

/** The SerializationError that running it throws; fails when it throws anything else, or nothing. */
export function serializationErrorOf(run: () => unknown): SerializationError {
  try {
    run();
  } catch (error) {
    if (isSerializationError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
