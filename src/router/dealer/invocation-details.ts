import type { Dict } from '../../protocol/message.js';
import { callerAttributes } from '../routing/disclosure.js';
import { passthruAttributes } from '../routing/passthru.js';
import type { Callee } from './registration.js';
import type { Route } from './route.js';

/** Whether the callee is to watch a call's timeout itself. */
export const forwardsTimeout = ({ forwardTimeout, session }: Callee): boolean =>
  forwardTimeout && session.features.callee.timeout;

/** INVOCATION.Details of a call, `progress` apart: the same for each of its chunks. */
export function invocationDetails(
  { caller, options, procedure, registration, trustlevel }: Route,
  callee: Callee,
  disclosed: boolean,
  timeoutMs: number | undefined,
): Dict {
  return {
    ...passthruAttributes(options),
    ...(registration.match !== 'exact' && { procedure }),
    ...(options['receive_progress'] === true &&
      callee.session.features.callee.progressiveResults && { receive_progress: true }),
    ...(timeoutMs !== undefined && forwardsTimeout(callee) && { timeout: timeoutMs }),
    ...(disclosed && callerAttributes(caller.details)),
    ...(trustlevel !== undefined && { trustlevel }),
  };
}
