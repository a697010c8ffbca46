import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../src/protocol/errors.js';
import { Router, type RealmInterfaces } from '../../../src/router/index.js';
import { connect, joined } from '../fake-client.js';
import { metaCall } from '../meta/meta-call.js';
import { Code } from '../../../src/protocol/code.js';

/** Whatever a file may hold. */
const routerWith = (interfaces: unknown): Router =>
  new Router({ realms: { realm1: { interfaces: interfaces as RealmInterfaces } } });

const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

describe('interfaces', () => {
  it.each<[string, unknown, string]>([
    ['a list', [], 'interfaces must be an object'],
    ['null', null, 'interfaces must be an object'],
    ['a kind misspelt', { procedure: {} }, 'procedures, topics and errors, not procedure'],
    ['a list of topics', { topics: ['com.app.tick'] }, 'interfaces.topics must be an object'],
    ['a malformed URI', { topics: { 'com..tick': {} } }, 'interfaces.topics["com..tick"]: not a well-formed URI'],
    ['text for a definition', { errors: { 'com.app.e': 'x' } }, '["com.app.e"]: definition must be a dictionary'],
    ['null for a definition', { errors: { 'com.app.e': null } }, 'definition must be a dictionary'],
    ['a description that is none', { errors: { 'com.app.e': { description: 1 } } }, 'description must be a string'],
    ['a function', { errors: { 'com.app.e': { x: () => 1 } } }, 'made of text, numbers'],
    ['a date', { errors: { 'com.app.e': { x: new Date(0) } } }, 'made of text, numbers'],
    ['not a number', { errors: { 'com.app.e': { x: NaN } } }, 'made of text, numbers'],
    ['itself', { errors: { 'com.app.e': cyclic } }, 'nested at most 32 deep'],
    [
      'too many',
      { topics: Object.fromEntries(Array.from({ length: 10_001 }, (_, at) => [`com.app.t${at}`, {}])) },
      'more than 10000 definitions',
    ],
  ])('with %s are refused when the router is made', (_, interfaces, text) => {
    let error: unknown;
    try {
      routerWith(interfaces);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ attempted: 'Router', on: 'realm1', message: expect.stringContaining(text) });
  });

  it('may be left out, each and all', () => {
    for (const interfaces of [undefined, {}, { topics: undefined }, { topics: {} }]) routerWith(interfaces);
  });

  it('are kept as they were then', () => {
    const definition = { args_schema: { maxItems: 1 } };
    const client = joined(routerWith({ topics: { 'com.app.tick': definition } }));
    definition.args_schema.maxItems = 2;
    expect(metaCall(client, 'wamp.reflection.topic.describe', ['com.app.tick'])).toStrictEqual([
      { kind: 'topic', uri: 'com.app.tick', args_schema: { maxItems: 1 } },
    ]);
  });

  it('of a realm made on demand are refused when it is joined', () => {
    const router = new Router({ realms: () => ({ interfaces: { topics: { 'com..tick': {} } } }) });
    const faults: unknown[] = [];
    router.faults$.subscribe((fault) => faults.push(fault));
    const client = connect(router);
    client.send([Code.HELLO, 'realm1', { roles: { caller: {} } }]);
    expect(client.expect(Code.ABORT)[2]).toBe('wamp.error.no_such_realm');
    expect(faults).toStrictEqual([expect.any(UsageError)]);
  });

  it('go by the router’s rule for URIs', () => {
    const realms = { realm1: { interfaces: { topics: { 'com.app.Tick': {} } } } };
    new Router({ realms });
    expect(() => new Router({ realms, uriRule: 'strict' })).toThrow('not a well-formed URI');
  });
});
