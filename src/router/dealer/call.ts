import type { Subscription } from 'rxjs';
import type { Session } from '../session/session.js';
import type { Placement } from './placement.js';
import type { Replay } from './replay.js';
import type { Route } from './route.js';

/** A call that has no final answer yet, with the callee that was given it. */
export interface Call {
  readonly route: Route;
  placement: Placement;
  readonly receiveProgress: boolean;
  /** When its time is over, in the milliseconds of `performance.now()`; undefined when it has no timeout. */
  readonly deadline: number | undefined;
  /** Whether the caller may still send chunks. */
  inputOpen: boolean;
  /** Whether the caller has been sent a result. */
  answered: boolean;
  /** Whether the callee was asked to stop, with the caller waiting for its answer. */
  killed: boolean;
  /** What another callee would be given; undefined when none can be. */
  replay: Replay | undefined;
  /** Who cannot be given it any more, once one was unavailable. */
  tried: Set<Session> | undefined;
  /** Runs while there is a timeout, or a kill that waits. */
  timer: Subscription | undefined;
}
