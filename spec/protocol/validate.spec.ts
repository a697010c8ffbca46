import { describe, expect, it } from '@jest/globals';
import { isProtocolViolationError } from '../../src/protocol/errors.js';
import { fieldName, validate } from '../../src/protocol/validate.js';

type Kind = 'id' | 'id or 0' | 'request type' | 'string' | 'dict' | 'args' | 'kwargs';

/** What each kind of element may be, and what it may not. */
const GOOD: Readonly<Record<Kind, readonly unknown[]>> = {
  id: [1, 4_429_313_566, 2 ** 53],
  'id or 0': [0, 1, 2 ** 53],
  'request type': [16, 32, 34, 48, 49, 64, 66, 68, 70],
  string: ['', 'com.example'],
  dict: [{}, { _private_key: 1, unknown: [null] }, Object.create(null)],
  args: [[], [1, 'two', null, {}]],
  kwargs: [{}, { a: 1 }],
};
const notNatural: readonly unknown[] = [
  -1,
  1.5,
  NaN,
  Infinity,
  2 ** 53 + 2,
  2n ** 53n + 1n,
  1n,
  '1',
  true,
  null,
  undefined,
  [],
  {},
];
const BAD: Readonly<Record<Kind, readonly unknown[]>> = {
  id: [0, ...notNatural],
  'id or 0': notNatural,
  'request type': [0, 1, 8, 17, 36, 50, 65, 48.5, '48', null, undefined],
  string: [1, true, null, undefined, [], {}, new Uint8Array(1)],
  dict: [null, undefined, [], 'x', 1, new Uint8Array(1), new Map(), new Date(0)],
  args: [undefined, {}, 'x', 1, true, new Uint8Array(1)],
  kwargs: [undefined, [], 'x', 1, true, new Uint8Array(1), new Map()],
};

/** The table of all messages in the spec: elements after the code, valid lengths, and whether a router may add to it. */
const MESSAGES: readonly (readonly [
  code: number,
  name: string,
  kinds: readonly Kind[],
  lengths: readonly number[],
  fromRouter?: true,
])[] = [
  [1, 'HELLO', ['string', 'dict'], [3]],
  [2, 'WELCOME', ['id', 'dict'], [3], true],
  [3, 'ABORT', ['dict', 'string', 'args', 'kwargs'], [3, 4, 5]],
  [4, 'CHALLENGE', ['string', 'dict'], [3], true],
  [5, 'AUTHENTICATE', ['string', 'dict'], [3]],
  [6, 'GOODBYE', ['dict', 'string'], [3]],
  [8, 'ERROR', ['request type', 'id', 'dict', 'string', 'args', 'kwargs'], [5, 6, 7]],
  [16, 'PUBLISH', ['id', 'dict', 'string', 'args', 'kwargs'], [4, 5, 6]],
  [17, 'PUBLISHED', ['id', 'id'], [3], true],
  [32, 'SUBSCRIBE', ['id', 'dict', 'string'], [4]],
  [33, 'SUBSCRIBED', ['id', 'id'], [3], true],
  // Autobahn sends options with it.
  [34, 'UNSUBSCRIBE', ['id', 'id', 'dict'], [3, 4]],
  [35, 'UNSUBSCRIBED', ['id or 0', 'dict'], [2, 3], true],
  [36, 'EVENT', ['id', 'id', 'dict', 'args', 'kwargs'], [4, 5, 6], true],
  [48, 'CALL', ['id', 'dict', 'string', 'args', 'kwargs'], [4, 5, 6]],
  [49, 'CANCEL', ['id', 'dict'], [3]],
  [50, 'RESULT', ['id', 'dict', 'args', 'kwargs'], [3, 4, 5], true],
  [64, 'REGISTER', ['id', 'dict', 'string'], [4]],
  [65, 'REGISTERED', ['id', 'id'], [3], true],
  [66, 'UNREGISTER', ['id', 'id', 'dict'], [3, 4]],
  [67, 'UNREGISTERED', ['id or 0', 'dict'], [2, 3], true],
  [68, 'INVOCATION', ['id', 'id', 'dict', 'args', 'kwargs'], [4, 5, 6], true],
  [69, 'INTERRUPT', ['id', 'dict'], [3], true],
  [70, 'YIELD', ['id', 'dict', 'args', 'kwargs'], [3, 4, 5]],
];

/** The violation that a value is; fails when it is none. */
function violation(value: unknown): string {
  try {
    validate(value);
  } catch (error) {
    if (isProtocolViolationError(error)) return error.message;
    throw error;
  }
  throw new Error('it is valid');
}

describe.each(MESSAGES)('%d %s', (code, name, kinds, lengths, fromRouter) => {
  const longest = Math.max(...lengths);
  const message = (length = longest): unknown[] => [code, ...kinds.map((kind) => GOOD[kind][0])].slice(0, length);
  const changed = (at: number, value: unknown, length = longest): unknown[] =>
    Object.assign(message(length), { [at]: value });

  it(`has ${lengths.join(', ')} elements`, () => {
    for (const length of lengths) {
      const given = message(length);
      expect(validate(given)).toBe(given);
      expect(given).toEqual(message(length));
    }
    for (let length = 1; length < Math.min(...lengths); length++)
      expect(violation(message(length))).toContain(`${name} has ${length} elements, not ${Math.min(...lengths)}`);
  });

  it(fromRouter === true ? 'may have grown: what is not known is cut off' : 'is refused when it is too long', () => {
    const longer = [...message(), 'more', 'and more'];
    if (fromRouter === true) expect(validate(longer)).toEqual(message());
    else expect(violation(longer)).toContain(`${name} has ${longest + 2} elements`);
  });

  it.each(kinds.map((kind, index) => [index + 1, kind] as const))('element %d is a valid %s', (at, kind) => {
    for (const length of lengths.filter((one) => one > at)) {
      const held = (value: unknown): unknown[] => changed(at, value, length);
      for (const value of GOOD[kind]) expect(validate(held(value))).toEqual(held(value));
      for (const value of BAD[kind]) {
        const what = violation(held(value));
        expect(what).toContain(`${name}.${fieldName(code, at)} must be `);
        expect(what.length).toBeLessThan(120);
      }
      if (kind === 'args') expect(validate(held(null))).toEqual(held([]));
      if (kind === 'kwargs') expect(validate(held(null))).toEqual(held({}));
    }
  });
});

describe('what is no message', () => {
  it.each<[unknown, string]>([
    [undefined, 'a message is a list, this is undefined'],
    [null, 'a message is a list, this is null'],
    ['[36]', 'a message is a list, this is a string'],
    [{ 0: 36 }, 'a message is a list, this is a dict'],
    [new Uint8Array(3), 'a message is a list, this is a Uint8Array'],
    [[], 'a message cannot be an empty list'],
    [[0], 'unknown message type 0'],
    [[7, 1, 2], 'unknown message type 7'],
    [[255], 'unknown message type 255'],
    [[337, 1], 'unknown message type 337'],
    [['36', 1, 1, {}], 'unknown message type a string'],
    [[36n, 1, 1, {}], 'unknown message type 36'],
    [[36.5, 1, 1, {}], 'unknown message type 36.5'],
    [[-1], 'unknown message type -1'],
    [[NaN], 'unknown message type NaN'],
    [[null], 'unknown message type null'],
    [[[36]], 'unknown message type a list of 1'],
    [['__proto__'], 'unknown message type a string'],
  ])('%j', (value, what) => {
    expect(violation(value)).toBe(`receive: ${what}`);
  });

  it('never quotes payload', () => {
    expect(violation([36, 1, 1, {}, 'secret'])).not.toContain('secret');
    expect(violation([5, { secret: 'secret' }, {}])).not.toContain('secret');
  });
});

describe('fieldName', () => {
  it('is the name in the spec', () => {
    expect(fieldName(36, 3)).toBe('details');
    expect(fieldName(16, 4)).toBe('args');
    expect(fieldName(48, 5)).toBe('kwargs');
    expect(fieldName(36, 0)).toBe('element 0');
    expect(fieldName(36, 9)).toBe('element 9');
    expect(fieldName(999, 1)).toBe('element 1');
  });
});
