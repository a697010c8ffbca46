import { describe, expect, it } from '@jest/globals';
import { json } from '../../src/serializers/json.js';
import { argument, hex, publishing, serializationErrorOf } from './formats.js';

const received = (payload: string, options = {}): unknown =>
  argument(json(options).decode(`[16,1,{},"com.example.topic",[${payload}]]`));
const sent = (value: unknown): string => String(json().encode(publishing(value)));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('C-37, R-50: bytes in JSON', () => {
  // The spec's two examples, then RFC 4648, section 10.
  const VECTORS: readonly (readonly [bytes: Uint8Array, base64: string])[] = [
    [hex('10e3ff9053075c526f5fc06d4fe37cdb'), 'EOP/kFMHXFJvX8BtT+N82w=='],
    [hex('000102030405060708090a0b0c0d0e0f'), 'AAECAwQFBgcICQoLDA0ODw=='],
    [text(''), ''],
    [text('f'), 'Zg=='],
    [text('fo'), 'Zm8='],
    [text('foo'), 'Zm9v'],
    [text('foob'), 'Zm9vYg=='],
    [text('fooba'), 'Zm9vYmE='],
    [text('foobar'), 'Zm9vYmFy'],
    [hex('fbefbeff'), '++++/w=='],
  ];

  it.each(VECTORS)('%j are U+0000 and Base64, both ways', (bytes, base64) => {
    expect(sent(bytes)).toBe(`[16,1,{},"com.example.topic",["\\u0000${base64}"]]`);
    expect(received(`"\\u0000${base64}"`)).toEqual(bytes);
  });

  it('are found at any depth, and never made of keys', () => {
    expect(received('{"\\u0000Zm9v":[{"a":["\\u0000Zm9v"]}]}')).toEqual({ '\0Zm9v': [{ a: [text('foo')] }] });
    const value = { '\0key': [[text('fo')], { a: text('foo') }] };
    expect(sent(value)).toContain('{"\\u0000key":[["\\u0000Zm8="],{"a":"\\u0000Zm9v"}]}');
  });

  it('of every length survive, also large ones', () => {
    for (const length of [1, 2, 3, 4, 255, 256, 1000, 1_000_000]) {
      const bytes = Uint8Array.from({ length }, (_, at) => at * 31);
      const back = argument(json().decode(json().encode(publishing(bytes)))) as Uint8Array;
      expect(Buffer.compare(back, bytes)).toBe(0);
    }
  });

  it('agree with another implementation of Base64', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = Uint8Array.from({ length }, (_, at) => at * 37 + length);
      expect(sent(bytes)).toContain(`"\\u0000${Buffer.from(bytes).toString('base64')}"`);
    }
  });

  it.each([
    'Z',
    'Zg',
    'Zg=',
    'Zg===',
    '====',
    '=',
    'Z===',
    'Zm9',
    'Zm=v',
    'Zg==Zg==',
    'Zm9v\\n',
    'Zm 9',
    'Zm-_',
    'Zmé9',
    '#0',
  ])('%j after U+0000 is an error', (base64) => {
    expect(serializationErrorOf(() => received(`"\\u0000${base64}"`)).message).toBe(
      'decode: a text starts with U+0000 but is no Base64',
    );
  });

  it('leave no room for text that starts with U+0000, which is refused', () => {
    expect(serializationErrorOf(() => sent({ a: '\0text' })).message).toContain(
      'args[0].a holds a text that starts with U+0000',
    );
    expect(sent('a\0')).toContain('"a\\u0000"');
    expect(received('"a\\u0000"')).toBe('a\0');
  });
});

describe('integers that JSON.parse would round', () => {
  const wide = '12345678901234567890';
  const value = 12_345_678_901_234_567_890n;

  it.each<[string, string, unknown]>([
    ['alone', wide, value],
    ['negative', `-${wide}`, -value],
    ['in lists and dictionaries', `{"a":[1,${wide},{"b":${wide}}],"c":2}`, { a: [1, value, { b: value }], c: 2 }],
    ['between blanks', `[ ${wide} ,\n\t${wide}\r]`, [value, value]],
    ['beside digits in strings and keys', `{"${wide}":"${wide}","x":${wide}}`, { [wide]: wide, x: value }],
    [
      'beside escaped quotes',
      `["\\"${wide}","\\\\",${wide},"\\\\\\"${wide},",1]`,
      [`"${wide}`, '\\', value, `\\"${wide},`, 1],
    ],
    ['beside bytes', `["\\u0000Zg==",${wide}]`, [text('f'), value]],
    [
      'beside floats of the same size',
      `[1.5e300,${wide},1e20,-12345678901234567890.5,1E+20]`,
      [1.5e300, value, 1e20, -12345678901234567890.5, 1e20],
    ],
    ['as keys that come twice: the last counts', `{"a":${wide},"a":1,"1":${wide}}`, { a: 1, '1': value }],
    ['with more digits than 64 bits have', '9'.repeat(100), BigInt('9'.repeat(100))],
    [
      'just beyond what is exact',
      '[9007199254740992,9007199254740993,-9007199254740993]',
      [2 ** 53, 2n ** 53n + 1n, -(2n ** 53n) - 1n],
    ],
    [
      'not at all',
      '[900719925474099.1,9007199254740991,1234567890123456]',
      [900719925474099.1, 2 ** 53 - 1, 1234567890123456],
    ],
  ])('%s', (_, payload, expected) => {
    expect(received(payload)).toEqual(expected);
  });

  it('are not confused with text that looks like the mark for them', () => {
    expect(() => received(`["\\u0000#1",${wide}]`)).toThrow('no Base64');
    expect(received(`["\\u0000#0",${wide}]`)).toEqual([value, value]);
  });

  it.each(['1e999', '-1e999', '9'.repeat(400), `1${'0'.repeat(1_000_000)}`])(
    '%.20s… is larger than any double',
    (number) => {
      expect(serializationErrorOf(() => received(`[${number}]`)).message).toBe(
        'decode: a number is larger than any double',
      );
    },
  );
});

describe('JSON text', () => {
  it.each(['', ' ', '{', '[1,]', '[01]', 'undefined', 'NaN', "['a']", '[1]]', '\u0000', '"\n"'])(
    '%j is not JSON',
    (frame) => {
      const error = serializationErrorOf(() => json().decode(frame));
      expect(error.message).toBe('decode: the frame is not JSON');
      expect(error.cause).toBeInstanceOf(Error);
    },
  );

  it('that is no message is left to validate()', () => {
    expect(json().decode('5')).toBe(5);
    expect(json().decode('null')).toBeNull();
    expect(json().decode(' {"a":1} ')).toEqual({ a: 1 });
  });

  it('writes integers as such beside text and keys that look like what stands for them', () => {
    expect(sent({ a: 1, '\0#1': 2n ** 60n, list: ['"\0#2"', '["\0#3"', ':"\0#4"', ',"\0#5"', '\\', 2n ** 61n] })).toBe(
      String.raw`[16,1,{},"com.example.topic",[{"a":1,"\u0000#1":1152921504606846976,"list":["\"\u0000#2\"","[\"\u0000#3\"",":\"\u0000#4\"",",\"\u0000#5\"","\\",2305843009213693952]}]]`,
    );
  });

  it('writes floats and integers of every size next to one another', () => {
    expect(sent([1n, 2n ** 64n, 2 ** 70, -1.5e300, 0.1, 'text "', null, true, { a: undefined, b: [2n ** 60n] }])).toBe(
      '[16,1,{},"com.example.topic",[[1,18446744073709551616,1.1805916207174113e+21,-1.5e+300,0.1,"text \\"",null,true,{"b":[1152921504606846976]}]]]',
    );
  });
});
