import { heldBytes } from './counting.js';
import { afterEach, expect, it } from '@jest/globals';
import { json } from 'rxwamp';
import { closeClients, joined, topicName, unheeded, type Wire } from './wire.js';

afterEach(closeClients);

const COUNT = 5_000;

/** What each of many things holds that are made one after the other. */
function held({ sent }: Wire, make: (index: number) => void): number {
  const all = (first: number): void => {
    for (let i = 0; i < COUNT; i++) make(first + i);
    expect(sent.length).toBeGreaterThanOrEqual(COUNT);
    // The other end remembers it, which is not what is asked.
    sent.length = 0;
  };
  // Compiled before it counts.
  all(0);
  return heldBytes(() => all(COUNT)) / COUNT;
}

it('an open subscription holds at most 1,150 bytes, with its URI and what RxJS makes of a subscriber', () => {
  const { wamp, wire } = joined(json());
  let seen = 0;
  const bytes = held(wire, (index) => wamp.topic(topicName(index)).subscribe(() => seen++));
  expect(bytes).toBeGreaterThan(300);
  expect(bytes).toBeLessThan(1_150);
});

it('a call that waits holds at most 650 bytes', () => {
  const { wamp, wire } = joined(json());
  const bytes = held(wire, () => wamp.call('com.app.never').subscribe(unheeded));
  expect(bytes).toBeGreaterThan(200);
  expect(bytes).toBeLessThan(650);
});
