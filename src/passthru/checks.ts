import * as ErrorUri from '../protocol/error-uris.js';
import { UsageError } from '../protocol/errors.js';

/** Refuses options that make no sense. */
export const refuse = (attempted: string, what: string): UsageError =>
  new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted });

/** @throws {UsageError} unless it is `wamp`, `mqtt` (where that is allowed) or `x_…`. */
export function checkScheme(attempted: string, scheme: string, known: readonly string[]): void {
  if (!known.includes(scheme) && !/^x_[^\s]+$/.test(scheme))
    throw refuse(attempted, `scheme must be ${known.join(', ')} or x_…, not ${scheme}`);
}

/** @throws {UsageError} unless the spec has that format in that scheme. Schemes of one's own have any. */
export function checkFormat(attempted: string, scheme: string, format: string): void {
  const formats = FORMATS[scheme];
  if (formats !== undefined && !formats.includes(format))
    throw refuse(attempted, `scheme ${scheme} has ${formats.join(' or ')}, not ${format}; a scheme x_… may have any`);
}

const FORMATS: Readonly<Record<string, readonly string[] | undefined>> = {
  wamp: ['cbor', 'flatbuffers'],
  mqtt: ['native', 'json', 'msgpack', 'cbor'],
};

/** @throws {UsageError} unless it is a number of bytes. */
export function checkBytes(attempted: string, maxPayloadBytes: number): void {
  if (!Number.isInteger(maxPayloadBytes) || maxPayloadBytes < 1)
    throw refuse(attempted, `maxPayloadBytes must be an integer ≥ 1, not ${String(maxPayloadBytes)}`);
}

/** @throws {UsageError} unless it is a serializer. */
export function checkSerializer(attempted: string, serializer: unknown): void {
  if (typeof serializer === 'object' && serializer !== null && 'encode' in serializer && 'decode' in serializer) return;
  throw refuse(attempted, 'serializer must be cbor(), msgpack(), json() or one of your own');
}

/** @throws {UsageError} unless it is one of these. */
export function checkOneOf(attempted: string, name: string, value: unknown, choices: readonly string[]): void {
  if (!choices.some((choice) => choice === value))
    throw refuse(attempted, `${name} must be ${choices.join(' or ')}, not ${String(value)}`);
}
