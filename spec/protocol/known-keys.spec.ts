import { describe, expect, it } from '@jest/globals';
import { isDict } from '../../src/protocol/dict.js';
import { validate } from '../../src/protocol/validate.js';

type Type = 'bool' | 'string' | 'id' | 'natural' | 'positive' | 'dict' | 'ids' | 'strings' | 'match' | 'invoke';

const GOOD: Readonly<Record<Type, readonly unknown[]>> = {
  bool: [true, false],
  string: ['', 'text'],
  id: [1, 2 ** 53],
  natural: [0, 5, 2 ** 53],
  positive: [1, 1000],
  dict: [{}, { any: 1 }],
  ids: [[], [1, 2 ** 53]],
  strings: [[], ['a', '']],
  match: ['exact', 'prefix', 'wildcard'],
  invoke: ['single', 'roundrobin', 'random', 'first', 'last'],
};
const BAD: Readonly<Record<Type, readonly unknown[]>> = {
  bool: [0, 1, 'true', [], {}],
  string: [1, true, [], {}, new Uint8Array(1)],
  id: [0, -1, 1.5, '1', 2n ** 53n + 1n, true],
  natural: [-1, 0.5, '1', true, NaN, Infinity, 2n ** 53n + 1n],
  positive: [0, -1, 1.5, '1', true],
  dict: [[], 'x', 1, true],
  ids: ['x', 1, ['x'], [0], [1, 1.5], [null], {}],
  strings: ['x', 1, [1], ['a', null], {}],
  match: ['invalid', '', 'Exact', 1, true, []],
  invoke: ['all', '', 1, true, []],
};

/** The registry of Options, Details and Extra: where each key of the spec stands, and its type. */
const passthru = 'ppt_scheme:string ppt_serializer:string ppt_cipher:string ppt_keyid:string';
const KEYS: readonly (readonly [name: string, at: (dict: unknown) => unknown[], keys: string])[] = [
  [
    'HELLO',
    (d) => [1, 'realm', d],
    'roles:dict agent:string authmethods:strings authid:string authrole:string authextra:dict',
  ],
  [
    'WELCOME',
    (d) => [2, 1, d],
    'roles:dict agent:string realm:string authid:string authrole:string authmethod:string authprovider:string',
  ],
  ['ERROR', (d) => [8, 48, 1, d, 'a.error'], passthru],
  [
    'PUBLISH',
    (d) => [16, 1, d, 'a.topic'],
    `acknowledge:bool exclude_me:bool exclude:ids exclude_authid:strings exclude_authrole:strings eligible:ids eligible_authid:strings eligible_authrole:strings disclose_me:bool retain:bool rkey:string ${passthru}`,
  ],
  ['SUBSCRIBE', (d) => [32, 1, d, 'a.topic'], 'match:match get_retained:bool nkey:string'],
  ['UNSUBSCRIBED', (d) => [35, 0, d], 'subscription:id reason:string'],
  [
    'EVENT',
    (d) => [36, 1, 1, d],
    `topic:string publisher:id publisher_authid:string publisher_authrole:string trustlevel:natural retained:bool ${passthru}`,
  ],
  [
    'CALL',
    (d) => [48, 1, d, 'a.procedure'],
    `receive_progress:bool progress:bool timeout:natural disclose_me:bool runmode:string rkey:string ${passthru}`,
  ],
  ['CANCEL', (d) => [49, 1, d], 'mode:string'],
  ['RESULT', (d) => [50, 1, d], `progress:bool ${passthru}`],
  [
    'REGISTER',
    (d) => [64, 1, d, 'a.procedure'],
    'match:match invoke:invoke disclose_caller:bool forward_timeout:bool concurrency:positive force_reregister:bool',
  ],
  ['UNREGISTERED', (d) => [67, 0, d], 'registration:id reason:string'],
  [
    'INVOCATION',
    (d) => [68, 1, 1, d],
    `receive_progress:bool progress:bool timeout:natural procedure:string caller:id caller_authid:string caller_authrole:string trustlevel:natural ${passthru}`,
  ],
  ['INTERRUPT', (d) => [69, 1, d], 'mode:string reason:string'],
  ['YIELD', (d) => [70, 1, d], `progress:bool ${passthru}`],
];

const rows = KEYS.flatMap(([name, at, keys]) =>
  keys.split(' ').map((entry) => {
    const [key = '', type = ''] = entry.split(':');
    return [name, key, type as Type, at] as const;
  }),
);

describe('the keys whose types the spec fixes', () => {
  it.each(rows)('%s %s is a %s', (_, key, type, at) => {
    for (const value of GOOD[type]) expect(validate(at({ [key]: value }))).toEqual(at({ [key]: value }));
    for (const value of BAD[type])
      expect(() => validate(at({ other: 1, [key]: value }))).toThrow(
        expect.objectContaining({
          name: 'ProtocolViolationError',
          message: expect.stringContaining(`|${key} must be `),
        }),
      );
  });

  it.each(rows)('%s %s counts as absent when it is null', (_, key, __, at) => {
    expect(validate(at({ [key]: null }))).toEqual(at({ [key]: null }));
    expect(validate(at({ [key]: undefined }))).toEqual(at({ [key]: undefined }));
  });

  it.each(KEYS)('%s ignores keys that it does not know, whatever they hold', (_, at) => {
    const dict = {
      x_custom: 1,
      _private: [],
      forward_for: 'hello',
      enc_algo: 5,
      toString: 1,
      constructor: 2,
      'no name': {},
    };
    expect(validate(at(dict))).toEqual(at(dict));
  });
});

describe('isDict', () => {
  it('takes plain objects only', () => {
    expect([{}, Object.create(null), { a: 1 }].every(isDict)).toBe(true);
    expect(
      [
        null,
        undefined,
        [],
        'x',
        1,
        () => 1,
        new Date(0),
        new Map(),
        new Set(),
        new Uint8Array(1),
        /x/,
        new Error('x'),
      ].some(isDict),
    ).toBe(false);
  });
});
