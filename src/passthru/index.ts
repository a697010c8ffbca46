/**
 * Payloads that routers pass on unread: packed in a format of their own, or encrypted from end to end.
 *
 * @packageDocumentation
 */
export type { Passthru, SessionContext } from '../session/passthru.js';
export type { CipherName } from './ciphers.js';
export type { Packed, PassthruAttributes, PayloadCodec, Purpose } from './codec.js';
export { encryption, type EncryptionOptions } from './encryption.js';
export {
  DecryptionError,
  EncryptionError,
  isDecryptionError,
  isEncryptionError,
  type DecryptionReason,
} from './encryption-error.js';
export { packing, type PackingOptions } from './packing.js';
export { passthru } from './passthru.js';
export type { PayloadSerializer } from './payload-serializer.js';
export type { PassthruOptions, PassthruRule } from './rules.js';
