import { describe, expect, it } from '@jest/globals';
import { heapVerdict, slope } from '../../scripts/soak/heap.mjs';
import { Ledger } from '../../scripts/soak/ledger.mjs';

const TOPIC = 'com.app.topic';
const BY = { publisher: 'pub', connection: 1 };

/** A ledger, and what it said was wrong when the round was closed. */
function book({ lost = [] as readonly number[], droppedByRouter = 0 } = {}): {
  readonly ledger: Ledger;
  readonly close: () => readonly string[];
} {
  const ledger = new Ledger();
  const close = (): readonly string[] => {
    ledger.closeRound({ publishers: [{ name: 'pub', lost: new Set(lost) }], droppedByRouter });
    return ledger.violations.list;
  };
  return { ledger, close };
}

const publish = (
  ledger: Ledger,
  number: number,
  acknowledge = false,
): ReturnType<Ledger['publications']['published']> =>
  ledger.publications.published({ key: `pub-${number}`, topic: TOPIC, acknowledge, forbidden: false });

function watch(ledger: Ledger): { readonly watch: Parameters<Ledger['deliveries']['delivered']>[0]; told: () => void } {
  let reports = 0;
  const one = { name: 'sub', topics: [TOPIC], reports: () => reports, reportsAtStart: 0 };
  ledger.watches.add(one);
  return { watch: one, told: () => reports++ };
}

describe('what the ledger takes for wrong: publications', () => {
  it('never decided', () => {
    const { ledger, close } = book();
    publish(ledger, 1);
    expect(close()).toStrictEqual(['publication pub-1 was never decided']);
  });

  it('acknowledged, and never routed', () => {
    const { ledger, close } = book();
    ledger.publications.decided(publish(ledger, 1, true), 'acknowledged', BY);
    expect(close()).toStrictEqual(['pub-1 is acknowledged, and was never routed']);
  });

  it('said to be dropped, and routed', () => {
    const { ledger, close } = book();
    ledger.publications.decided(publish(ledger, 1), 'dropped', BY);
    ledger.publications.routed('pub-1', 1, 100);
    expect(close()).toStrictEqual(['pub-1 is said to be dropped, and was routed']);
  });

  it('handed to a connection that stands, and never routed', () => {
    const { ledger, close } = book();
    ledger.publications.decided(publish(ledger, 1), 'handed', BY);
    expect(close()).toStrictEqual(['pub-1 was handed to a connection that stands, and was never routed']);
  });

  it('routed after one handed to the same lost connection before it was not', () => {
    const { ledger, close } = book({ lost: [1] });
    for (const number of [1, 2]) ledger.publications.decided(publish(ledger, number), 'handed', BY);
    ledger.publications.routed('pub-2', 2, 100);
    expect(close()).toStrictEqual(['pub-2 was routed, and pub-1, handed to the same connection before it, was not']);
  });

  it('routed twice, or out of order in a session', () => {
    const { ledger, close } = book();
    for (const number of [1, 2]) ledger.publications.decided(publish(ledger, number), 'handed', BY);
    for (const number of [2, 1, 1]) ledger.publications.routed(`pub-${number}`, number, 100);
    expect(close()).toStrictEqual([
      'pub-1 was routed after number 2 of the same session',
      'the router routed pub-1 twice',
      'pub-1 was routed after number 1 of the same session',
    ]);
  });

  it('nothing: lost with a connection of whose loss the publisher was told', () => {
    const { ledger, close } = book({ lost: [1] });
    ledger.publications.decided(publish(ledger, 1), 'handed', BY);
    expect(close()).toStrictEqual([]);
    expect(ledger.counts.of('lost with its connection, as told')).toBe(1);
  });
});

describe('what the ledger takes for wrong: deliveries', () => {
  const routed = (ledger: Ledger, ...numbers: readonly number[]): void => {
    for (const number of numbers) ledger.deliveries.routed(TOPIC, `pub-${number}`);
  };

  it('a hole nobody was told of', () => {
    const { ledger, close } = book();
    const { watch: sub } = watch(ledger);
    routed(ledger, 1, 2, 3);
    for (const number of [1, 3]) ledger.deliveries.delivered(sub, TOPIC, `pub-${number}`);
    expect(close()).toStrictEqual([`sub did not see 1 of ${TOPIC}, pub-2 to pub-2, and was not told`]);
  });

  it('nothing, when the subscriber was told of the hole, or the router counted it', () => {
    const { ledger, close } = book({ droppedByRouter: 1 });
    const { watch: sub, told } = watch(ledger);
    routed(ledger, 1, 2, 3, 4);
    ledger.deliveries.delivered(sub, TOPIC, 'pub-2');
    told();
    ledger.deliveries.delivered(sub, TOPIC, 'pub-4');
    expect(close()).toStrictEqual([]);
    expect(ledger.counts.toJSON()).toMatchObject({
      'due to subscribers': 4,
      delivered: 2,
      'lost in a reported gap': 1,
      'dropped by the router and counted': 1,
    });
  });

  it('a duplicate, and a wrong order', () => {
    const { ledger, close } = book();
    const { watch: sub } = watch(ledger);
    routed(ledger, 1, 2);
    for (const number of [1, 2, 2, 1]) ledger.deliveries.delivered(sub, TOPIC, `pub-${number}`);
    expect(close()).toHaveLength(2);
  });

  it('the last ones missing', () => {
    const { ledger, close } = book();
    const { watch: sub } = watch(ledger);
    routed(ledger, 1, 2, 3);
    ledger.deliveries.delivered(sub, TOPIC, 'pub-1');
    expect(close()).toStrictEqual([`sub did not see the last 2 of ${TOPIC}`]);
  });
});

describe('what the ledger takes for wrong: calls', () => {
  it('without an end; ended twice; answered though nobody was asked; invoked twice; a handler that still runs', () => {
    const { ledger, close } = book();
    const { calls } = ledger;
    calls.called('open');
    const twice = calls.called('twice');
    calls.ended(twice, 'lost');
    calls.ended(twice, 'timed out');
    calls.ended(calls.called('magic'), 'answered');
    const call = calls.called('double');
    calls.invoked('double')();
    calls.invoked('double');
    calls.ended(call, 'answered');
    expect(close()).toStrictEqual([
      'call twice ended twice: lost, timed out',
      'call magic was answered, and nobody was asked',
      'call double was made once, and invoked 2 times',
      'call open never ended',
      '1 handlers still run',
    ]);
  });

  it('progressive results that are not in order', () => {
    const { ledger, close } = book();
    const call = ledger.calls.called('count');
    ledger.calls.invoked('count')();
    for (const number of [0, 2]) ledger.calls.progressed(call, number);
    ledger.calls.ended(call, 'answered');
    expect(close()).toStrictEqual(['call count got result 2 as number 1']);
  });
});

describe('the heap', () => {
  it('is judged by the slope after the warm-up', () => {
    expect(slope([1, 3, 5, 7])).toBe(2);
    const warmUp = [10e6, 15e6, 18e6, 19e6];
    expect(heapVerdict([...warmUp, 20e6, 20.1e6, 20e6, 20.1e6, 20e6, 20.1e6, 20e6, 20.1e6]).ok).toBe(true);
    expect(heapVerdict([...warmUp, 20e6, 21e6, 22e6, 23e6, 24e6, 25e6, 26e6, 27e6])).toMatchObject({
      growth: 1e6,
      ok: false,
    });
  });

  it('is not judged by a few samples', () => {
    expect(heapVerdict([1, 1e9, 2e9, 3e9]).growth).toBeUndefined();
  });
});
