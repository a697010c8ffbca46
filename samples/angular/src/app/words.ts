import {
  isClientClosedError,
  isConnectionLostError,
  isConnectionRefusedError,
  isContractError,
  isOverflowError,
  isRxWampError,
  isTimeoutError,
  isUsageError,
  isWampError,
} from 'rxwamp';
import { isAuthenticationError } from 'rxwamp/auth';

const OF_REASONS: Readonly<Record<string, string>> = {
  'wamp.error.no_such_realm': 'There is no such realm at this router.',
  'wamp.error.authentication_failed': 'The name or the password is wrong.',
  'wamp.error.authentication_denied': 'The name or the password is wrong.',
  'wamp.error.not_authorized': 'You may not do that. Operators may: sign in as one.',
  'wamp.error.authorization_failed': 'The router could not tell whether you may do that.',
  'wamp.error.no_such_procedure': 'Nobody offers this procedure now.',
  'wamp.error.procedure_already_exists': 'Somebody else offers this procedure already.',
  'wamp.error.canceled': 'The call was cancelled.',
  'wamp.error.invalid_argument': 'These are not the arguments that the procedure takes.',
  'wamp.error.no_such_session': 'That session has ended.',
};

/** An error, as a person would say it. */
export function inWords(error: unknown): string {
  if (isWampError(error)) {
    const [said] = error.args;
    return (
      OF_REASONS[error.uri] ?? (typeof said === 'string' ? sentence(said) : `The answer was an error: ${error.uri}.`)
    );
  }
  if (isConnectionRefusedError(error)) {
    if (error.reason === 'wamp.error.not_authorized') return 'The name or the password is wrong.';
    return OF_REASONS[error.reason ?? ''] ?? 'The router cannot be reached.';
  }
  if (isConnectionLostError(error)) return 'The connection was lost.';
  if (isAuthenticationError(error)) return sentence(`Signing in failed: ${error.message}`);
  if (isContractError(error))
    return `${error.on ?? 'A peer'} sent what is not in the contract: ${error.message.replace(/^.*contract says: /, '')}.`;
  if (isTimeoutError(error)) return `There was no answer within ${error.timeoutMs / 1_000} s.`;
  if (isOverflowError(error)) return sentence(error.message);
  if (isClientClosedError(error)) return 'The connection is closed.';
  if (isUsageError(error)) return sentence(error.message.replace(/^[A-Z]+ \S+: /, ''));
  if (isRxWampError(error)) return sentence(error.message);
  return error instanceof Error ? sentence(error.message) : String(error);
}

const sentence = (text: string): string => {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};
