import type { Dict, Id, Uri } from '../../protocol/message.js';
import type { MatchPolicy } from '../../protocol/uri.js';
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

const isFree = ({ busy, concurrency }: Callee): boolean => busy < concurrency;

/**
 * The callee of the next call; undefined when all have as many invocations as they take.
 *
 * @see WAMP spec, Shared Registration
 */
export function chooseCallee(registration: Registration): Callee | undefined {
  const { callees, invoke } = registration;
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

/** Takes a session out of the callees, so that a `roundrobin` goes on with the one that was next. */
export function removeCallee(registration: Registration, session: Session): void {
  const at = registration.callees.findIndex((callee) => callee.session === session);
  if (at < 0) return;
  registration.callees.splice(at, 1);
  if (at < registration.next) registration.next--;
}
