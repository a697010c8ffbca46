import { describe, expect, it } from '@jest/globals';
import { Code } from '../../../src/protocol/code.js';
import type { Dict, List } from '../../../src/protocol/message.js';
import { Router, type RealmInterfaces, type RealmOptions } from '../../../src/router/index.js';
import { REFLECTION_LIMITS } from '../../../src/router/reflection/limits.js';
import { cbor } from '../../../src/serializers/cbor.js';
import { msgpack } from '../../../src/serializers/msgpack.js';
import { connect, joined, type FakeClient } from '../fake-client.js';
import { metaCall } from '../meta/meta-call.js';

const newRouter = (realm: RealmOptions = {}): Router => new Router({ realms: { realm1: realm } });
const list = (client: FakeClient, kind: string): List | string => metaCall(client, `wamp.reflection.${kind}.list`);
const describeOne = (client: FakeClient, kind: string, ...args: unknown[]): List | string =>
  metaCall(client, `wamp.reflection.${kind}.describe`, args);
const define = (client: FakeClient, ...args: unknown[]): List | string => metaCall(client, 'wamp.reflect.define', args);
const describeAll = (client: FakeClient, uri: unknown): List | string =>
  metaCall(client, 'wamp.reflect.describe', [uri]);

const ABSENT = 'rxwamp.error.no_such_definition';
const TAKEN = 'rxwamp.error.already_defined';

const interfaces: RealmInterfaces = {
  procedures: {
    'com.app.sub': { description: 'The difference.', errors: ['com.app.error.negative'], x_cost: 2n },
    'wamp.session.count': { description: 'How many there are.' },
  },
  topics: { 'com.app.tick': { description: 'The time.', args_schema: true } },
  errors: { 'com.app.error.negative': { description: undefined, version: '1' } },
};

describe('WELCOME', () => {
  it('announces reflection beside the features of both roles, in every realm', () => {
    const client = connect(newRouter());
    client.send([Code.HELLO, 'realm1', { roles: { caller: {} } }]);
    const { roles } = client.expect(Code.WELCOME)[2];
    expect(roles).toMatchObject({ broker: { reflection: true }, dealer: { reflection: true } });
    expect(roles).not.toMatchObject({ dealer: { features: { reflection: true } } });
  });
});

describe('list', () => {
  it('is empty where there is nothing', () => {
    const client = joined(newRouter());
    expect(['procedure', 'topic', 'error'].map((kind) => list(client, kind))).toStrictEqual([[[]], [[]], [[]]]);
  });

  it('holds what is defined and what is in use by exactly its URI, each once, in order', () => {
    const router = newRouter({ interfaces });
    const client = joined(router);
    const other = joined(router);
    other.register('com.app.sub');
    other.register('com.app.add');
    other.register('com.app.prefix.', { match: 'prefix' });
    other.register('com..wildcard', { match: 'wildcard' });
    for (const one of [client, other]) one.subscribe('com.app.tock');
    other.subscribe('com.app.shared', { nkey: 'one' });
    client.subscribe('com.app.shared', { nkey: 'two' });
    other.subscribe('com.app.', { match: 'prefix' });
    other.subscribe('wamp.session.on_join');
    define(client, 'topic', 'com.app.aaa', {});
    define(client, 'error', 'com.app.error.far', {});
    expect(list(client, 'procedure')).toStrictEqual([['com.app.add', 'com.app.sub', 'wamp.session.count']]);
    expect(list(client, 'topic')).toStrictEqual([['com.app.aaa', 'com.app.shared', 'com.app.tick', 'com.app.tock']]);
    expect(list(client, 'error')).toStrictEqual([['com.app.error.far', 'com.app.error.negative']]);
  });

  it('holds what is in use only as long as it is', () => {
    const router = newRouter({ history: [{ topic: 'com.app.kept', maxEvents: 1 }] });
    const [client, other] = [joined(router), joined(router)];
    other.register('com.app.add');
    other.subscribe('com.app.kept');
    expect([list(client, 'procedure'), list(client, 'topic')]).toStrictEqual([[['com.app.add']], [['com.app.kept']]]);
    other.vanish();
    expect([list(client, 'procedure'), list(client, 'topic')]).toStrictEqual([[[]], [[]]]);
    expect(describeOne(client, 'topic', 'com.app.kept')).toBe(ABSENT);
  });

  it('is of one realm', () => {
    const router = new Router({ realms: { realm1: { interfaces }, realm2: {} } });
    expect(list(joined(router, { realm: 'realm2' }), 'topic')).toStrictEqual([[]]);
  });

  it('is refused where it would be too long', () => {
    const router = newRouter({
      interfaces: {
        procedures: Object.fromEntries(
          Array.from({ length: REFLECTION_LIMITS.maxListed }, (_, at) => [`com.app.p${at}`, {}]),
        ),
      },
    });
    const client = joined(router);
    expect((list(client, 'procedure')[0] as List).length).toBe(10_000);
    client.register('com.app.p1');
    expect(list(client, 'procedure')).toHaveLength(1);
    client.register('com.app.more');
    expect(list(client, 'procedure')).toBe('wamp.error.payload_size_exceeded');
    expect(describeOne(client, 'procedure', 'com.app.more')).toHaveLength(1);
  });
});

describe('describe', () => {
  it('tells what the realm has defined, of that kind', () => {
    const client = joined(newRouter({ interfaces }));
    expect(describeOne(client, 'topic', 'com.app.tick')).toStrictEqual([
      { kind: 'topic', uri: 'com.app.tick', description: 'The time.', args_schema: true },
    ]);
    expect(describeOne(client, 'procedure', 'wamp.session.count')).toStrictEqual([
      { kind: 'procedure', uri: 'wamp.session.count', description: 'How many there are.' },
    ]);
    expect(describeOne(client, 'error', 'com.app.error.negative')).toStrictEqual([
      { kind: 'error', uri: 'com.app.error.negative', version: '1' },
    ]);
    expect(describeOne(client, 'error', 'com.app.tick')).toBe(ABSENT);
  });

  it('tells of what is in use how it is', () => {
    const router = newRouter();
    const client = joined(router);
    client.register('com.app.add', { invoke: 'roundrobin' });
    client.subscribe('com.app.tick');
    const created = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
    expect(describeOne(client, 'procedure', 'com.app.add')).toStrictEqual([
      { kind: 'procedure', uri: 'com.app.add', match: 'exact', invoke: 'roundrobin', created },
    ]);
    expect(describeOne(client, 'topic', 'com.app.tick')).toStrictEqual([
      { kind: 'topic', uri: 'com.app.tick', match: 'exact', created },
    ]);
    define(client, 'topic', 'com.app.tick', { description: 'The time.' });
    expect(describeOne(client, 'topic', 'com.app.tick')).toStrictEqual([
      { kind: 'topic', uri: 'com.app.tick', description: 'The time.' },
    ]);
  });

  it.each(['procedure', 'topic', 'error'])('a %s that is not there is an error', (kind) => {
    const client = joined(newRouter());
    client.register('com.app.', { match: 'prefix' });
    client.subscribe('com.app.', { match: 'prefix' });
    client.subscribe('wamp.session.on_join');
    expect(describeOne(client, kind, 'com.app.add')).toBe(ABSENT);
    expect(describeOne(client, kind, 'wamp.session.on_join')).toBe(ABSENT);
    expect(describeOne(client, kind, 'toString')).toBe(ABSENT);
  });

  it('of all kinds tells each', () => {
    const client = joined(newRouter({ interfaces }));
    define(client, 'procedure', 'com.app.tick', { version: '2' });
    define(client, 'error', 'com.app.tick', {});
    expect(describeAll(client, 'com.app.tick')).toStrictEqual([
      [
        { kind: 'procedure', uri: 'com.app.tick', version: '2' },
        { kind: 'topic', uri: 'com.app.tick', description: 'The time.', args_schema: true },
        { kind: 'error', uri: 'com.app.tick' },
      ],
    ]);
    expect(describeAll(client, 'com.app.nothing')).toStrictEqual([[]]);
  });
});

describe('define', () => {
  it('defines for others, in place of what the session had defined there', () => {
    const router = newRouter();
    const [client, other] = [joined(router), joined(router)];
    expect(define(client, 'procedure', 'com.app.add', { description: 'The sum.' })).toStrictEqual([]);
    expect(define(client, 'procedure', 'com.app.add', { version: '2' })).toStrictEqual([]);
    expect(describeOne(other, 'procedure', 'com.app.add')).toStrictEqual([
      { kind: 'procedure', uri: 'com.app.add', version: '2' },
    ]);
  });

  it('is taken back with null, and only once', () => {
    const client = joined(newRouter());
    define(client, 'topic', 'com.app.tick', {});
    expect(define(client, 'topic', 'com.app.tick', null)).toStrictEqual([]);
    expect(describeOne(client, 'topic', 'com.app.tick')).toBe(ABSENT);
    expect(define(client, 'topic', 'com.app.tick', null)).toBe(ABSENT);
  });

  it.each<[string, (client: FakeClient) => void]>([
    ['is lost', (client) => client.vanish()],
    ['says GOODBYE', (client) => client.send([Code.GOODBYE, {}, 'wamp.close.close_realm'])],
    ['violates the protocol', (client) => client.sendRaw([99])],
  ])('ends with a session that %s, and others may define it then', (_, end) => {
    const router = newRouter();
    const [client, other] = [joined(router), joined(router)];
    define(client, 'error', 'com.app.broken', {});
    define(client, 'topic', 'com.app.tick', {});
    define(other, 'topic', 'com.app.tock', {});
    end(client);
    expect([list(other, 'error'), list(other, 'topic')]).toStrictEqual([[[]], [['com.app.tock']]]);
    expect(define(other, 'topic', 'com.app.tick', {})).toStrictEqual([]);
  });

  it('neither replaces nor removes what another session or the realm has defined', () => {
    const router = newRouter({ interfaces });
    const [client, other] = [joined(router), joined(router)];
    define(other, 'topic', 'com.app.tock', { version: '1' });
    define(client, 'topic', 'com.app.mine', {});
    for (const uri of ['com.app.tick', 'com.app.tock']) {
      expect(define(client, 'topic', uri, { version: '2' })).toBe(TAKEN);
      expect(define(client, 'topic', uri, null)).toBe(ABSENT);
    }
    expect(describeOne(client, 'topic', 'com.app.tock')).toStrictEqual([
      { kind: 'topic', uri: 'com.app.tock', version: '1' },
    ]);
    expect(define(other, 'procedure', 'com.app.tick', {})).toStrictEqual([]);
  });

  it('is told to those who subscribed, after the answer', () => {
    const router = newRouter();
    const [client, other] = [joined(router), joined(router)];
    const on = ['define', 'undefine'].map((what) => client.subscribe(`wamp.reflect.on_${what}`));
    client.send([Code.CALL, client.request(), {}, 'wamp.reflect.define', ['error', 'com.app.broken', { x: 1 }]]);
    client.expect(Code.RESULT);
    const events = (): unknown[] => client.take().map(([, subscription, , , args]) => [subscription, args]);
    expect(events()).toStrictEqual([[on[0], ['error', 'com.app.broken']]]);
    define(other, 'topic', 'com.app.tick', {});
    define(other, 'topic', 'com.app.tick', {});
    define(other, 'topic', 'com.app.tick', null);
    define(other, 'error', 'com.app.broken', {});
    define(other, 'procedure', 'com.app.add', {});
    other.vanish();
    expect(events()).toStrictEqual([
      [on[0], ['topic', 'com.app.tick']],
      [on[0], ['topic', 'com.app.tick']],
      [on[1], ['topic', 'com.app.tick']],
      [on[0], ['procedure', 'com.app.add']],
      [on[1], ['procedure', 'com.app.add']],
    ]);
  });

  it('may say itself what it is of', () => {
    const client = joined(newRouter());
    expect(define(client, 'topic', 'com.app.tick', { kind: 'topic', uri: 'com.app.tick' })).toStrictEqual([]);
  });

  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);

  it.each<[string, string, List]>([
    ['no arguments', 'wamp.error.invalid_argument', []],
    ['an unknown kind', 'wamp.error.invalid_argument', ['procedures', 'com.app.add', {}]],
    ['a kind that every object has', 'wamp.error.invalid_argument', ['toString', 'com.app.add', {}]],
    ['no URI', 'wamp.error.invalid_argument', ['topic', 5, {}]],
    ['a malformed URI', 'wamp.error.invalid_uri', ['topic', 'com..add', {}]],
    ['a pattern', 'wamp.error.invalid_uri', ['topic', 'com.app.', {}]],
    ['a URI that is too long', 'wamp.error.invalid_uri', ['topic', 'x'.repeat(4097), {}]],
    ['a reserved URI', 'wamp.error.invalid_uri', ['topic', 'wamp.session.on_join', {}]],
    ['taking back a reserved URI', 'wamp.error.invalid_uri', ['procedure', 'wamp.session.count', null]],
    ['no definition', 'wamp.error.invalid_argument', ['topic', 'com.app.tick']],
    ['a list', 'wamp.error.invalid_argument', ['topic', 'com.app.tick', []]],
    ['text', 'wamp.error.invalid_argument', ['topic', 'com.app.tick', 'The time.']],
    ['a description that is none', 'wamp.error.invalid_argument', ['topic', 'com.app.tick', { description: 1 }]],
    ['a schema that is none', 'wamp.error.invalid_argument', ['topic', 'com.app.tick', { args_schema: [] }]],
    ['errors that are none', 'wamp.error.invalid_argument', ['topic', 'com.app.tick', { errors: 'com.app.broken' }]],
    ['errors that are no URIs', 'wamp.error.invalid_argument', ['topic', 'com.app.tick', { errors: ['no uri'] }]],
    ['another kind in it', 'wamp.error.invalid_argument', ['topic', 'com.app.tick', { kind: 'error' }]],
    ['another URI in it', 'wamp.error.invalid_argument', ['topic', 'com.app.tick', { uri: 'com.app.tock' }]],
    ['too much depth', 'wamp.error.invalid_argument', ['topic', 'com.app.tick', { x: deep(32) }]],
    ['too much of it', 'wamp.error.payload_size_exceeded', ['topic', 'com.app.tick', { x: 'x'.repeat(65_536) }]],
    [
      'too many empty values',
      'wamp.error.payload_size_exceeded',
      ['topic', 'com.app.tick', { x: Array.from({ length: 5_000 }, () => []) }],
    ],
  ])('%s is refused with %s, and nothing happens', (_, error, args) => {
    const client = joined(newRouter({ interfaces: { procedures: interfaces.procedures } }));
    client.subscribe('wamp.reflect.', { match: 'prefix' });
    expect(define(client, ...args)).toBe(error);
    expect(client.take()).toStrictEqual([]);
    expect(list(client, 'topic')).toStrictEqual([[]]);
  });

  it('takes what is as deep and as large as it may be', () => {
    const client = joined(newRouter());
    expect(define(client, 'topic', 'com.app.tick', { x: deep(31) })).toStrictEqual([]);
    expect(define(client, 'topic', 'com.app.tick', { x: 'x'.repeat(65_000) })).toStrictEqual([]);
  });

  it.each([undefined, 5, 'no uri', 'com.app.', ''])('describing %j is refused', (uri) => {
    const client = joined(newRouter());
    const error = typeof uri === 'string' ? 'wamp.error.invalid_uri' : 'wamp.error.invalid_argument';
    expect([describeOne(client, 'topic', uri), describeAll(client, uri)]).toStrictEqual([error, error]);
  });

  it('binary values are refused: not every client could be told of them', () => {
    const client = joined(newRouter(), { serializer: msgpack() });
    expect(define(client, 'topic', 'com.app.tick', { x: Uint8Array.of(1) })).toBe('wamp.error.invalid_argument');
  });
});

describe('the limits', () => {
  const times = (count: number, make: (at: number) => unknown): unknown[] =>
    Array.from({ length: count }, (_, at) => make(at));

  it('of one session are on how many it defines; what it takes back, or replaces, is free again', () => {
    const client = joined(newRouter());
    const made = times(REFLECTION_LIMITS.maxDefinitionsPerSession, (at) =>
      define(client, 'error', `com.app.e${at}`, {}),
    );
    expect(made.every((result) => Array.isArray(result))).toBe(true);
    expect(define(client, 'error', 'com.app.more', {})).toBe('wamp.error.not_authorized');
    expect(define(client, 'error', 'com.app.e1', { version: '2' })).toStrictEqual([]);
    define(client, 'error', 'com.app.e1', null);
    expect(define(client, 'error', 'com.app.more', {})).toStrictEqual([]);
  });

  it('of one session are on bytes', () => {
    const client = joined(newRouter());
    const large = { description: 'x'.repeat(60_000) };
    const results = times(18, (at) => define(client, 'error', `com.app.e${at}`, large));
    expect(results.filter((result) => Array.isArray(result))).toHaveLength(17);
    expect(results.at(-1)).toBe('wamp.error.not_authorized');
    expect(define(client, 'error', 'com.app.e1', large)).toStrictEqual([]);
    define(client, 'error', 'com.app.e1', {});
    expect(define(client, 'error', 'com.app.e17', large)).toStrictEqual([]);
  });

  it('of a realm are on all its sessions, not on its own definitions', () => {
    const { maxDefinitionsPerRealm, maxDefinitionsPerSession } = REFLECTION_LIMITS;
    const router = newRouter({ interfaces });
    const clients = times(maxDefinitionsPerRealm / maxDefinitionsPerSession, () => joined(router)) as FakeClient[];
    clients.forEach((client, of) => {
      times(maxDefinitionsPerSession, (at) => define(client, 'error', `com.app.e${of}.${at}`, {}));
    });
    const one = joined(router);
    expect(define(one, 'topic', 'com.app.more', {})).toBe('wamp.error.not_authorized');
    clients[0]?.vanish();
    expect(define(one, 'topic', 'com.app.more', {})).toStrictEqual([]);
  });

  it('of a realm are on bytes', () => {
    const router = newRouter();
    const large = { description: 'x'.repeat(60_000) };
    const results = times(17, () => {
      const client = joined(router);
      return times(17, (at) => define(client, 'error', `com.app.s${client.id}.e${at}`, large));
    }).flat();
    // 16 MiB in definitions of somewhat more than 60,000 bytes.
    expect(results.filter((result) => Array.isArray(result))).toHaveLength(279);
    expect(results.at(-1)).toBe('wamp.error.not_authorized');
  });
});

it.each([
  ['MessagePack', msgpack],
  ['CBOR', cbor],
])('what one client defines in %s another reads in JSON', (_, serializer) => {
  const router = newRouter();
  const schema: Dict = { type: 'array', maxItems: 2, items: [{ enum: ['é', null, 1.5] }] };
  define(joined(router, { serializer: serializer() }), 'procedure', 'com.app.add', {
    args_schema: schema,
    x_big: 2n ** 60n,
  });
  expect(describeOne(joined(router), 'procedure', 'com.app.add')).toStrictEqual([
    { kind: 'procedure', uri: 'com.app.add', args_schema: schema, x_big: 2n ** 60n },
  ]);
});
