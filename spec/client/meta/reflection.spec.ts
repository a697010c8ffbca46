import { describe, expect, it, jest } from '@jest/globals';
import { filter, skip, type Observable } from 'rxjs';
import {
  Code,
  isClientClosedError,
  isConnectionRefusedError,
  isProtocolViolationError,
  isUsageError,
  isWampError,
  type Dict,
  type List,
} from 'rxwamp';
import { meta, type Meta } from 'rxwamp/meta';
import { ROUTER_ROLES } from 'rxwamp/testing';
import { again, chance, close, connected, idle, reconnect, useVirtualTime, watch } from '../support.js';
import { answer, event, refuse, subscribeAll, withMeta } from './support.js';

useVirtualTime();

const ADD = { kind: 'procedure', uri: 'com.app.add', description: 'The sum.', args_schema: { type: 'array' } };
const DEFINE = 'wamp.reflect.define';
const ALREADY = 'rxwamp.error.already_defined';

type Row = readonly [procedure: string, ask: (realm: Meta) => Observable<unknown>, args: List | undefined];

const asked: readonly Row[] = [
  ['wamp.reflection.procedure.list', ({ reflection }) => reflection.procedures(), undefined],
  ['wamp.reflection.topic.list', ({ reflection }) => reflection.topics(), undefined],
  ['wamp.reflection.error.list', ({ reflection }) => reflection.errors(), undefined],
  ['wamp.reflection.procedure.describe', ({ reflection }) => reflection.describe('procedure', ADD.uri), [ADD.uri]],
  ['wamp.reflection.topic.describe', ({ reflection }) => reflection.describe('topic', ADD.uri), [ADD.uri]],
  ['wamp.reflection.error.describe', ({ reflection }) => reflection.describe('error', ADD.uri), [ADD.uri]],
  ['wamp.reflect.describe', ({ reflection }) => reflection.describeAll(ADD.uri), [ADD.uri]],
];

describe('lists and descriptions', () => {
  it.each(asked)('%s is called on subscription, with what it needs', (procedure, ask, args) => {
    const { router, realm } = withMeta();
    const ask$ = ask(realm);
    expect(router.received).toStrictEqual([]);
    watch(ask$);
    expect(router.expect(Code.CALL, { procedure }).args).toStrictEqual(args);
  });

  it.each<[string, List, readonly string[] | undefined]>([
    ['one list', [['com.a', 'com.b']], ['com.a', 'com.b']],
    ['an empty list', [[]], []],
    ['the results themselves', ['com.a', 'com.b'], ['com.a', 'com.b']],
    ['numbers', [[1]], undefined],
    ['a dictionary', [{ 'com.a': true }], undefined],
    ['a list with a hole', [['com.a', null]], undefined],
  ])('a list that is %s', (_, args, value) => {
    const { router, realm } = withMeta();
    const seen = watch(realm.reflection.topics());
    answer(router, 'wamp.reflection.topic.list', args);
    expect(seen.values).toStrictEqual(value === undefined ? [] : [value]);
    expect(isProtocolViolationError(seen.error)).toBe(value === undefined);
  });

  it.each<[string, unknown, unknown]>([
    ['what the router says', ADD, ADD],
    ['members of its own', { ...ADD, source: 'com.app.doc' }, { ...ADD, source: 'com.app.doc' }],
    [
      'no kind, which wamp2spring calls type',
      { uri: ADD.uri, type: 'procedure' },
      { kind: 'procedure', uri: ADD.uri, type: 'procedure' },
    ],
    [
      'members of the wrong type',
      { ...ADD, description: 5, args_schema: 'x', errors: [1], version: ['1'], format: null },
      {
        ...ADD,
        description: undefined,
        args_schema: undefined,
        errors: undefined,
        version: undefined,
        format: undefined,
      },
    ],
    ['null', null, null],
  ])('a description with %s', (_, said, value) => {
    const { router, realm } = withMeta();
    const { values } = watch(realm.reflection.describe('procedure', ADD.uri));
    answer(router, 'wamp.reflection.procedure.describe', [said]);
    expect(values).toStrictEqual([value]);
  });

  it.each<[string, unknown]>([
    ['of another URI', { ...ADD, uri: 'com.app.sub' }],
    ['of another kind', { ...ADD, kind: 'topic' }],
    ['of no kind there is', { ...ADD, kind: 'toString' }],
    ['without a URI', { kind: 'procedure' }],
    ['in a list', [ADD]],
    ['that is text', 'com.app.add'],
    ['that is absent', undefined],
  ])('a description %s is refused', (_, said) => {
    const { router, realm } = withMeta();
    const seen = watch(realm.reflection.describe('procedure', ADD.uri));
    answer(router, 'wamp.reflection.procedure.describe', said === undefined ? [] : [said]);
    expect(seen.values).toStrictEqual([]);
    expect(isProtocolViolationError(seen.error)).toBe(true);
  });

  it.each(['rxwamp.error.no_such_definition', 'bondy.error.not_found'])('%s is nothing to describe', (uri) => {
    const { router, realm } = withMeta();
    const seen = watch(realm.reflection.describe('topic', 'com.app.tick'));
    refuse(router, 'wamp.reflection.topic.describe', uri);
    expect([seen.values, seen.complete]).toStrictEqual([[null], true]);
  });

  it('another error is one', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.reflection.describe('topic', 'com.app.tick'));
    refuse(router, 'wamp.reflection.topic.describe', 'wamp.error.not_authorized');
    expect(seen.error).toMatchObject({ uri: 'wamp.error.not_authorized' });
  });

  it.each<[string, unknown, number | undefined]>([
    ['all kinds', [ADD, { ...ADD, kind: 'topic' }, { ...ADD, kind: 'error' }], 3],
    ['none', [], 0],
    ['one without a kind', [ADD, { uri: ADD.uri }], undefined],
    ['one of another URI', [{ ...ADD, uri: 'com.app.sub' }], undefined],
    ['no list', ADD, undefined],
  ])('descriptions of %s', (_, said, count) => {
    const { router, realm } = withMeta();
    const seen = watch(realm.reflection.describeAll(ADD.uri));
    answer(router, 'wamp.reflect.describe', [said]);
    expect(seen.values.map(({ length }) => length)).toStrictEqual(count === undefined ? [] : [count]);
    expect(isProtocolViolationError(seen.error)).toBe(count === undefined);
  });
});

describe('a router without reflection', () => {
  const bare = (details: Dict = { roles: { broker: {}, dealer: {} } }) => {
    const setting = connected({}, { welcome: details });
    return { ...setting, realm: meta(setting.wamp) };
  };

  it.each(asked)('%s is not called', (procedure, ask) => {
    const { router, realm } = bare();
    const { error } = watch(ask(realm));
    expect(isUsageError(error) && [error.uri, error.on]).toStrictEqual(['wamp.error.feature_not_supported', procedure]);
    expect(String(error)).toContain('reflection');
    expect(router.received).toStrictEqual([]);
  });

  it.each(asked)('%s says so, too, when it was asked before there was a router', (procedure, ask) => {
    const { wamp, router } = idle({}, { welcome: { roles: { broker: {}, dealer: {} } } });
    const seen = watch(ask(meta(wamp)));
    router.welcome();
    refuse(router, procedure, 'wamp.error.no_such_procedure');
    expect(seen.error).toMatchObject({ name: 'UsageError', uri: 'wamp.error.feature_not_supported', on: procedure });
  });

  it('a router that announces it and has no such procedure says that itself', () => {
    const { router, realm } = withMeta();
    const seen = watch(realm.reflection.topics());
    refuse(router, 'wamp.reflection.topic.list', 'wamp.error.no_such_procedure');
    expect(isWampError(seen.error)).toBe(true);
  });

  it('defines nothing', () => {
    const { router, realm } = bare();
    const { error } = watch(realm.reflection.define('topic', 'com.app.tick', {}));
    expect(error).toMatchObject({ name: 'UsageError', uri: 'wamp.error.feature_not_supported' });
    expect(router.received).toStrictEqual([]);
  });

  it('has no events of it, now or once it is there', () => {
    const now = bare();
    const seen = watch(now.realm.reflection.onDefine$);
    expect(seen.error).toMatchObject({ uri: 'wamp.error.feature_not_supported', on: 'wamp.reflect.on_define' });
    expect(now.router.received).toStrictEqual([]);
    const { wamp, router } = idle({}, { welcome: { roles: { broker: {}, dealer: {} } } });
    const later = watch(meta(wamp).reflection.onUndefine$);
    router.welcome();
    subscribeAll(router, ['wamp.reflect.on_undefine']);
    expect(later.error).toMatchObject({ uri: 'wamp.error.feature_not_supported', on: 'wamp.reflect.on_undefine' });
  });

  it.each<[string, Dict, readonly boolean[]]>([
    [
      'beside the features of both roles',
      { broker: { reflection: true }, dealer: { reflection: true } },
      [true, true, true],
    ],
    [
      'among the features of both roles, as Bondy has it',
      { broker: { features: { reflection: true } }, dealer: { features: { reflection: true } } },
      [true, true, true],
    ],
    ['for the broker alone', { broker: { reflection: true, features: {} }, dealer: {} }, [false, true, true]],
    ['for the dealer alone', { broker: {}, dealer: { features: { reflection: true } } }, [true, false, true]],
    ['as text', { broker: { reflection: 'true' }, dealer: { features: { reflection: 1 } } }, [false, false, false]],
  ])('announced %s', (_, roles, [procedures, topics, errors]) => {
    const { realm, wamp } = bare({ roles });
    const isAsked = (ask$: Observable<unknown>): boolean => !isUsageError(watch(ask$).error);
    expect(isAsked(realm.reflection.procedures())).toBe(procedures);
    expect(isAsked(realm.reflection.topics())).toBe(topics);
    expect(isAsked(realm.reflection.errors())).toBe(errors);
    const { state } = wamp;
    const supports = state.status === 'connected' ? state.session.supports : undefined;
    expect([supports?.('dealer', 'reflection'), supports?.('broker', 'reflection')]).toStrictEqual([
      procedures,
      topics,
    ]);
  });
});

describe('events', () => {
  it('tell what is defined and what is not any more; what is no such event is passed over', () => {
    const { router, realm } = withMeta();
    const defined = watch(realm.reflection.onDefine$);
    const undefined$ = watch(realm.reflection.onUndefine$);
    const ids = subscribeAll(router, ['wamp.reflect.on_define', 'wamp.reflect.on_undefine']);
    for (const args of [['topic', 'com.app.tick'], ['topic'], ['toString', 'com.a'], [1, 2], [], ['error', 5]]) {
      event(router, ids.get('wamp.reflect.on_define'), args);
    }
    event(router, ids.get('wamp.reflect.on_undefine'), ['error', 'com.app.broken', { more: true }]);
    expect(defined.values).toStrictEqual([{ kind: 'topic', uri: 'com.app.tick' }]);
    expect(undefined$.values).toStrictEqual([{ kind: 'error', uri: 'com.app.broken' }]);
  });

  it('end with the client', async () => {
    const setting = withMeta();
    const seen = watch(setting.realm.reflection.onDefine$);
    subscribeAll(setting.router, ['wamp.reflect.on_define']);
    await close(setting);
    expect([seen.complete, seen.error]).toStrictEqual([true, undefined]);
  });
});

describe('define', () => {
  const TICK = { kind: 'topic', uri: 'com.app.tick' };
  const definition = { description: 'The time.' };

  function defining() {
    const setting = withMeta();
    const seen = watch(setting.realm.reflection.define('topic', 'com.app.tick', definition));
    return { ...setting, seen };
  }

  it('is cold, says when it is so, and holds', () => {
    const { router, realm } = withMeta();
    const define$ = realm.reflection.define('topic', 'com.app.tick', definition);
    expect(router.received).toStrictEqual([]);
    const seen = watch(define$);
    const { request, args } = router.expect(Code.CALL, { procedure: DEFINE });
    expect(args).toStrictEqual(['topic', 'com.app.tick', definition]);
    expect(seen.values).toStrictEqual([]);
    router.send([Code.RESULT, request, {}]);
    expect(seen.values).toStrictEqual([TICK]);
    expect(seen.complete).toBe(false);
  });

  it('makes the client connect', () => {
    const { wamp, router } = idle();
    watch(meta(wamp).reflection.define('topic', 'com.app.tick', definition));
    router.welcome();
    router.expect(Code.CALL, { procedure: DEFINE, args: ['topic', 'com.app.tick', definition] });
  });

  it('is taken back when it is unsubscribed, whatever the router answers', () => {
    const { router, seen, faults } = defining();
    answer(router, DEFINE, []);
    seen.subscription.unsubscribe();
    const { request, args } = router.expect(Code.CALL, { procedure: DEFINE });
    expect(args).toStrictEqual(['topic', 'com.app.tick', null]);
    router.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.not_authorized']);
    expect(faults).toStrictEqual([]);
  });

  it('is taken back when it is unsubscribed before the router has answered', () => {
    const { router, seen } = defining();
    router.expect(Code.CALL, { procedure: DEFINE });
    seen.subscription.unsubscribe();
    router.expect(Code.CANCEL);
    router.expect(Code.CALL, { procedure: DEFINE, args: ['topic', 'com.app.tick', null] });
  });

  it('is made again in every session, and not taken back in one that it is not defined in', () => {
    const { router, seen } = defining();
    answer(router, DEFINE, []);
    reconnect(router);
    answer(router, DEFINE, []);
    expect(seen.values).toStrictEqual([TICK, TICK]);
    router.drop();
    seen.subscription.unsubscribe();
    again();
    router.welcome();
    expect(router.received).toStrictEqual([]);
  });

  it('is not taken back in a session that it has not come to yet', () => {
    const { router, wamp, realm } = withMeta();
    const second$ = wamp.state$.pipe(
      filter(({ status }) => status === 'connected'),
      skip(1),
    );
    // Hears of the session before the definition does.
    second$.subscribe(() => {
      seen.subscription.unsubscribe();
    });
    const seen = watch(realm.reflection.define('topic', 'com.app.tick', definition));
    answer(router, DEFINE, []);
    reconnect(router);
    expect(router.received).toStrictEqual([]);
  });

  it('a definition whose answer is lost is made again', () => {
    const { router, seen } = defining();
    router.expect(Code.CALL, { procedure: DEFINE });
    reconnect(router);
    answer(router, DEFINE, []);
    expect([seen.values, seen.error]).toStrictEqual([[TICK], undefined]);
  });

  it.each([ALREADY, 'wamp.error.not_authorized'])('a refusal at first is an error: %s', (uri) => {
    const { router, seen } = defining();
    refuse(router, DEFINE, uri);
    expect(seen.error).toMatchObject({ name: 'WampError', uri });
    expect(router.received).toStrictEqual([]);
  });

  it('after a reconnect it waits for the session before to be gone, longer each time', () => {
    const { router, seen } = defining();
    answer(router, DEFINE, []);
    reconnect(router);
    chance(1);
    refuse(router, DEFINE, ALREADY);
    jest.advanceTimersByTime(499);
    expect(router.received).toStrictEqual([]);
    jest.advanceTimersByTime(1);
    refuse(router, DEFINE, ALREADY);
    jest.advanceTimersByTime(1_000);
    answer(router, DEFINE, []);
    expect([seen.values, seen.error]).toStrictEqual([[TICK, TICK], undefined]);
  });

  it('after a reconnect another refusal is an error', () => {
    const { router, seen } = defining();
    answer(router, DEFINE, []);
    reconnect(router);
    refuse(router, DEFINE, 'wamp.error.not_authorized');
    expect(seen.error).toMatchObject({ uri: 'wamp.error.not_authorized' });
  });

  it('waits no longer when it is unsubscribed', () => {
    const { router, seen } = defining();
    answer(router, DEFINE, []);
    reconnect(router);
    refuse(router, DEFINE, ALREADY);
    seen.subscription.unsubscribe();
    router.expect(Code.CALL, { procedure: DEFINE, args: ['topic', 'com.app.tick', null] });
    jest.advanceTimersByTime(60_000);
    expect(router.received).toStrictEqual([]);
  });

  it('a router that has lost the feature is an error', () => {
    const { router, seen } = defining();
    answer(router, DEFINE, []);
    reconnect(router, { roles: { broker: {}, dealer: {} } });
    expect(seen.error).toMatchObject({ uri: 'wamp.error.feature_not_supported' });
  });

  it('completes when the client is closed, and then is an error', async () => {
    const setting = defining();
    answer(setting.router, DEFINE, []);
    await close(setting);
    expect([setting.seen.complete, setting.seen.error]).toStrictEqual([true, undefined]);
    const after = watch(setting.realm.reflection.define('topic', 'com.app.tick', definition));
    expect(isClientClosedError(after.error)).toBe(true);
  });

  it('errors with what ended the client', () => {
    const setting = idle({ retry: false });
    const seen = watch(meta(setting.wamp).reflection.define('topic', 'com.app.tick', definition));
    setting.router.expect(Code.HELLO);
    setting.router.send([Code.ABORT, {}, 'wamp.error.no_such_realm']);
    expect(isConnectionRefusedError(seen.error)).toBe(true);
  });

  it('one client defines one thing once at a time, and again afterwards', () => {
    const { router, realm, wamp, seen } = defining();
    answer(router, DEFINE, []);
    const second = watch(meta(wamp).reflection.define('topic', 'com.app.tick', { description: 'Another.' }));
    expect(second.error).toMatchObject({ name: 'UsageError', uri: ALREADY });
    expect(router.received).toStrictEqual([]);
    watch(realm.reflection.define('procedure', 'com.app.tick', definition));
    router.expect(Code.CALL, { procedure: DEFINE, args: ['procedure', 'com.app.tick', definition] });
    seen.subscription.unsubscribe();
    router.expect(Code.CALL, { procedure: DEFINE, args: ['topic', 'com.app.tick', null] });
    watch(realm.reflection.define('topic', 'com.app.tick', definition));
    router.expect(Code.CALL, { procedure: DEFINE, args: ['topic', 'com.app.tick', definition] });
  });

  it.each<[string, unknown, unknown, string]>([
    ['a kind that there is not', 'toString', 'com.app.tick', 'wamp.error.invalid_argument'],
    ['a malformed URI', 'topic', 'com..tick', 'wamp.error.invalid_uri'],
    ['no URI', 'topic', 5, 'wamp.error.invalid_uri'],
    ['a reserved URI', 'topic', 'wamp.session.on_join', 'wamp.error.invalid_uri'],
  ])('%s is refused before anything is sent', (_, kind, uri, error) => {
    const { router, realm } = withMeta();
    // What a program in JavaScript may say.
    const define = realm.reflection.define.bind(realm.reflection) as (...args: unknown[]) => Observable<unknown>;
    const seen = watch(define(kind, uri, {}));
    expect(seen.error).toMatchObject({ name: 'UsageError', uri: error });
    expect(router.received).toStrictEqual([]);
  });
});

it('the scripted router announces reflection in both roles', () => {
  expect(ROUTER_ROLES).toMatchObject({ broker: { reflection: true }, dealer: { reflection: true } });
});
