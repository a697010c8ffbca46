import { isRxWampError, RxWampError, type ErrorContext } from '../protocol/errors.js';

/**
 * The client cannot prove itself, or the router did not: a CHALLENGE that makes no sense or asks for too little, a
 * router whose signature is wrong, a credential that is not to be had. Never holds a secret.
 */
export class AuthenticationError extends RxWampError {
  override readonly name = 'AuthenticationError';
  /** The authmethod, e.g. `'wampcra'`. */
  readonly method: string;

  constructor(method: string, what: string, context: ErrorContext) {
    super(`${method}: ${what}`, context);
    this.method = method;
  }
}

/** Guard for {@link AuthenticationError} that survives two copies of the package. */
export const isAuthenticationError = (error: unknown): error is AuthenticationError =>
  isRxWampError(error) && error.name === 'AuthenticationError';
