import { setTimeout as delay } from 'node:timers/promises';
import { heapInUse, heapVerdict } from './heap.mjs';
import { Ledger } from './ledger.mjs';
import { roundFaults, scheduleDigest, scheduleLines } from './schedule.mjs';
import { LANES } from './lanes.mjs';
import { World } from './world.mjs';

/** @import { HeapVerdict } from './heap.mjs' */
/** @import { CountName } from './counts.mjs' */

/** How long a step lasts. A schedule is in steps, so that it is the same however long they really take. */
export const STEP_MS = 5;
/** How long everything may take to become quiet when all faults are healed, on a busy machine too. Nothing is late before. */
const QUIET_MS = 120_000;
const POLL_MS = 20;

/**
 * @typedef {object} SoakOptions
 * @property {number} seed
 * @property {number} rounds each ends when all is quiet, with the books balanced
 * @property {number} steps of one round
 * @property {number} [messages] no more is published or called after so many
 * @property {AbortSignal} [signal] ends it early, with the ledger so far
 * @property {(progress: Progress) => void} [onProgress] told after each step
 */

/** @typedef {{ readonly round: number, readonly step: number, readonly made: number, readonly delivered: number, readonly faults: number, readonly connected: number, readonly clients: number, readonly violations: number }} Progress */

/**
 * @typedef {object} SoakReport
 * @property {number} seed
 * @property {string} schedule a digest: equal for equal schedules
 * @property {number} rounds that were balanced
 * @property {boolean} stopped whether it was ended early
 * @property {number} seconds
 * @property {Record<CountName, number>} counts
 * @property {Record<string, number>} faults how often each kind was begun
 * @property {HeapVerdict} heap
 * @property {readonly string[]} violations the first of them
 * @property {number} violationCount
 * @property {boolean} ok
 */

/**
 * Has clients work through faulty connections, and keeps the ledger of every message.
 *
 * @param {SoakOptions} options
 * @returns {Promise<SoakReport>}
 */
export async function soak({ seed, rounds, steps, messages = Infinity, signal, onProgress }) {
  const ledger = new Ledger();
  const { counts, violations } = ledger;
  const startedMs = performance.now();
  /** @type {Record<string, number>} */
  const begun = {};
  /** @type {number[]} */
  const heap = [];
  const world = await World.open({ seed, ledger });
  const isStopped = () => signal?.aborted === true;
  const sent = () => counts.of('published') + counts.of('called');
  let balanced = 0;
  violations.where = 'before the first round';
  await quiet(world, ledger);
  ledger.closeRound({ publishers: world.parties, droppedByRouter: 0 });

  for (let round = 0; round < rounds && !isStopped() && sent() < messages; round++) {
    violations.where = `round ${round}`;
    const droppedBefore = world.statistics.eventsDropped;
    const planned = roundFaults({ seed, round, steps, lanes: LANES });
    /** @type {{ untilStep: number, heal: () => void }[]} */
    let active = [];
    for (let step = 0; step < steps && !isStopped() && sent() < messages; step++) {
      const healed = active.filter(({ untilStep }) => untilStep <= step);
      active = active.filter(({ untilStep }) => untilStep > step);
      for (const { heal } of healed) heal();
      for (const { lane, fault, steps: lasts } of planned.filter(({ atStep }) => atStep === step)) {
        begun[fault.kind] = (begun[fault.kind] ?? 0) + 1;
        active.push({ untilStep: step + lasts, heal: world.party(lane).proxy.start(fault) });
      }
      world.step();
      onProgress?.({
        round,
        step,
        made: sent(),
        delivered: counts.of('delivered'),
        faults: active.length,
        connected: world.parties.filter(({ session }) => session !== undefined).length,
        clients: LANES.length,
        violations: violations.count,
      });
      await delay(STEP_MS);
    }
    for (const { proxy } of world.parties) await proxy.heal();
    const isQuiet = await quiet(world, ledger);
    for (const leak of isQuiet ? await world.leaks() : []) violations.add(leak);
    for (const { name, wamp, dropped } of world.parties) {
      if (wamp.outbox.dropped !== dropped)
        violations.add(
          `the outbox of ${name} counts ${wamp.outbox.dropped} dropped, its publishers were told of ${dropped}`,
        );
    }
    ledger.closeRound({ publishers: world.parties, droppedByRouter: world.statistics.eventsDropped - droppedBefore });
    for (const party of world.parties) party.forget();
    heap.push(await heapInUse());
    balanced++;
    if (!isQuiet) break;
  }

  violations.where = 'after the last round';
  for (const left of await world.close()) violations.add(left);
  const verdict = heapVerdict(heap);
  if (!verdict.ok)
    violations.add(`the heap grows by ${Math.round(verdict.growth ?? 0)} bytes a round, more than ${verdict.limit}`);
  return {
    seed,
    schedule: scheduleDigest(scheduleLines({ seed, rounds, steps, lanes: LANES })),
    rounds: balanced,
    stopped: isStopped(),
    seconds: (performance.now() - startedMs) / 1_000,
    counts: counts.toJSON(),
    faults: begun,
    heap: verdict,
    violations: violations.list,
    violationCount: violations.count,
    ok: violations.count === 0,
  };
}

/**
 * Waits until everybody is connected, everything has an end, and everybody has seen the last event.
 *
 * @param {World} world
 * @param {Ledger} ledger
 * @returns {Promise<boolean>} false when it takes too long, which is a violation
 */
async function quiet(world, ledger) {
  const deadlineMs = performance.now() + QUIET_MS;
  /** @type {string[]} */
  let waitsFor = [];
  const until = async (/** @type {() => string[]} */ look) => {
    while ((waitsFor = look()).length > 0) {
      if (performance.now() > deadlineMs) return false;
      await delay(POLL_MS);
    }
    return true;
  };
  const away = () =>
    world.parties
      .filter(({ session }) => session === undefined)
      .map(({ name, wamp }) => `${name} (${wamp.state.status})`);
  const strangers = () => {
    const { connections, sessions } = world.statistics;
    const expected = world.parties.length + 1;
    return connections === expected && sessions === expected
      ? []
      : [`${connections} connections, ${sessions} sessions`];
  };
  const open = () => {
    const { calls, publications } = ledger;
    return [
      ...(calls.open > 0 ? [`${calls.open} calls`] : []),
      ...(calls.running > 0 ? [`${calls.running} handlers`] : []),
      ...(publications.undecided > 0 ? [`${publications.undecided} publications`] : []),
      ...(world.statistics.calls > 0 ? [`${world.statistics.calls} calls in the router`] : []),
    ];
  };
  const settled = () => [...away(), ...strangers(), ...open()];
  if (await until(settled)) {
    // What everybody sent before has been dealt with when this has.
    for (;;) {
      const connections = world.parties.map(({ connection }) => connection);
      await Promise.all(world.parties.map((party) => roundTrip(party)));
      await world.mark();
      const isAsBefore = () => world.parties.every(({ connection }, i) => connection === connections[i]);
      const behind = () => ledger.deliveries.behind([...ledger.watches]);
      // Who has lost its connection meanwhile has to see another last event.
      if (!(await until(() => (isAsBefore() ? [...settled(), ...behind()] : settled())))) break;
      if (isAsBefore()) return true;
    }
  }
  ledger.violations.add(`not quiet after ${QUIET_MS / 1_000} s: ${waitsFor.join(', ')}`);
  return false;
}

/**
 * Asks the router something; whatever becomes of it.
 *
 * @param {{ readonly wamp: import('rxwamp').WampClient }} party
 * @returns {Promise<void>}
 */
const roundTrip = ({ wamp }) =>
  new Promise((resolve) => {
    wamp.call('wamp.session.count').subscribe({ error: () => resolve(), complete: () => resolve() });
  });
