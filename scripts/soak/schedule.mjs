import { createHash } from 'node:crypto';
import { describeFault } from './faults.mjs';
import { Random } from './random.mjs';

/** @import { Direction, Fault } from './faults.mjs' */

/** More than an upgrade request: a damaged one is answered with HTTP 400, which clients take for the end. */
const UPGRADE_BYTES = 500;

/**
 * A fault of a round: when it begins, in steps, in front of which client, and for how long.
 *
 * @typedef {{ readonly atStep: number, readonly lane: string, readonly fault: Fault, readonly steps: number }} PlannedFault
 */

/** @typedef {{ readonly seed: number, readonly rounds: number, readonly steps: number, readonly lanes: readonly string[] }} Plan */

/**
 * What goes wrong in one round. It depends on nothing but its arguments: not on the clock, the machine or what else runs.
 *
 * @param {Omit<Plan, 'rounds'> & { readonly round: number }} plan
 * @returns {PlannedFault[]} in the order they begin
 */
export function roundFaults({ seed, round, steps, lanes }) {
  const faults = lanes.flatMap((lane) => {
    const random = new Random(seed, `faults of ${lane} in round ${round}`);
    /** @type {PlannedFault[]} */
    const planned = [];
    for (let atStep = random.integer(1, 60); atStep < steps; atStep += random.integer(20, 160)) {
      planned.push({ atStep, lane, fault: aFault(random), steps: random.integer(2, 90) });
    }
    return planned;
  });
  return faults.sort((a, b) => a.atStep - b.atStep || lanes.indexOf(a.lane) - lanes.indexOf(b.lane));
}

/**
 * @param {Random} random
 * @returns {Fault}
 */
function aFault(random) {
  /** @type {Direction} */
  const direction = random.pick(['up', 'down', 'both']);
  switch (random.integer(0, 10)) {
    case 0:
      return { kind: 'cut', direction };
    case 1:
      return { kind: 'reset', direction };
    case 2:
      return { kind: 'vanish', direction };
    case 3:
      return { kind: 'stall', direction };
    case 4:
      return { kind: 'throttle', direction, bytesPerSecond: random.integer(2_000, 200_000) };
    case 5:
    case 6:
      return { kind: 'split', direction, maxBytes: random.integer(1, 200) };
    case 7:
      return { kind: 'join', direction, bytes: random.integer(100, 5_000), maxDelayMs: random.integer(5, 40) };
    case 8:
      return {
        kind: 'garbage',
        direction,
        bytes: random.integer(2, 64),
        seed: random.integer(0, 0xffff_ffff),
        afterBytes: UPGRADE_BYTES,
      };
    case 9:
      return random.chance(0.5) ? { kind: 'refuse' } : { kind: 'slow handshake', delayMs: random.integer(10, 400) };
    default:
      return { kind: 'duplicate', maxBytes: random.integer(50, 600) };
  }
}

/**
 * All rounds of a plan as lines for people.
 *
 * @param {Plan} plan
 * @returns {string[]}
 */
export const scheduleLines = ({ rounds, ...plan }) =>
  Array.from({ length: rounds }, (_, round) =>
    roundFaults({ ...plan, round }).map(
      ({ atStep, lane, fault, steps }) => `${round}.${atStep} ${lane} ${describeFault(fault)} for ${steps} steps`,
    ),
  ).flat();

/**
 * A short name of a schedule: equal schedules have equal names.
 *
 * @param {readonly string[]} lines
 * @returns {string}
 */
export const scheduleDigest = (lines) => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12);
