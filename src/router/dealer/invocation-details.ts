import type { Dict } from '../../protocol/message.js';
import type { Uri } from '../../protocol/message.js';
import { callerAttributes } from '../routing/disclosure.js';
import { passthruAttributes } from '../routing/passthru.js';
import type { Session } from '../session/session.js';
import type { Callee, Registration } from './registration.js';

/** A call whose callee has been chosen. */
export interface RoutedCall {
  readonly caller: Session;
  /** CALL.Options of the first chunk. */
  readonly options: Dict;
  readonly procedure: Uri;
  readonly registration: Registration;
  readonly callee: Callee;
  readonly disclosed: boolean;
}

/** Whether the callee is to watch the call's timeout itself. */
export const forwardsTimeout = ({ forwardTimeout, session }: Callee): boolean =>
  forwardTimeout && session.features.callee.timeout;

/** INVOCATION.Details of a call, `progress` apart: the same for each of its chunks. */
export function invocationDetails({ caller, options, procedure, registration, callee, disclosed }: RoutedCall): Dict {
  const { timeout } = options;
  return {
    ...passthruAttributes(options),
    ...(registration.match !== 'exact' && { procedure }),
    ...(options['receive_progress'] === true &&
      callee.session.features.callee.progressiveResults && { receive_progress: true }),
    ...(typeof timeout === 'number' && timeout > 0 && forwardsTimeout(callee) && { timeout }),
    ...(disclosed && callerAttributes(caller.details)),
  };
}
