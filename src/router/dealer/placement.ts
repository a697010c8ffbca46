import * as Code from '../../protocol/codes.js';
import type { Dict, Id, List, Uri } from '../../protocol/message.js';
import { tail } from '../../protocol/payload.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import { forwardsTimeout, invocationDetails } from './invocation-details.js';
import type { Callee } from './registration.js';
import { disclosureTo, type Route } from './route.js';
import { isPassthru } from '../routing/passthru.js';

/** The payload of one CALL message. */
export interface Chunk {
  readonly args: List | undefined;
  readonly kwargs: Dict | undefined;
  /** Whether the caller sends no other. */
  readonly final: boolean;
}

/** A callee that was given a call. */
export interface Placement {
  readonly callee: Callee;
  /** INVOCATION.Request. */
  readonly invocation: Id;
  /** INVOCATION.Details of every chunk, `progress` apart. */
  readonly details: Dict;
  /** Whether the callee watches the timeout itself. */
  readonly forwardsTimeout: boolean;
}

/**
 * Gives a callee the first chunk of a call, with so much time for it, if that is limited.
 *
 * @returns the error URI when it cannot be given it. Nothing was sent then.
 */
export function place(
  route: Route,
  callee: Callee,
  { args, kwargs, final }: Chunk,
  timeoutMs: number | undefined,
): Placement | Uri {
  const { options, registration } = route;
  const { passthru, progressiveInvocations } = callee.session.features.callee;
  const disclosed = disclosureTo(route, callee);
  if (disclosed === 'refused') return ErrorUri.DISCLOSE_ME_DISALLOWED;
  if ((options['progress'] === true && !progressiveInvocations) || (isPassthru(options) && !passthru)) {
    return ErrorUri.FEATURE_NOT_SUPPORTED;
  }
  const details = invocationDetails(route, callee, disclosed, timeoutMs);
  const invocation = callee.session.invoke((id) => [
    Code.INVOCATION,
    id,
    registration.id,
    final ? details : { ...details, progress: true },
    ...tail(args, kwargs),
  ]);
  if (typeof invocation !== 'number') return invocation;
  return { callee, invocation, details, forwardsTimeout: forwardsTimeout(callee) };
}

/** Gives the callee a further chunk. @returns the error URI when it cannot be carried there. */
export const sendChunk = (
  { registration }: Route,
  { callee, invocation, details }: Placement,
  { args, kwargs, final }: Chunk,
): Uri | undefined =>
  callee.session.send([
    Code.INVOCATION,
    invocation,
    registration.id,
    final ? details : { ...details, progress: true },
    ...tail(args, kwargs),
  ]);
