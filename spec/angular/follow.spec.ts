import '@angular/compiler';
import { describe, expect, it } from '@jest/globals';
import { isAlike } from '../../src/angular/follow.js';

describe('payloads and options', () => {
  it.each([
    ['numbers', 1, 1, true],
    ['NaN', NaN, NaN, true],
    ['others', 1, '1', false],
    ['lists', [1, [2]], [1, [2]], true],
    ['longer lists', [1], [1, 2], false],
    ['a list and an object', [], {}, false],
    ['objects in any order', { a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 }, true],
    ['a key that is not there', { a: undefined }, { b: undefined }, false],
    ['dates, which may hide anything', new Date(0), new Date(0), false],
    ['what is too deep to look at', [[[1]]], [[[1]]], false],
    ['nothing', undefined, null, false],
  ])('are alike or not: %s', (_, a, b, alike) => {
    expect(isAlike(a, b, 2)).toBe(alike);
  });
});
