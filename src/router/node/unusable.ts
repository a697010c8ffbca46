import { UsageError } from '../../protocol/errors.js';
import * as ErrorUri from '../../protocol/error-uris.js';

/** The error for options no listener can be made of. */
export const unusable = (what: string, cause?: unknown): UsageError =>
  new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'listen', cause });
