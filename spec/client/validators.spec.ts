import { describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import { Code, defineContract, WampClient, type Schema } from 'rxwamp';
import { fakeRouter } from 'rxwamp/testing';
import { registered, settled, subscribed, useVirtualTime, watch } from './support.js';

useVirtualTime();

/** A Standard Schema, made by hand. */
const schema = <T>(validate: Schema<T>['~standard']['validate']): Schema<T> => ({
  '~standard': { version: 1, vendor: 'spec', validate },
});
/** One number, as a text or as a number; comes out as a number. */
const oneNumber = schema<[number]>((value) => {
  const [first] = value as unknown[];
  const number = Number(first);
  return Number.isNaN(number) ? { issues: [{ message: 'not a number', path: [0] }] } : { value: [number] };
});
const named = schema<{ readonly name: string }>((value) => {
  const { name } = value as { readonly name?: unknown };
  return typeof name === 'string'
    ? { value: { name } }
    : { issues: [{ message: 'must be a text', path: [{ key: 'name' }] }, { message: 'and one more thing' }] };
});

const contract = defineContract({
  topics: { 'com.app.number': { args: oneNumber }, 'com.app.named': { kwargs: named } },
  procedures: {
    'com.app.double': { args: oneNumber, result: oneNumber },
    'com.app.count': { args: oneNumber, result: named as never, progress: oneNumber },
    'com.app.greet': { kwargs: named },
  },
});

function connected() {
  const router = fakeRouter();
  const wamp = new WampClient({ transport: router.transport, realm: 'realm1', contract });
  const faults = watch(wamp.faults$).values;
  wamp.connect();
  router.welcome();
  return { router, wamp, faults };
}

describe('events', () => {
  it('come as their validator gives them', () => {
    const { router, wamp, faults } = connected();
    const topic = watch(wamp.topic('com.app.number'));
    subscribed(router);
    router.send([Code.EVENT, 7, 9, { publisher: 5 }, ['42'], { extra: true }]);
    expect(topic.values).toStrictEqual([
      expect.objectContaining({
        args: [42],
        kwargs: { extra: true },
        details: { publisher: 5 },
        publication: 9,
        topic: 'com.app.number',
      }),
    ]);
    expect(faults).toStrictEqual([]);
  });

  it('that are not what the contract says go to the faults; the stream goes on', () => {
    const { router, wamp, faults } = connected();
    const topic = watch(wamp.topic('com.app.named'));
    subscribed(router);
    router.send([Code.EVENT, 7, 1, {}, [], { name: { secret: 'hunter2' } }]);
    router.send([Code.EVENT, 7, 2, {}, [], { name: 'joe' }]);
    expect(topic).toMatchObject({ values: [{ kwargs: { name: 'joe' } }], error: undefined });
    expect(faults).toMatchObject([{ name: 'ContractError', on: 'com.app.named' }]);
    expect(faults[0]?.message).toContain('name: must be a text; and one more thing');
    expect(faults[0]?.message).not.toContain('hunter2');
  });

  it('of topics without validators are taken as they are', () => {
    const router = fakeRouter();
    const wamp = new WampClient({ transport: router.transport, realm: 'realm1', contract: { topics: {} } });
    const topic = watch(wamp.topic('com.app.other' as never));
    router.welcome();
    subscribed(router);
    router.send([Code.EVENT, 7, 1, {}, ['x']]);
    expect(topic.values).toHaveLength(1);
  });

  it.each<[string, Schema]>([
    ['is asynchronous', schema(async () => ({ value: [] }))],
    ['is asynchronous and fails', schema(() => Promise.reject(new Error('no')))],
    [
      'throws',
      schema(() => {
        throw new Error('no');
      }),
    ],
  ])('whose validator %s go to the faults', async (_, args) => {
    const router = fakeRouter();
    const wamp = new WampClient({
      transport: router.transport,
      realm: 'realm1',
      contract: { topics: { 'com.app.a': { args: args as never } } },
    });
    const faults = watch(wamp.faults$).values;
    const topic = watch(wamp.topic('com.app.a' as never));
    router.welcome();
    subscribed(router);
    router.send([Code.EVENT, 7, 1, {}, ['x']]);
    await settled();
    expect(topic).toMatchObject({ values: [], error: undefined });
    expect(faults).toMatchObject([{ name: 'ContractError', on: 'com.app.a' }]);
  });
});

describe('results', () => {
  it('come as their validator gives them', () => {
    const { router, wamp } = connected();
    const call = watch(wamp.call('com.app.double', [21]));
    router.send([Code.RESULT, router.expect(Code.CALL).request, { x: 1 }, ['42'], { k: 1 }]);
    expect(call).toMatchObject({ values: [{ args: [42], kwargs: { k: 1 }, details: { x: 1 } }], complete: true });
  });

  it('that are not what the contract says are an error of the call', () => {
    const { router, wamp, faults } = connected();
    const call = watch(wamp.call('com.app.double', [21]));
    router.send([Code.RESULT, router.expect(Code.CALL).request, {}, ['x']]);
    expect(call.error).toMatchObject({
      name: 'ContractError',
      on: 'com.app.double',
      message: expect.stringContaining('0: not a number'),
    });
    router.expectSilence();
    expect(faults).toStrictEqual([]);
  });

  it('on the way have their own validator; a wrong one cancels the call', () => {
    const { router, wamp } = connected();
    const call = watch(wamp.call('com.app.count', [3], { progress: true }));
    const { request } = router.expect(Code.CALL);
    router.send([Code.RESULT, request, { progress: true }, ['1']]);
    router.send([Code.RESULT, request, { progress: true }, ['x']]);
    expect(call).toMatchObject({ values: [{ args: [1] }], error: { name: 'ContractError' } });
    router.expect(Code.CANCEL, { request });
  });
});

describe('invocations', () => {
  it('come as their validator gives them', () => {
    const { router, wamp } = connected();
    wamp.register('com.app.double', ({ args: [n] }) => n * 2).subscribe();
    registered(router);
    router.send([Code.INVOCATION, 1, 7, {}, ['21']]);
    router.expect(Code.YIELD, { args: [42] });
  });

  it('keep all that is theirs', () => {
    const { router, wamp } = connected();
    const seen: unknown[] = [];
    wamp
      .register('com.app.greet', (invocation) => {
        const { kwargs, details, procedure, id, wantsProgress, signal } = invocation;
        seen.push({ kwargs, details, procedure, id, wantsProgress, aborted: signal.aborted });
        return [];
      })
      .subscribe();
    registered(router);
    router.send([Code.INVOCATION, 5, 7, { caller: 9, receive_progress: true }, [], { name: 'joe', more: 1 }]);
    expect(seen).toStrictEqual([
      {
        kwargs: { name: 'joe' },
        details: { caller: 9, receive_progress: true },
        procedure: 'com.app.greet',
        id: 5,
        wantsProgress: true,
        aborted: false,
      },
    ]);
  });

  it('that are not what the contract says never reach the handler; their caller is told', () => {
    const { router, wamp } = connected();
    let called = 0;
    wamp.register('com.app.double', () => ++called).subscribe();
    registered(router);
    router.send([Code.INVOCATION, 1, 7, {}, ['x']]);
    const { error, args } = router.expect(Code.ERROR, { request: 1 });
    expect(error).toBe('wamp.error.invalid_argument');
    expect(args?.[0]).toContain('0: not a number');
    expect(called).toBe(0);
  });

  it('that are streamed in are checked chunk by chunk', () => {
    const { router, wamp } = connected();
    wamp.register('com.app.count', ({ input$ }) => input$.pipe(map(({ args: [n] }) => n + 1)) as never).subscribe();
    registered(router);
    router.send([Code.INVOCATION, 1, 7, { progress: true, receive_progress: true }, ['1']]);
    router.expect(Code.YIELD, { args: [2] });
    router.send([Code.INVOCATION, 1, 7, { progress: true }, ['x']]);
    router.expect(Code.ERROR, { error: 'wamp.error.invalid_argument' });
    router.send([Code.INVOCATION, 1, 7, {}, ['3']]);
    router.expectSilence();
  });
});
