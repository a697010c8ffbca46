import type { Call } from './call.js';
import { place, type Placement } from './placement.js';
import { chooseCallee, type Callee, type Registration } from './registration.js';

/** Whether a call that is given to this callee may have to be given to another. */
export const isReroutable = ({ session }: Callee, { invoke }: Registration): boolean =>
  invoke !== 'single' && session.features.callee.reroute;

/**
 * Gives a call to another callee, as if those that it was given before were not there. One that cannot be given it is
 * passed over.
 *
 * @returns undefined when there is none.
 * @see WAMP spec, Call Re-Routing
 */
export function placeElsewhere(call: Call, timeoutMs: number | undefined): Placement | undefined {
  const { route, placement, replay } = call;
  const [first] = replay?.chunks ?? [];
  if (first === undefined) return undefined;
  const except = (call.tried ??= new Set()).add(placement.callee.session);
  for (;;) {
    const callee = chooseCallee(route.registration, { key: route.key, except });
    if (callee === undefined) return undefined;
    except.add(callee.session);
    const next = place(route, callee, first, timeoutMs);
    if (typeof next !== 'string') return next;
  }
}

/** What is left of a call's time, at least a millisecond; undefined when it has all the time it wants. */
export const timeLeft = ({ deadline }: Call): number | undefined =>
  deadline === undefined ? undefined : Math.max(1, Math.ceil(deadline - performance.now()));
