import { isSerializationError, SerializationError } from '../protocol/errors.js';

/** What could not be encoded or decoded, and why. Says what kind of value it was, never which. */
export const failure = (attempted: 'encode' | 'decode', what: string, cause?: unknown): SerializationError =>
  new SerializationError(what, { attempted, cause });

/** Whatever was thrown, as a SerializationError: as it is, if it is one. */
export const asFailure = (attempted: 'encode' | 'decode', what: string, cause: unknown): SerializationError =>
  isSerializationError(cause) ? cause : failure(attempted, what, cause);

/** For a received message that is larger or deeper than the options allow. */
export const tooDeep = (levels: number): SerializationError => failure('decode', `nested deeper than ${levels} levels`);
export const tooMany = (containers: number): SerializationError =>
  failure('decode', `more than ${containers} lists, dictionaries and byte strings`);
