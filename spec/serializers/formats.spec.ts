import { describe, expect, it } from '@jest/globals';
import { subprotocol } from '../../src/serializers/serializer.js';
import { argument, formats, publishing, serializationErrorOf } from './formats.js';

describe.each(formats)('%s', (name, create) => {
  const serializer = create();
  const sent = (value: unknown): unknown => argument(serializer.decode(serializer.encode(publishing(value))));
  const refusal = (value: unknown): string => serializationErrorOf(() => serializer.encode(publishing(value))).message;

  it('says what it is', () => {
    expect(serializer.name).toBe(name);
    expect(subprotocol(serializer)).toBe(`wamp.2.${name}`);
    expect(serializer.binary).toBe(name !== 'json');
    expect(typeof serializer.encode([6, {}, 'wamp.close.normal'])).toBe(name === 'json' ? 'string' : 'object');
  });

  describe('sends', () => {
    it.each([
      ['null', null],
      ['booleans', [true, false]],
      ['text', ['', 'text', 'né 日本 🎉', '"\\\n\u0001', 'a\0b']],
      ['numbers', [0, 1, -1, 127, 128, -128, -129, 65_536, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 40), 0.1, -1.5e-300]],
      ['floats beyond 2^53', [2 ** 60, -(2 ** 60), 1e20, 1.7976931348623157e308]],
      ['bytes', [new Uint8Array(0), Uint8Array.of(0, 255), new Uint8Array(1000).fill(7)]],
      ['nested', { a: [{ b: { c: [[], {}] } }], '': null, 'key with . and "': 1 }],
      ['keys that look like members', { constructor: 1, toString: 2, hasOwnProperty: 3, length: 4, '0': 5 }],
    ])('%s as it is', (_, value) => {
      expect(sent(value)).toEqual(value);
    });

    it('-0 as 0', () => {
      expect(Math.abs(Number(sent(-0)))).toBe(0);
    });

    it('undefined as null in a list, and not at all in a dictionary', () => {
      expect(sent([1, undefined, 2])).toEqual([1, null, 2]);
      // A hole, too.
      expect(sent(Array.of(1, ...new Array<unknown>(1), 2))).toEqual([1, null, 2]);
      const dict = sent({ a: undefined, b: 1, c: { d: undefined } });
      expect(dict).toEqual({ b: 1, c: {} });
      expect(Object.keys(dict as object)).toEqual(['b', 'c']);
    });

    it('what toJSON() makes of a value, once', () => {
      const date = new Date(Date.UTC(2026, 10, 20, 12, 30, 15, 250));
      expect(sent({ when: date })).toEqual({ when: '2026-11-20T12:30:15.250Z' });
      expect(sent({ toJSON: (key: string) => `converted at ${key}` })).toBe('converted at 0');
      expect(sent({ x: { toJSON: () => undefined } })).toEqual({});
      expect(sent([{ toJSON: () => undefined }])).toEqual([null]);
      expect(sent({ toJSON: () => Uint8Array.of(1) })).toEqual(Uint8Array.of(1));
      class Self {
        readonly n = 1;
        toJSON(): this {
          return this;
        }
      }
      expect(sent(new Self())).toEqual({ n: 1 });
    });

    it('an instance of a class as the dictionary of its own keys', () => {
      class Point {
        readonly #hidden = 3;
        constructor(
          readonly x: number,
          readonly y: number,
        ) {}
        get sum(): number {
          return this.x + this.y + this.#hidden;
        }
      }
      const point = new Point(1, 2);
      expect(point.sum).toBe(6);
      expect(sent(point)).toEqual({ x: 1, y: 2 });
      expect(sent(Object.assign(Object.create({ inherited: 1 }) as object, { own: 2 }))).toEqual({ own: 2 });
      expect(sent(Object.assign(Object.create(null) as object, { own: 2 }))).toEqual({ own: 2 });
    });

    it('any buffer and any view on one as bytes', () => {
      const buffer = Uint8Array.of(9, 1, 2, 3, 9).buffer;
      const bytes = Uint8Array.of(1, 2, 3);
      for (const view of [
        new Uint8Array(buffer, 1, 3),
        new DataView(buffer, 1, 3),
        new Int8Array(buffer, 1, 3),
        bytes.buffer,
        Buffer.from(bytes),
        Buffer.from(buffer, 1, 3),
      ]) {
        const received = sent([view, { view }]);
        expect(received).toEqual([bytes, { view: bytes }]);
      }
      expect(sent(Uint16Array.of(0x0201).subarray(0, 1))).toEqual(Uint8Array.of(1, 2));
    });

    it('what is used twice, twice', () => {
      const shared = { n: [1] };
      expect(sent([shared, shared, Uint8Array.of(1)])).toEqual([shared, shared, Uint8Array.of(1)]);
    });

    it('without changing what it was given', () => {
      const value = Object.freeze({ a: undefined, b: Object.freeze([new Date(0), Uint8Array.of(1), 2n]) });
      const message = Object.freeze(publishing(value));
      serializer.encode(message);
      expect(message).toEqual(publishing({ a: undefined, b: [new Date(0), Uint8Array.of(1), 2n] }));
    });
  });

  describe('refuses, saying where', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = [{ cycle }];
    it.each<[string, unknown, string]>([
      ['NaN', { when: NaN }, 'args[0].when holds NaN'],
      ['Infinity', [Infinity], 'args[0][0] holds Infinity'],
      ['-Infinity', -Infinity, 'args[0] holds -Infinity'],
      ['a function', { a: [() => 1] }, 'args[0].a[0] holds a function'],
      ['a symbol', { a: Symbol('secret') }, 'args[0].a holds a symbol'],
      ['a Map', { a: new Map([['secret', 1]]) }, 'args[0].a holds an object of type Map'],
      ['a Set', [0, new Set()], 'args[0][1] holds an object of type Set'],
      ['a Promise', Promise.resolve(), 'args[0] holds an object of type Promise'],
      ['an error, whose message would be lost', new TypeError('x'), 'args[0] holds an object of type Error'],
      ['a cycle', cycle, 'args[0].self[0].cycle holds a cycle'],
      ['what toJSON() should not have made', { a: { toJSON: () => [NaN] } }, 'args[0].a[0] holds NaN'],
      ['half a surrogate pair', { a: '🎉'.slice(0, 1) }, 'args[0].a holds a text with half a surrogate pair'],
      ['a value under a key that is no name', { 'a b': { '': [NaN] } }, 'args[0]["a b"][""][0] holds NaN'],
      ['what comes after lists and dictionaries', { a: [[1, [2]], { b: 3 }, NaN] }, 'args[0].a[2] holds NaN'],
      ['an invalid Date', [new Date(NaN), new Map()], 'args[0][1] holds an object of type Map'],
    ])('%s', (_, value, what) => {
      expect(refusal(value)).toBe(`encode: ${what}`);
    });

    it('in keyword arguments, options and details', () => {
      const at = (message: Parameters<typeof serializer.encode>[0]): string =>
        serializationErrorOf(() => serializer.encode(message)).message;
      expect(at([16, 1, {}, 'a.b', [], { x: [NaN] }])).toBe('encode: kwargs.x[0] holds NaN');
      expect(at([50, 1, {}, [1], { x: NaN }])).toBe('encode: kwargs.x holds NaN');
      expect(at([48, 1, { timeout: NaN }, 'a.b'])).toBe('encode: options.timeout holds NaN');
      expect(at([1, 'realm', { authextra: { f: isNaN } }])).toBe('encode: details.authextra.f holds a function');
      expect(at([5, '', { x: NaN }])).toBe('encode: extra.x holds NaN');
    });

    it('the key __proto__, and keys that are no text', () => {
      const evil: unknown = JSON.parse('{"__proto__":{"polluted":true}}');
      expect(refusal(evil)).toBe('encode: args[0].__proto__ holds a value under a key that cannot be sent');
      expect(refusal({ '\ud800': 1 })).toContain('holds a value under a key that cannot be sent');
    });

    it('with what was thrown as the cause, when toJSON() or a getter throws', () => {
      const cause = new Error('mine');
      const toJSON = (): never => {
        throw cause;
      };
      expect(serializationErrorOf(() => serializer.encode(publishing({ toJSON }))).cause).toBe(cause);
      const getter = Object.defineProperty({}, 'x', { enumerable: true, get: toJSON });
      expect(serializationErrorOf(() => serializer.encode(publishing(getter))).cause).toBe(cause);
    });

    it('and sends the next message as if nothing had been', () => {
      const fresh = create();
      const good = publishing(['x'.repeat(100), { a: 1 }, Uint8Array.of(1), 4_429_313_566]);
      const before = fresh.encode(good);
      expect(() => fresh.encode(publishing([1, 2, 'much that comes before it', NaN]))).toThrow();
      let reads = 0;
      const late = Object.defineProperty({ a: 'x'.repeat(5000) }, 'b', {
        enumerable: true,
        get: () => {
          if (++reads > 1) throw new Error('only in the encoder');
          return 1;
        },
      });
      expect(() => fresh.encode(publishing(late))).toThrow();
      expect(fresh.encode(good)).toEqual(before);
    });
  });

  describe('nesting', () => {
    const lists = (depth: number): unknown => {
      let value: unknown = [];
      for (let level = 1; level < depth; level++) value = [value];
      return value;
    };
    const dicts = (depth: number): unknown => {
      let value: unknown = {};
      for (let level = 1; level < depth; level++) value = { a: value };
      return value;
    };

    // The message and its list of arguments are two of the 64 levels.
    it.each([
      ['lists', lists],
      ['dictionaries', dicts],
    ])('of %s is carried down to the limit and refused beyond it, both ways', (_, nested) => {
      const open = create({ maxDepth: 1000 });
      expect(sent(nested(62))).toEqual(nested(62));
      expect(refusal(nested(63))).toContain('holds more than 64 levels of nesting');
      const frame = open.encode(publishing(nested(63)));
      expect(argument(open.decode(frame))).toEqual(nested(63));
      expect(serializationErrorOf(() => serializer.decode(frame)).message).toContain('deeper than 64 levels');
      expect(serializationErrorOf(() => create({ maxDepth: 2 }).encode(publishing([]))).message).toContain('2 levels');
      expect(create({ maxDepth: 2 }).encode(publishing(1))).toEqual(serializer.encode(publishing(1)));
    });

    it('of 100,000 lists or dictionaries is no stack overflow', () => {
      expect(refusal(lists(100_000))).toContain('levels of nesting');
      expect(refusal(dicts(100_000))).toContain('levels of nesting');
      const n = 100_000;
      const frames = {
        json: ['['.repeat(n) + ']'.repeat(n), '['.repeat(n), '{"":'.repeat(n) + '1' + '}'.repeat(n)],
        msgpack: [new Uint8Array(n).fill(0x91), new Uint8Array(n).fill(0x81), new Uint8Array(3 * n).fill(0xdc)],
        cbor: [new Uint8Array(n).fill(0x81), new Uint8Array(n).fill(0x9f), new Uint8Array(n).fill(0xa1)],
      }[name];
      expect(frames).toHaveLength(3);
      for (const frame of frames ?? []) {
        const { message, cause } = serializationErrorOf(() => serializer.decode(frame));
        expect(message).toMatch(/^decode: /);
        expect(cause instanceof RangeError).toBe(false);
      }
    });
  });

  it('as many lists, dictionaries and byte strings are received as the options allow', () => {
    const frame = serializer.encode(publishing([[], {}, [Uint8Array.of(1), '[[{"[{'.repeat(20)], 1, 2, 3]));
    // The message, its options, its arguments, and five in the argument.
    const count = name === 'json' ? 7 : 8;
    expect(create({ maxContainers: count }).decode(frame)).toEqual(serializer.decode(frame));
    expect(serializationErrorOf(() => create({ maxContainers: count - 1 }).decode(frame)).message).toBe(
      `decode: more than ${count - 1} lists, dictionaries and byte strings`,
    );
    const many = create({ maxContainers: 10_000_000 }).encode(publishing(Array.from({ length: 1_000_000 }, () => [])));
    expect(serializationErrorOf(() => serializer.decode(many)).message).toContain('more than 1000000 lists');
  });

  describe('received', () => {
    it('bytes belong to the message alone, and are never a Buffer', () => {
      const frame = serializer.encode(publishing([Uint8Array.of(1, 2, 3), 4_429_313_566]));
      const input = typeof frame === 'string' ? frame : Buffer.from(frame);
      const value = argument(serializer.decode(input)) as [Uint8Array, number];
      if (typeof input !== 'string') input.fill(0);
      expect(value).toEqual([Uint8Array.of(1, 2, 3), 4_429_313_566]);
      expect(Object.getPrototypeOf(value[0])).toBe(Uint8Array.prototype);
      expect(value[0].buffer.byteLength).toBe(3);
    });

    it('frames to copy are the same, as long as nothing else is encoded', () => {
      if (serializer.encodeToCopy === undefined) {
        expect(serializer.binary).toBe(false);
        return;
      }
      for (const value of ['a', 'b'.repeat(1_000), 'c'.repeat(100_000), Uint8Array.of(1), 2n ** 53n + 1n, 'd']) {
        const frame = serializer.encodeToCopy(publishing(value));
        const copy = typeof frame === 'string' ? frame : Uint8Array.from(frame);
        expect(copy).toEqual(serializer.encode(publishing(value)));
      }
      expect(serializationErrorOf(() => serializer.encodeToCopy?.(publishing(() => 1))).message).toContain('args[0]');
    });

    it('frames do not share memory with one another, or with the encoder', () => {
      const first = serializer.encode(publishing(['a', Uint8Array.of(1)]));
      const shownFirst = String(first);
      serializer.encode(publishing(['b'.repeat(1000)]));
      expect(String(first)).toBe(shownFirst);
      if (typeof first !== 'string') {
        expect(Object.getPrototypeOf(first)).toBe(Uint8Array.prototype);
        expect(first.buffer.byteLength).toBe(first.byteLength);
        const large = serializer.encode(publishing('x'.repeat(300))) as Uint8Array;
        expect(large.buffer.byteLength).toBe(large.byteLength);
      }
    });

    it('what is cut short, empty or goes on is refused', () => {
      const frame = serializer.encode(publishing({ text: 'some text', list: [1, 2.5, null], n: 4_429_313_566 }));
      for (let end = 0; end < frame.length; end++) {
        expect(() => serializer.decode(frame.slice(0, end))).toThrow(
          expect.objectContaining({ name: 'SerializationError' }),
        );
      }
      const longer = typeof frame === 'string' ? `${frame}1` : Uint8Array.of(...frame, 1);
      expect(() => serializer.decode(longer)).toThrow(expect.objectContaining({ name: 'SerializationError' }));
    });

    it('a frame of the wrong kind is refused, or read if that makes sense', () => {
      if (name === 'json') {
        expect(serializer.decode(new TextEncoder().encode('[6,{},"é"]'))).toEqual([6, {}, 'é']);
        expect(() => serializer.decode(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('not JSON');
      } else {
        expect(() => serializer.decode('[]')).toThrow(expect.objectContaining({ name: 'SerializationError' }));
      }
    });

    it('nothing is polluted by the key __proto__', () => {
      const text = '{"__proto__":{"polluted":true}}';
      const frames = {
        json: `[1,"realm",${text}]`,
        // [1, "realm", {"__proto__": {"polluted": true}}]
        msgpack: '9301a57265616c6d81a95f5f70726f746f5f5f81a8706f6c6c75746564c3',
        cbor: '8301657265616c6da1695f5f70726f746f5f5fa168706f6c6c75746564f5',
      };
      const frame = name === 'json' ? frames.json : Buffer.from(frames[name as 'msgpack' | 'cbor'], 'hex');
      expect(() => serializer.decode(frame)).toThrow(expect.objectContaining({ name: 'SerializationError' }));
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    });
  });
});
