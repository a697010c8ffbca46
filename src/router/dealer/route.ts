import type { Dict, Id, Uri } from '../../protocol/message.js';
import { disclosure } from '../routing/disclosure.js';
import type { Session } from '../session/session.js';
import type { Callee, Registration } from './registration.js';

/** A CALL on its way: what holds whichever callee is given it. */
export interface Route {
  readonly caller: Session;
  /** CALL.Request. */
  readonly request: Id;
  readonly procedure: Uri;
  /** CALL.Options of the first chunk: those of later ones are ignored. */
  readonly options: Dict;
  readonly registration: Registration;
  /** The hash of the resource key, when the call is partitioned. */
  readonly key: number | undefined;
  /** How far the router trusts the caller, if it says. */
  readonly trustlevel: number | undefined;
  /** What the authorizer says to disclosing the caller. */
  readonly mayDisclose: boolean | undefined;
  /** Whether the realm discloses callers to those who ask. */
  readonly realmDiscloses: boolean;
}

/** Whether a callee is told who calls; `'refused'` when it wants to, and must not. */
export const disclosureTo = (
  { options, mayDisclose, realmDiscloses }: Route,
  { discloseCaller }: Callee,
): boolean | 'refused' => disclosure(options['disclose_me'] === true || discloseCaller, mayDisclose, realmDiscloses);

/** CALL.Options.timeout of the first chunk, if there is one. */
export const timeoutOf = ({ options: { timeout } }: Route): number | undefined =>
  typeof timeout === 'number' && timeout > 0 ? timeout : undefined;
