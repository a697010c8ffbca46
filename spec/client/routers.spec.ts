import { describe, expect, it, jest } from '@jest/globals';
import { Observable, of } from 'rxjs';
import { Routers } from '../../src/client/routers.js';
import type { Transport } from '../../src/transports/transport.js';
import { useVirtualTime, watch } from '../session/support.js';

useVirtualTime();

/** Routers by name, of which those in `down` refuse; `dialed` is who was tried. */
function routers(...names: string[]): { readonly down: Set<string>; readonly dialed: string[]; attempt(): void } {
  const down = new Set<string>();
  const dialed: string[] = [];
  // Not used as a transport: only told apart.
  const transports = names.map((name) => (): Transport => of(name) as Observable<unknown> as Transport);
  const all = new Routers(transports, { initialDelayMs: 1_000, maxDelayMs: 8_000 });
  const use = (transport: Transport): Observable<string> =>
    new Observable<string>((subscriber) =>
      (transport as Observable<unknown> as Observable<string>).subscribe((name) => {
        dialed.push(name);
        if (down.has(name)) subscriber.error(new Error(name));
        else subscriber.next(name);
      }),
    );
  return { down, dialed, attempt: () => watch(all.attempt(use)).subscription.unsubscribe() };
}

describe('of several routers', () => {
  it('the same one is taken for as long as it works', () => {
    const { dialed, attempt } = routers('a', 'b');
    attempt();
    attempt();
    expect(dialed).toStrictEqual(['a', 'a']);
  });

  it('the next is taken after a failure, in turn', () => {
    const { down, dialed, attempt } = routers('a', 'b', 'c');
    for (const name of 'abc') down.add(name);
    for (let turn = 0; turn < 3; turn++) attempt();
    expect(dialed).toStrictEqual(['a', 'b', 'c']);
  });

  it('one that failed is passed over, longer each time, while another can be had', () => {
    const { down, dialed, attempt } = routers('a', 'b');
    down.add('a');
    attempt();
    attempt();
    // As when the connection to b was lost: a has its turn, but is not worth it yet.
    jest.advanceTimersByTime(999);
    attempt();
    expect(dialed).toStrictEqual(['a', 'b', 'b']);
  });

  it('when all wait, the one is taken whose wait ends first', () => {
    const { down, dialed, attempt } = routers('a', 'b');
    for (const name of 'ab') down.add(name);
    for (let turn = 0; turn < 5; turn++) attempt();
    // a and b once, then a waits for 1 s and so does b, then a for 2 s, b for 2 s, …
    expect(dialed).toStrictEqual(['a', 'b', 'a', 'b', 'a']);
  });

  it('when all wait, that is not always the one whose turn it is', () => {
    const { down, dialed, attempt } = routers('a', 'b');
    const fail = (...names: string[]): void => {
      down.clear();
      for (const name of names) down.add(name);
    };
    fail('a', 'b');
    for (let turn = 0; turn < 3; turn++) attempt();
    // a has failed twice; b works, which clears its memory, and is lost.
    fail('a');
    attempt();
    fail('a', 'b');
    attempt();
    attempt();
    expect(dialed).toStrictEqual(['a', 'b', 'a', 'b', 'b', 'b']);
  });

  it('success is what clears the memory', () => {
    const { down, dialed, attempt } = routers('a', 'b');
    down.add('a');
    attempt();
    jest.advanceTimersByTime(1_000);
    down.delete('a');
    down.add('b');
    attempt();
    attempt();
    attempt();
    expect(dialed).toStrictEqual(['a', 'b', 'a', 'a']);
  });
});

it('a router alone is taken every time', () => {
  const { down, dialed, attempt } = routers('a');
  down.add('a');
  attempt();
  attempt();
  expect(dialed).toStrictEqual(['a', 'a']);
});
