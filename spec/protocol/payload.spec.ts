import { describe, expect, it } from '@jest/globals';
import { isUsageError } from '../../src/protocol/errors.js';
import {
  isPayload,
  NO_ARGS,
  NO_KWARGS,
  Payload,
  payload,
  tail,
  toPayload,
  type PayloadInput,
} from '../../src/protocol/payload.js';

describe('Payload', () => {
  it('has args, kwargs, and the first argument as its value', () => {
    const both = payload([1, 'two'], { three: 3 });
    expect(both).toBeInstanceOf(Payload);
    expect([both.args, both.kwargs, both.value]).toEqual([[1, 'two'], { three: 3 }, 1]);
    expect(payload([1]).kwargs).toEqual({});
    expect(payload([]).value).toBeUndefined();
  });

  it('is told from what only looks like one', () => {
    expect(isPayload(payload([]))).toBe(true);
    expect(isPayload(new (class extends Payload {})([], {}))).toBe(true);
    expect([{ args: [], kwargs: {} }, [], null, undefined, 'x', 1].some(isPayload)).toBe(false);
  });

  it('shares no empty payload that could be changed', () => {
    expect(Object.isFrozen(NO_ARGS) && Object.isFrozen(NO_KWARGS)).toBe(true);
  });
});

describe('toPayload', () => {
  const read = (input: unknown): unknown => toPayload(input as PayloadInput, 'PUBLISH', 'com.example.topic');

  it.each<[string, unknown, unknown]>([
    ['nothing', undefined, [[], {}]],
    ['a list', [1, 2], [[1, 2], {}]],
    ['an empty list', [], [[], {}]],
    ['a list of one object', [{ args: [1] }], [[{ args: [1] }], {}]],
    ['args', { args: [1] }, [[1], {}]],
    ['kwargs', { kwargs: { a: 1 } }, [[], { a: 1 }]],
    ['both', { args: [1], kwargs: { a: 1 } }, [[1], { a: 1 }]],
    ['neither', {}, [[], {}]],
    ['both undefined', { args: undefined, kwargs: undefined }, [[], {}]],
    ['a Payload', payload([1], { a: 1 }), [[1], { a: 1 }]],
    ['a Payload that knows more, as an event does', Object.assign(payload([1]), { details: {} }), [[1], {}]],
  ])('takes %s', (_, input, expected) => {
    expect(read(input)).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    ['a number', 42, 'a list of arguments or { args, kwargs }'],
    ['text', 'text', 'a list of arguments or { args, kwargs }'],
    ['null', null, 'a list of arguments or { args, kwargs }'],
    ['args that are no list', { args: { a: 1 } }, 'args must be a list'],
    ['args that are text', { args: 'text' }, 'args must be a list'],
    ['kwargs that are a list', { kwargs: [1] }, 'kwargs must be an object'],
    ['kwargs that are null', { kwargs: null }, 'kwargs must be an object'],
    ['a single object', { name: 'x' }, 'not "name"'],
    ['a key too many', { args: [], kwarg: {} }, 'not "kwarg"'],
    ['a date, which has no keys', new Date(0), 'a payload is a list of arguments or { args, kwargs }'],
    ['a map, which has none either', new Map([['args', []]]), 'a payload is a list of arguments or { args, kwargs }'],
    ['kwargs that are a map', { kwargs: new Map([['a', 1]]) }, 'kwargs must be an object'],
  ])('refuses %s, saying what was attempted', (_, input, what) => {
    expect(() => read(input)).toThrow(what);
    expect(() => read(input)).toThrow(/^PUBLISH com\.example\.topic: /);
    try {
      read(input);
    } catch (error) {
      expect(isUsageError(error) && error.uri).toBe('wamp.error.invalid_argument');
    }
  });
});

describe('tail', () => {
  // WAMP spec: what SHOULD be sent for each combination.
  it.each<[readonly unknown[] | undefined, Record<string, unknown> | undefined, readonly unknown[]]>([
    [undefined, undefined, []],
    [[], undefined, []],
    [undefined, {}, []],
    [[], {}, []],
    [[1], undefined, [[1]]],
    [[1], {}, [[1]]],
    [[undefined], {}, [[undefined]]],
    [undefined, { a: 1 }, [[], { a: 1 }]],
    [[], { a: 1 }, [[], { a: 1 }]],
    [[1], { a: 1 }, [[1], { a: 1 }]],
  ])('of %j and %j is %j', (args, kwargs, expected) => {
    expect(tail(args, kwargs)).toEqual(expected);
  });

  it('is what toPayload read', () => {
    expect(tail(...toPayload(undefined, 'CALL', 'a.b'))).toEqual([]);
    expect(tail(...toPayload({ kwargs: { a: 1 } }, 'CALL', 'a.b'))).toEqual([[], { a: 1 }]);
  });
});
