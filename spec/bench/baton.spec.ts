import { describe, expect, it } from '@jest/globals';
import { Baton } from '../../bench/measure/baton.mjs';

/** Runners that write down their turns, in each of their phases so many. */
function race(turns: Readonly<Record<string, readonly number[]>>) {
  const baton = new Baton();
  const told: string[] = [];
  const runners = Object.entries(turns).map(([name, phases]) => ({ name, phases, runner: baton.join() }));
  const runs = runners.map(({ name, phases, runner }) => async () => {
    for (const [phase, count] of phases.entries())
      for (let turn = 0; turn < count; turn++) {
        await baton.next(runner, phase);
        told.push(name);
        // Others who were let go in the meantime would come in between.
        await Promise.resolve();
        told.push(`${name}.`);
      }
    baton.leave(runner);
  });
  return { told, runs, start: () => Promise.all(runs.map((run) => run())) };
}

const together = (told: readonly string[]): string => told.join(' ');

describe('Baton', () => {
  it('goes to one after the other, and back', async () => {
    const { told, start } = race({ a: [3], b: [3], c: [3] });
    await start();
    expect(together(told)).toBe('a a. b b. c c. c c. b b. a a. a a. b b. c c.');
  });

  it('waits for all who have joined', async () => {
    const { told, runs } = race({ a: [1], b: [1] });
    const first = runs[0]?.();
    await new Promise(setImmediate);
    expect(told).toStrictEqual([]);
    await Promise.all([first, runs[1]?.()]);
    expect(together(told)).toBe('a a. b b.');
  });

  it('lets nobody into a phase before the others are through with theirs', async () => {
    const { told, start } = race({ a: [1, 2], b: [3, 1] });
    await start();
    expect(together(told)).toBe('a a. b b. b b. b b. b b. a a. a a.');
  });

  it('goes on when one leaves while it holds it, or waits for it', async () => {
    const baton = new Baton();
    const [a, b, c] = [baton.join(), baton.join(), baton.join()];
    const held = baton.next(a, 0);
    const waited = baton.next(b, 0).then(() => 'b');
    const last = baton.next(c, 0).then(() => 'c');
    await held;
    baton.leave(b);
    baton.leave(a);
    expect(await Promise.race([waited, last])).toBe('c');
  });

  it('is not waited for by who has left before anybody set off', async () => {
    const baton = new Baton();
    const [a, b] = [baton.join(), baton.join()];
    const waited = baton.next(a, 0);
    baton.leave(b);
    await expect(waited).resolves.toBeUndefined();
  });
});
