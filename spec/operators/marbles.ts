import { expect } from '@jest/globals';
import { TestScheduler } from 'rxjs/testing';

/** Virtual time for one spec: `marbles().run(({ cold, expectObservable }) => …)`. */
export const marbles = (): TestScheduler =>
  new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
