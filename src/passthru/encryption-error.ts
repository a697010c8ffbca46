import { isRxWampError, RxWampError, type ErrorContext } from '../protocol/errors.js';

/**
 * A payload could not be encrypted, and was not sent: the provider has no key for it or failed (then that is the `cause`), or
 * the payload cannot be serialized or is too large. Holds nothing of the payload, and nothing of the key but its id.
 */
export class EncryptionError extends RxWampError {
  override readonly name = 'EncryptionError';
  /** The id of the key, if it was known. */
  readonly keyid: string | undefined;

  constructor(what: string, context: ErrorContext & { readonly keyid?: string | undefined }) {
    super(what, context);
    this.keyid = context.keyid;
  }
}

/** Guard for {@link EncryptionError} that survives two copies of the package. */
export const isEncryptionError = (error: unknown): error is EncryptionError =>
  isRxWampError(error) && error.name === 'EncryptionError';

/**
 * Why a payload could not be decrypted.
 *
 * - `key`: the provider does not have that key, or failed.
 * - `authenticity`: a byte of it was changed, it was encrypted with another key, or it belongs to another URI, another kind
 *   of message or under another key id. Which of these it was cannot be told.
 * - `format`: it is not what is ever encrypted: too short, too large, no bytes.
 * - `plain`: it came unencrypted, and its URI is one that is encrypted.
 */
export type DecryptionReason = 'key' | 'authenticity' | 'format' | 'plain';

/** A received payload could not be decrypted. Holds nothing of the payload, and nothing of the key but its id. */
export class DecryptionError extends RxWampError {
  override readonly name = 'DecryptionError';
  readonly reason: DecryptionReason;
  /** The `ppt_keyid` it came with, if there was one. */
  readonly keyid: string | undefined;

  constructor(reason: DecryptionReason, what: string, context: ErrorContext & { readonly keyid?: string | undefined }) {
    super(what, context);
    this.reason = reason;
    this.keyid = context.keyid;
  }
}

/** Guard for {@link DecryptionError} that survives two copies of the package. */
export const isDecryptionError = (error: unknown): error is DecryptionError =>
  isRxWampError(error) && error.name === 'DecryptionError';
