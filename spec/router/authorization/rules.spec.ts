import { describe, expect, it } from '@jest/globals';
import { Code } from '../../../src/protocol/code.js';
import { UsageError } from '../../../src/protocol/errors.js';
import type { Dict, WampMessage } from '../../../src/protocol/message.js';
import { authorizeBy, Router, type Action, type AuthorizationRule } from '../../../src/router/index.js';
import { believing, joinedAs } from '../believing.js';
import type { FakeClient } from '../fake-client.js';

const row = (rule: Partial<AuthorizationRule>): AuthorizationRule => ({ actions: '*', uri: 'com.example.a', ...rule });
const sessionOf = (authrole: string, authid = 'joe') => ({
  session: 1,
  realm: 'realm1',
  authid,
  authrole,
  authmethod: 'ticket',
  authprovider: 'static',
});
const decide = (
  rules: readonly AuthorizationRule[],
  { role = 'user', authid = 'joe', action = 'call', uri = 'com.example.a', options = {} } = {},
): unknown =>
  // The defaults are among the actions, and so is what the tables below say.
  authorizeBy(rules)(sessionOf(role, authid), action as Action, uri, options);

describe('R-45: rules', () => {
  it('allow nothing that no row allows', () => {
    expect(decide([])).toBe(false);
    expect(decide([row({})], { uri: 'com.example.b' })).toBe(false);
    expect(decide([row({ allow: false })])).toBe(false);
  });

  it.each<[string, Partial<AuthorizationRule>, object, boolean]>([
    ['every role', {}, { role: 'whatever' }, true],
    ['one role', { role: 'user' }, {}, true],
    ['one role, and not another', { role: 'user' }, { role: 'users' }, false],
    ['several roles', { role: ['admin', 'user'] }, {}, true],
    ['one authid', { authid: 'joe' }, {}, true],
    ['one authid, and not another', { authid: 'joe' }, { authid: 'jim' }, false],
    ['several authids', { authid: ['jim', 'joe'] }, {}, true],
    ['both, which must both be right', { role: 'admin', authid: 'joe' }, {}, false],
    ['an action', { actions: ['register', 'call'] }, {}, true],
    ['an action, and not another', { actions: ['register'] }, {}, false],
    ['a prefix', { uri: 'com.', match: 'prefix' }, {}, true],
    ['a wildcard', { uri: 'com..a', match: 'wildcard' }, {}, true],
    ['a wildcard of another length', { uri: 'com.', match: 'wildcard' }, {}, false],
    ['a role that is a property of every object', { role: 'user' }, { role: 'constructor' }, false],
  ])('speak of %s', (_, rule, asked, allowed) => {
    expect(decide([row(rule)], asked)).toBe(allowed);
  });

  it.each<[string, readonly AuthorizationRule[], boolean]>([
    ['exact beats prefix', [row({}), row({ uri: 'com.', match: 'prefix', allow: false })], true],
    ['… also when it denies', [row({ allow: false }), row({ uri: 'com.', match: 'prefix' })], false],
    [
      'the longer prefix beats the shorter',
      [row({ uri: 'com.', match: 'prefix', allow: false }), row({ uri: 'com.ex', match: 'prefix' })],
      true,
    ],
    [
      'prefix beats wildcard, however general it is',
      [row({ uri: 'com.example.', match: 'wildcard' }), row({ uri: '', match: 'prefix', allow: false })],
      false,
    ],
    [
      'the wildcard whose first hole comes later beats the other',
      [row({ uri: '.example.a', match: 'wildcard', allow: false }), row({ uri: 'com..', match: 'wildcard' })],
      true,
    ],
    ['of equals the one that denies decides', [row({}), row({ allow: false }), row({})], false],
    ['… whatever role it names', [row({ role: 'user' }), row({ allow: false })], false],
    ['a denial for others is none', [row({}), row({ role: 'admin', allow: false })], true],
  ])('precedence: %s', (_, rules, allowed) => {
    expect(decide(rules)).toBe(allowed);
    expect(decide([...rules].reverse())).toBe(allowed);
  });

  it('tell whether to disclose, where they say so', () => {
    expect(decide([row({ disclose: true })])).toEqual({ allow: true, disclose: true });
    expect(decide([row({ trustlevel: 0 })])).toStrictEqual({ allow: true, trustlevel: 0 });
    expect(decide([row({ disclose: false })])).toEqual({ allow: true, disclose: false });
    expect(decide([row({ disclose: true }), row({})])).toEqual({ allow: true, disclose: true });
  });

  const subscribing = (match: unknown, uri: string): object => ({ action: 'subscribe', uri, options: { match } });
  it.each<[string, readonly AuthorizationRule[], object, boolean]>([
    ['within a prefix', [row({ uri: 'com.', match: 'prefix' })], subscribing('prefix', 'com.example.'), true],
    ['beyond a prefix', [row({ uri: 'com.example.', match: 'prefix' })], subscribing('prefix', 'com.'), false],
    ['… by one dot', [row({ uri: 'com.example.', match: 'prefix' })], subscribing('prefix', 'com.example'), false],
    ['of the URI that is allowed', [row({})], subscribing('prefix', 'com.example.a'), false],
    [
      'around what is denied',
      [row({ uri: 'com.', match: 'prefix' }), row({ uri: 'com.secret', allow: false })],
      subscribing('prefix', 'com.'),
      false,
    ],
    [
      'beside what is denied',
      [row({ uri: 'com.', match: 'prefix' }), row({ uri: 'com.secret', allow: false })],
      subscribing('prefix', 'com.example.'),
      true,
    ],
    [
      'across what is denied to a weaker row',
      [row({ uri: 'com.', match: 'prefix' }), row({ uri: '.secret', match: 'wildcard', allow: false })],
      subscribing('prefix', 'com.'),
      true,
    ],
    [
      'that only two rows together allow',
      [row({ uri: 'com.', match: 'wildcard' }), row({ uri: 'com..', match: 'wildcard' })],
      subscribing('prefix', 'com.'),
      false,
    ],
    ['of a match there is not', [row({ uri: '', match: 'prefix' })], subscribing('regex', 'com.'), false],
    ['of null, which is exact', [row({})], subscribing(null, 'com.example.a'), true],
  ])('a pattern %s: %#', (_, rules, asked, allowed) => {
    expect(decide(rules, asked)).toBe(allowed);
  });

  it('take no match for what cannot have one', () => {
    const rules = [row({ uri: 'com.', match: 'prefix' }), row({ uri: 'com.secret', allow: false })];
    for (const action of ['call', 'publish']) {
      expect(decide(rules, { action, uri: 'com.a', options: { match: 'prefix' } })).toBe(true);
      expect(decide(rules, { action, uri: 'com.secret', options: { match: 'wildcard' } })).toBe(false);
    }
  });

  it('are those of the moment they were given', () => {
    const rule = { actions: ['call'] as Action[], uri: 'com.example.a', allow: true };
    const rules = [rule];
    const authorize = authorizeBy(rules);
    rule.actions.push('register');
    rule.allow = false;
    rules.pop();
    expect(authorize(sessionOf('user'), 'call', 'com.example.a', {})).toBe(true);
    expect(authorize(sessionOf('user'), 'register', 'com.example.a', {})).toBe(false);
  });
});

describe('a table that cannot be', () => {
  it.each<[string, unknown, RegExp]>([
    ['a row that is none', 'com.example', /row 1: must be an object/],
    ['a misspelt field', { actions: '*', uri: 'com.a', authId: 'joe' }, /row 1: knows no field authId/],
    ['a role that is undefined', { actions: '*', uri: 'com.a', role: undefined }, /row 1: role must be a name/],
    ['an authid that is undefined', { actions: '*', uri: 'com.a', authid: undefined }, /row 1: authid must be a name/],
    ['no role at all', { actions: '*', uri: 'com.a', role: [] }, /row 1: role must be/],
    ['no actions', { uri: 'com.a' }, /row 1: lacks actions/],
    ['an unknown action', { actions: ['calls'], uri: 'com.a' }, /row 1: actions must be/],
    ['an action that is no list', { actions: 'call', uri: 'com.a' }, /row 1: actions must be/],
    ['no URI', { actions: '*' }, /row 1: lacks uri/],
    ['a URI with a hole', { actions: '*', uri: 'com..a' }, /row 1: uri "com..a" cannot be, with match exact/],
    ['a prefix with a hole', { actions: '*', uri: 'com..a', match: 'prefix' }, /row 1: uri "com..a" cannot be/],
    ['a URI with a space', { actions: '*', uri: 'com. a', match: 'wildcard' }, /row 1: uri/],
    ['an unknown match', { actions: '*', uri: 'com.a', match: 'regex' }, /row 1: match must be/],
    ['an allow that is none', { actions: '*', uri: 'com.a', allow: 'no' }, /row 1: allow must be true or false/],
    ['a disclosure of nothing', { actions: '*', uri: 'com.a', allow: false, disclose: true }, /row 1: disclose/],
    ['a trustlevel below 0', { actions: '*', uri: 'com.a', trustlevel: -1 }, /row 1: trustlevel must be an integer/],
    ['a trustlevel in between', { actions: '*', uri: 'com.a', trustlevel: 1.5 }, /row 1: trustlevel must be an/],
    ['a trustlevel that is none', { actions: '*', uri: 'com.a', trustlevel: '1' }, /row 1: trustlevel must be an/],
    ['trust in nothing', { actions: '*', uri: 'com.a', allow: false, trustlevel: 1 }, /row 1: trustlevel means/],
    ['trust in a listener', { actions: ['subscribe'], uri: 'com.a', trustlevel: 1 }, /row 1: trustlevel means/],
  ])('%s is refused, by its number', (_, rule, message) => {
    // A table may come from a file.
    const table = [row({}), rule] as AuthorizationRule[];
    expect(() => authorizeBy(table)).toThrow(UsageError);
    expect(() => authorizeBy(table)).toThrow(message);
  });
});

describe('R-45: a realm with rules', () => {
  const router = (): Router =>
    new Router({
      realms: {
        realm1: {
          authenticate: believing,
          authorize: authorizeBy([
            { role: 'user', actions: ['subscribe', 'call'], uri: 'com.example.', match: 'prefix', disclose: true },
            { role: 'user', actions: '*', uri: 'com.example.secret', allow: false },
            { role: 'backend', actions: '*', uri: '', match: 'prefix' },
          ]),
        },
      },
    });
  const answerTo = (client: FakeClient, message: WampMessage): WampMessage | undefined => {
    client.send(message);
    return client.take().at(-1);
  };
  const refusal = (code: number): unknown[] => [Code.ERROR, code, 1, {}, 'wamp.error.not_authorized'];

  it.each<[string, WampMessage]>([
    ['a registration', [Code.REGISTER, 1, {}, 'com.example.add']],
    ['a publication', [Code.PUBLISH, 1, { acknowledge: true }, 'com.example.tick']],
    ['what is denied by name', [Code.CALL, 1, {}, 'com.example.secret']],
    ['what lies elsewhere', [Code.CALL, 1, {}, 'com.other']],
    ['the meta API', [Code.CALL, 1, {}, 'wamp.session.list']],
    ['a pattern around what is denied', [Code.SUBSCRIBE, 1, { match: 'prefix' }, 'com.example.']],
    ['a pattern of everything', [Code.SUBSCRIBE, 1, { match: 'wildcard' }, '..']],
  ])('refuses %s', (_, request) => {
    const all = router();
    const backend = joinedAs(all, 'server', 'backend');
    backend.register('com.example.secret');
    backend.register('com.other');
    expect(answerTo(joinedAs(all, 'joe'), request)).toEqual(refusal(request[0]));
    expect(backend.take()).toEqual([]);
  });

  it('lets what is allowed through, and discloses who it is', () => {
    const all = router();
    const backend = joinedAs(all, 'server', 'backend');
    backend.register('com.example.add');
    const joe = joinedAs(all, 'joe');
    expect(answerTo(joe, [Code.SUBSCRIBE, 1, { match: 'prefix' }, 'com.example.public.'])).toEqual([
      Code.SUBSCRIBED,
      1,
      expect.any(Number),
    ]);
    joe.send([Code.CALL, 2, {}, 'com.example.add']);
    const details: Dict = backend.expect(Code.INVOCATION)[3];
    expect(details).toEqual({ caller: joe.id, caller_authid: 'joe', caller_authrole: 'user' });
  });
});
