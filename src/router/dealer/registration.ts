import type { Dict, Id, Uri } from '../../protocol/message.js';
import type { MatchPolicy } from '../../protocol/uri.js';
import { weightOf } from '../routing/rendezvous.js';
import type { Session } from '../session/session.js';

/** How one of several callees of a procedure is chosen. */
export type InvocationPolicy = 'single' | 'roundrobin' | 'random' | 'first' | 'last';

/** One session that offers a procedure. */
export interface Callee {
  readonly session: Session;
  readonly discloseCaller: boolean;
  readonly forwardTimeout: boolean;
  /** How many invocations it takes at a time. */
  readonly concurrency: number;
  /** How many it has. */
  busy: number;
}

/** A procedure or pattern with its callees, the oldest first. All its callees share one id. */
export interface Registration {
  readonly id: Id;
  readonly uri: Uri;
  readonly match: MatchPolicy;
  readonly invoke: InvocationPolicy;
  readonly created: Date;
  readonly callees: Callee[];
  /** Where the next `roundrobin` call starts looking. */
  next: number;
}

/** A callee as REGISTER.Options describe it. */
export const newCallee = (session: Session, options: Dict): Callee => ({
  session,
  discloseCaller: options['disclose_caller'] === true,
  forwardTimeout: options['forward_timeout'] === true,
  concurrency: typeof options['concurrency'] === 'number' ? options['concurrency'] : Infinity,
  busy: 0,
});

/** What REGISTER.Options say; undefined when it is none of the policies. */
export function invocationPolicy(option: unknown): InvocationPolicy | undefined {
  if (option === undefined || option === null) return 'single';
  return option === 'single' ||
    option === 'roundrobin' ||
    option === 'random' ||
    option === 'first' ||
    option === 'last'
    ? option
    : undefined;
}

/** What there is to a choice, beside the policy of the registration. */
export interface Choice {
  /** The hash of the resource key, when the call is partitioned. */
  readonly key?: number | undefined;
  /** Sessions that are chosen no more. */
  readonly except?: ReadonlySet<Session> | undefined;
}

/**
 * The callee of the next call; undefined when all have as many invocations as they take.
 *
 * A partitioned call goes to the callee of its key, where the policy is to spread the calls (`roundrobin`, `random`), and
 * to no other while that one is busy. The other policies choose the same callee for every key anyway.
 *
 * @see WAMP spec, Shared Registration; Sharded Registration; Call Re-Routing
 */
export function chooseCallee(registration: Registration, { key, except }: Choice = {}): Callee | undefined {
  const { callees, invoke } = registration;
  const isFree = ({ session, busy, concurrency }: Callee): boolean =>
    busy < concurrency && except?.has(session) !== true;
  if (key !== undefined && (invoke === 'roundrobin' || invoke === 'random')) {
    const owner = calleeOf(key, callees, except);
    return owner !== undefined && isFree(owner) ? owner : undefined;
  }
  switch (invoke) {
    case 'single':
    case 'first':
      return callees.find(isFree);
    case 'last': {
      for (let at = callees.length - 1; at >= 0; at--) {
        const callee = callees[at];
        if (callee !== undefined && isFree(callee)) return callee;
      }
      return undefined;
    }
    case 'random': {
      const any = callees[Math.floor(Math.random() * callees.length)];
      if (any !== undefined && isFree(any)) return any;
      const free = callees.filter(isFree);
      return free[Math.floor(Math.random() * free.length)];
    }
    case 'roundrobin': {
      for (let step = 0; step < callees.length; step++) {
        const at = (registration.next + step) % callees.length;
        const callee = callees[at];
        if (callee === undefined || !isFree(callee)) continue;
        registration.next = at + 1;
        return callee;
      }
      return undefined;
    }
  }
}

/** The callee that a key belongs to. */
function calleeOf(key: number, callees: readonly Callee[], except?: ReadonlySet<Session>): Callee | undefined {
  let best: Callee | undefined;
  let highest = -1;
  for (const callee of callees) {
    const weight = weightOf(key, callee.session.id);
    if (weight <= highest || except?.has(callee.session) === true) continue;
    best = callee;
    highest = weight;
  }
  return best;
}

/** Takes a session out of the callees, so that a `roundrobin` goes on with the one that was next. */
export function removeCallee(registration: Registration, session: Session): void {
  const at = registration.callees.findIndex((callee) => callee.session === session);
  if (at < 0) return;
  registration.callees.splice(at, 1);
  if (at < registration.next) registration.next--;
}
