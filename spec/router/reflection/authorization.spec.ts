import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NEVER, Observable, Subject, throwError, type ObservableInput } from 'rxjs';
import { Code } from '../../../src/protocol/code.js';
import type { List } from '../../../src/protocol/message.js';
import {
  authorizeBy,
  authorizeByProcedure,
  Router,
  type AuthorizationDecision,
  type Authorize,
  type RealmInterfaces,
} from '../../../src/router/index.js';
import { believing, joinedAs } from '../believing.js';
import type { FakeClient } from '../fake-client.js';
import { metaCall } from '../meta/meta-call.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => {
  jest.runOnlyPendingTimers();
  jest.useRealTimers();
});

const interfaces: RealmInterfaces = {
  procedures: { 'com.app.callable': {}, 'com.app.registrable': {}, 'com.app.secret': {}, 'wamp.session.count': {} },
  topics: { 'com.app.audible': {}, 'com.app.sayable': {}, 'com.app.secret': {}, 'wamp.session.on_join': {} },
  errors: { 'com.app.secret': {} },
};
const ABSENT = 'rxwamp.error.no_such_definition';

const routerWith = (authorize: Authorize): Router =>
  new Router({ realms: { realm1: { authenticate: believing, authorize, interfaces } } });
const list = (client: FakeClient, kind: string): List | string => metaCall(client, `wamp.reflection.${kind}.list`);
const describeOne = (client: FakeClient, kind: string, uri: string): List | string =>
  metaCall(client, `wamp.reflection.${kind}.describe`, [uri]);
const define = (client: FakeClient, ...args: unknown[]): List | string => metaCall(client, 'wamp.reflect.define', args);

describe('by a table of rules', () => {
  const rules = authorizeBy([
    { actions: ['call'], uri: 'wamp.reflect', match: 'prefix' },
    { actions: ['subscribe'], uri: 'wamp.reflect.', match: 'prefix' },
    { role: 'user', actions: ['call'], uri: 'com.app.callable' },
    { role: 'user', actions: ['register'], uri: 'com.app.registrable' },
    { role: 'user', actions: ['register'], uri: 'wamp.session.count' },
    { role: 'user', actions: ['subscribe'], uri: 'com.app.audible' },
    { role: 'user', actions: ['publish'], uri: 'com.app.sayable' },
    { role: 'user', actions: ['publish'], uri: 'wamp.session.on_join' },
    { role: 'admin', actions: '*', uri: '', match: 'prefix' },
  ]);

  it('lists and describes what one may use or provide, and all errors', () => {
    const router = routerWith(rules);
    const user = joinedAs(router, 'joe');
    expect(list(user, 'procedure')).toStrictEqual([['com.app.callable', 'com.app.registrable']]);
    expect(list(user, 'topic')).toStrictEqual([['com.app.audible', 'com.app.sayable']]);
    expect(list(user, 'error')).toStrictEqual([['com.app.secret']]);
    for (const [kind, uri] of [
      ['procedure', 'com.app.callable'],
      ['procedure', 'com.app.registrable'],
      ['topic', 'com.app.audible'],
      ['topic', 'com.app.sayable'],
      ['error', 'com.app.secret'],
    ] as const)
      expect(describeOne(user, kind, uri)).toStrictEqual([{ kind, uri }]);
    expect(metaCall(user, 'wamp.reflect.describe', ['com.app.secret'])).toStrictEqual([
      [{ kind: 'error', uri: 'com.app.secret' }],
    ]);
    const admin = joinedAs(router, 'ann', 'admin');
    expect(list(admin, 'procedure')).toStrictEqual([
      ['com.app.callable', 'com.app.registrable', 'com.app.secret', 'wamp.session.count'],
    ]);
    expect(list(admin, 'topic')).toHaveLength(1);
    expect(describeOne(admin, 'topic', 'wamp.session.on_join')).toHaveLength(1);
  });

  it('what one may not know of is answered in the very words of what is not there', () => {
    const user = joinedAs(routerWith(rules), 'joe');
    const answers = ['com.app.secret', 'com.app.absent', 'wamp.session.count'].flatMap((uri) =>
      ['procedure', 'topic'].map((kind) => {
        user.call(`wamp.reflection.${kind}.describe`, [uri]);
        const [, , , details, error, ...rest] = user.expect(Code.ERROR);
        return [details, error, rest];
      }),
    );
    for (const answer of answers) expect(answer).toStrictEqual([{}, ABSENT, []]);
  });

  it('what is in use is told by the same rules', () => {
    const router = routerWith(rules);
    const admin = joinedAs(router, 'ann', 'admin');
    admin.register('com.app.callable');
    admin.register('com.app.hidden');
    admin.subscribe('com.app.hidden');
    const user = joinedAs(router, 'joe');
    expect(list(user, 'procedure')).toStrictEqual([['com.app.callable', 'com.app.registrable']]);
    expect([
      describeOne(user, 'procedure', 'com.app.hidden'),
      describeOne(user, 'topic', 'com.app.hidden'),
    ]).toStrictEqual([ABSENT, ABSENT]);
    expect(describeOne(admin, 'procedure', 'com.app.hidden')).toHaveLength(1);
  });

  it('one defines what one may provide', () => {
    const router = new Router({ realms: { realm1: { authenticate: believing, authorize: rules } } });
    const user = joinedAs(router, 'joe');
    user.subscribe('wamp.reflect.on_define');
    const denied = 'wamp.error.not_authorized';
    expect(define(user, 'procedure', 'com.app.callable', {})).toBe(denied);
    expect(define(user, 'procedure', 'com.app.secret', {})).toBe(denied);
    expect(define(user, 'topic', 'com.app.audible', {})).toBe(denied);
    expect(user.take()).toStrictEqual([]);
    expect(define(user, 'procedure', 'com.app.registrable', {})).toStrictEqual([]);
    expect(define(user, 'topic', 'com.app.sayable', {})).toStrictEqual([]);
    expect(define(user, 'error', 'com.app.secret', {})).toStrictEqual([]);
  });

  it('who may not call is refused', () => {
    const authorize = authorizeBy([{ actions: '*', uri: 'com.', match: 'prefix' }]);
    const user = joinedAs(routerWith(authorize), 'joe');
    const denied = 'wamp.error.not_authorized';
    expect([list(user, 'error'), describeOne(user, 'topic', 'com.app.audible')]).toStrictEqual([denied, denied]);
    expect(define(user, 'error', 'com.app.broken', {})).toBe(denied);
    expect(metaCall(user, 'wamp.reflect.describe', ['com.app.audible'])).toBe(denied);
  });
});

it('asks for each action with no options, to provide only where one may not use, and nothing of what is reserved', () => {
  const asked: unknown[] = [];
  const router = routerWith((_, action, uri, options) => {
    if (!uri.startsWith('wamp.reflect')) asked.push([action, uri, options]);
    return uri !== 'com.app.registrable' && action !== 'register';
  });
  const client = joinedAs(router, 'joe');
  list(client, 'procedure');
  expect(asked).toStrictEqual([
    ['call', 'com.app.callable', {}],
    ['call', 'com.app.registrable', {}],
    ['register', 'com.app.registrable', {}],
    ['call', 'com.app.secret', {}],
    ['call', 'wamp.session.count', {}],
  ]);
  describeOne(client, 'topic', 'com.app.absent');
  expect(asked.at(-1)).toStrictEqual(['subscribe', 'com.app.absent', {}]);
});

describe('by a procedure', () => {
  const procedure = 'com.app.authorize';

  function deciding(): { authorizer: FakeClient; client: FakeClient } {
    const fallback = authorizeBy([{ role: 'authorizer', actions: '*', uri: '', match: 'prefix' }]);
    const authorize = authorizeByProcedure(procedure, { fallback });
    const router = new Router({ realms: { realm1: { authenticate: believing, authorize, interfaces } } });
    const authorizer = joinedAs(router, 'boss', 'authorizer');
    authorizer.register(procedure);
    return { authorizer, client: joinedAs(router, 'joe') };
  }

  /** Answers all that is asked, until nothing more is. */
  function decide(authorizer: FakeClient, allows: (uri: unknown, action: unknown) => unknown): void {
    for (let asked = authorizer.take(); asked.length > 0; asked = authorizer.take()) {
      for (const message of asked) {
        if (message[0] !== Code.INVOCATION) continue;
        const [, uri, action] = message[4] ?? [];
        authorizer.send([Code.YIELD, message[1], {}, [allows(uri, action)]]);
      }
    }
  }

  it('lists what it allows', () => {
    const { authorizer, client } = deciding();
    const request = client.call('wamp.reflection.procedure.list');
    decide(
      authorizer,
      (uri, action) =>
        uri === 'wamp.reflection.procedure.list' ||
        (uri === 'com.app.callable' && action === 'call') ||
        (uri === 'com.app.registrable' && action === 'register'),
    );
    // The authorizing procedure itself is decided about by the fallback, which denies it.
    expect(client.take()).toStrictEqual([[Code.RESULT, request, {}, [['com.app.callable', 'com.app.registrable']]]]);
  });

  it('describes, defines and refuses by it', () => {
    const { authorizer, client } = deciding();
    const calls: readonly (readonly [string, unknown[]])[] = [
      ['wamp.reflection.topic.describe', ['com.app.audible']],
      ['wamp.reflection.topic.describe', ['com.app.secret']],
      ['wamp.reflect.define', ['topic', 'com.app.new', { version: '1' }]],
      ['wamp.reflect.define', ['topic', 'com.app.secret.new', {}]],
      ['wamp.reflection.topic.describe', ['com.app.new']],
    ];
    for (const [uri, args] of calls) client.call(uri, args);
    decide(authorizer, (uri) => !String(uri).includes('secret'));
    expect(
      client
        .take()
        .map((message) => (message[0] === Code.RESULT ? message[3] : message[4]))
        .sort(),
    ).toStrictEqual(
      [
        [{ kind: 'topic', uri: 'com.app.audible' }],
        ABSENT,
        undefined,
        'wamp.error.not_authorized',
        [{ version: '1', kind: 'topic', uri: 'com.app.new' }],
      ].sort(),
    );
  });

  it('whoever decides is not asked about itself', () => {
    const { authorizer } = deciding();
    expect(list(authorizer, 'procedure')).toStrictEqual([
      [procedure, 'com.app.callable', 'com.app.registrable', 'com.app.secret', 'wamp.session.count'],
    ]);
  });
});

describe('asynchronously', () => {
  const slowRouter = (answer: (uri: string) => ObservableInput<AuthorizationDecision> | boolean): Router =>
    new Router({
      realms: {
        realm1: {
          authenticate: believing,
          interfaces,
          authorize: (_, action, uri) => uri.startsWith('wamp.') || (action !== 'register' && answer(uri)),
        },
      },
      limits: { authorizationTimeoutMs: 1_000 },
    });

  it('what is not decided in time, or fails, is left out, and keeps no other back', () => {
    const router = slowRouter((uri) =>
      uri === 'com.app.secret' ? NEVER : uri === 'com.app.registrable' ? throwError(() => new Error('down')) : true,
    );
    const client = joinedAs(router, 'joe');
    const request = client.call('wamp.reflection.procedure.list');
    jest.advanceTimersByTime(999);
    expect(client.take()).toStrictEqual([]);
    jest.advanceTimersByTime(1);
    expect(client.take()).toStrictEqual([[Code.RESULT, request, {}, [['com.app.callable', 'wamp.session.count']]]]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('a description that nobody decides about is of nothing, after that time', () => {
    const client = joinedAs(
      slowRouter(() => NEVER),
      'joe',
    );
    client.call('wamp.reflection.topic.describe', ['com.app.audible']);
    jest.advanceTimersByTime(1_000);
    expect(client.expect(Code.ERROR)[4]).toBe(ABSENT);
  });

  it('the session’s other messages, and other sessions, do not wait', () => {
    const router = slowRouter(() => NEVER);
    const client = joinedAs(router, 'joe');
    client.call('wamp.reflection.procedure.list');
    expect(list(client, 'error')).toStrictEqual([['com.app.secret']]);
    expect(list(joinedAs(router, 'ann'), 'error')).toStrictEqual([['com.app.secret']]);
  });

  it('a few are asked at a time, the next as soon as one is answered', () => {
    const open: Subject<boolean>[] = [];
    const router = new Router({
      realms: {
        realm1: {
          interfaces: { topics: Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`com.app.t${at}`, {}])) },
          authenticate: believing,
          authorize: (_, _action, uri) => {
            if (uri.startsWith('wamp.')) return true;
            const answer = new Subject<boolean>();
            open.push(answer);
            return answer;
          },
        },
      },
    });
    const client = joinedAs(router, 'joe');
    client.call('wamp.reflection.topic.list');
    expect(open).toHaveLength(16);
    open[3]?.next(true);
    expect(open).toHaveLength(17);
    for (let at = 0; at < 40; at++) open[at]?.next(true);
    expect(client.expect(Code.RESULT)[3]?.[0]).toHaveLength(40);
  });

  it('thousands may be decided at once after a few that took their time', () => {
    const open: Subject<boolean>[] = [];
    const router = new Router({
      realms: {
        realm1: {
          authenticate: believing,
          interfaces: { topics: Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`com.app.t${at}`, {}])) },
          authorize: (_, _action, uri) => {
            if (uri.startsWith('wamp.') || open.length >= 16) return true;
            const answer = new Subject<boolean>();
            open.push(answer);
            return answer;
          },
        },
      },
    });
    const client = joinedAs(router, 'joe');
    client.call('wamp.reflection.topic.list');
    expect(open).toHaveLength(16);
    for (const answer of open) answer.next(true);
    expect(client.expect(Code.RESULT)[3]?.[0]).toHaveLength(10_000);
  });

  it('one session has only so many undecided, and then again', () => {
    const client = joinedAs(
      slowRouter(() => NEVER),
      'joe',
    );
    for (let at = 0; at < 16; at++) client.call('wamp.reflection.procedure.list');
    expect(client.take()).toStrictEqual([]);
    expect(list(client, 'procedure')).toBe('wamp.error.network_failure');
    jest.advanceTimersByTime(1_000);
    expect(client.take()).toHaveLength(16);
    client.call('wamp.reflection.procedure.list');
    expect(client.take()).toStrictEqual([]);
  });

  it('nothing is asked or answered any more when the session is gone', () => {
    let asking = 0;
    const counted = new Observable<boolean>(() => {
      asking++;
      return () => asking--;
    });
    const client = joinedAs(
      slowRouter(() => counted),
      'joe',
    );
    client.call('wamp.reflection.procedure.list');
    client.call('wamp.reflection.topic.describe', ['com.app.audible']);
    expect(asking).toBe(4);
    client.vanish();
    expect(asking).toBe(0);
    // What is left is the end of the connection.
    jest.advanceTimersByTime(10_000);
    expect(client.take()).toStrictEqual([]);
  });

  it('definitions of one session stay in order', () => {
    const answers: Subject<boolean>[] = [];
    const router = slowRouter(() => {
      const answer = new Subject<boolean>();
      answers.push(answer);
      return answer;
    });
    const client = joinedAs(router, 'joe');
    client.call('wamp.reflect.define', ['topic', 'com.app.new', {}]);
    client.call('wamp.reflect.define', ['topic', 'com.app.new', null]);
    expect(client.take()).toStrictEqual([]);
    answers[0]?.next(true);
    expect(client.take().map(([code]) => code)).toStrictEqual([Code.RESULT, Code.RESULT]);
  });

  it('a session that ends while it is decided defines nothing', () => {
    const answer = new Subject<boolean>();
    const router = slowRouter((uri) => (uri === 'com.app.new' ? answer : true));
    const client = joinedAs(router, 'joe');
    client.call('wamp.reflect.define', ['topic', 'com.app.new', {}]);
    client.vanish();
    answer.next(true);
    expect(list(joinedAs(router, 'ann'), 'topic')[0]).not.toContain('com.app.new');
  });
});
