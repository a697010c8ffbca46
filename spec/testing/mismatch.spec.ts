import { describe, expect, it } from '@jest/globals';
import { mismatch, show } from '../../src/testing/mismatch.js';

const difference = (expected: unknown, actual: unknown): string | undefined => mismatch(expected, actual, '');

describe('mismatch', () => {
  it('compares dictionaries by the expected keys alone, at every depth', () => {
    expect(difference({ options: { match: 'prefix' } }, { options: { match: 'prefix', _more: 1 }, topic: 'a' })).toBe(
      undefined,
    );
    expect(difference({ options: { match: 'prefix' } }, { options: { match: 'exact' } })).toBe(
      'options.match is "exact", not "prefix"',
    );
    expect(difference({ options: { match: 'prefix' } }, { options: {} })).toBe(
      'options.match is undefined, not "prefix"',
    );
    expect(difference({ options: {} }, { options: [] })).toBe('options is [], not {}');
    expect(difference({ options: {} }, { options: null })).toBe('options is null, not {}');
  });

  it('compares lists in full length', () => {
    expect(difference({ args: [1, { a: 1 }] }, { args: [1, { a: 1, b: 2 }] })).toBe(undefined);
    expect(difference({ args: [1] }, { args: [1, 2] })).toBe('args is [1,2], not [1]');
    expect(difference({ args: [1, 2] }, { args: [1, 3] })).toBe('args[1] is 3, not 2');
    expect(difference({ args: [1] }, { args: undefined })).toBe('args is undefined, not [1]');
  });

  it('takes undefined for absent', () => {
    expect(difference({ args: undefined }, {})).toBe(undefined);
    expect(difference({ args: undefined }, { args: [] })).toBe('args is [], not undefined');
  });

  it('tells NaN and -0 from 0', () => {
    expect(difference({ args: [Number.NaN] }, { args: [Number.NaN] })).toBe(undefined);
    expect(difference({ args: [0] }, { args: [-0] })).not.toBe(undefined);
  });

  it('asks a function', () => {
    const even = (value: number): boolean => value % 2 === 0;
    expect(difference({ request: even }, { request: 2 })).toBe(undefined);
    expect(difference({ request: even }, { request: 3 })).toBe('request is 3, which was refused');
  });

  it('compares bytes', () => {
    const bytes = Uint8Array.of(1, 2);
    expect(difference({ args: [bytes] }, { args: [Uint8Array.of(1, 2)] })).toBe(undefined);
    expect(difference({ args: [bytes] }, { args: [Uint8Array.of(1, 3)] })).toBe(
      'args[0] is "2 bytes", not the 2 bytes expected',
    );
    expect(difference({ args: [bytes] }, { args: ['x'] })).toBe('args[0] is "x", not the 2 bytes expected');
  });
});

describe('show', () => {
  it('writes what JSON cannot', () => {
    expect(show({ big: 5n, bytes: new Uint8Array(3), even: () => true })).toBe(
      '{"big":"5n","bytes":"3 bytes","even":"a function"}',
    );
    expect(show(undefined)).toBe('undefined');
  });

  it('cuts what is long', () => {
    expect(show('x'.repeat(5_000))).toHaveLength(301);
  });
});
