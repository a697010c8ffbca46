import { describe, expect, it, jest } from '@jest/globals';
import { interval, map, take } from 'rxjs';
import { Code, payload, WampError, type RegisterOptions } from 'rxwamp';
import {
  again,
  chance,
  close,
  connected,
  idle,
  PROCEDURE,
  reconnect,
  registered,
  settled,
  useVirtualTime,
  watch,
  type Setting,
} from './support.js';

useVirtualTime();

const TAKEN = 'wamp.error.procedure_already_exists';
const refuse = ({ router }: Pick<Setting, 'router'>, error = TAKEN): void => {
  router.send([Code.ERROR, Code.REGISTER, router.expect(Code.REGISTER).request, {}, error]);
};

describe('a registration', () => {
  it('is made on subscribe, and told when callers can reach it', () => {
    const { router, wamp } = connected();
    const registration$ = wamp.register(PROCEDURE, () => 1);
    router.expectSilence();
    const registration = watch(registration$);
    router.expect(Code.REGISTER, { procedure: PROCEDURE, options: {} });
    expect(registration.values).toStrictEqual([]);
    router.send([Code.REGISTERED, 1, 7]);
    expect(registration.values).toStrictEqual([{ id: 7, procedure: PROCEDURE }]);
    registration.subscription.unsubscribe();
    router.expect(Code.UNREGISTER, { registration: 7 });
  });

  it('sends its options as they are, but for what is ours', () => {
    const { router, wamp } = connected();
    const options: RegisterOptions = {
      match: 'prefix',
      invoke: 'roundrobin',
      disclose_caller: true,
      forward_timeout: true,
      concurrency: 4,
      onConflict: 'retry',
      _x: 1,
    };
    wamp.register('com.app', () => 1, { ...options, match: 'prefix' }).subscribe();
    expect(router.expect(Code.REGISTER).options).toStrictEqual({
      match: 'prefix',
      invoke: 'roundrobin',
      disclose_caller: true,
      forward_timeout: true,
      concurrency: 4,
      _x: 1,
    });
  });

  it('waits for the first connection', () => {
    const { router, wamp } = idle();
    const registration = watch(wamp.register(PROCEDURE, () => 1));
    router.welcome();
    registered(router);
    expect(registration.values).toHaveLength(1);
  });

  it('is made again after a reconnect, with its own options, and told again', () => {
    const { router, wamp } = connected();
    const registration = watch(wamp.register(PROCEDURE, ({ value }) => value, { invoke: 'first' }));
    registered(router, 7);
    for (const id of [8, 9]) {
      router.drop();
      again();
      router.welcome();
      router.send([
        Code.REGISTERED,
        router.expect(Code.REGISTER, { request: 1, options: { invoke: 'first' } }).request,
        id,
      ]);
      router.send([Code.INVOCATION, 1, id, {}, [id]]);
      router.expect(Code.YIELD, { args: [id] });
    }
    expect(registration.values.map(({ id }) => id)).toStrictEqual([7, 8, 9]);
    registration.subscription.unsubscribe();
    router.expect(Code.UNREGISTER, { registration: 9 });
  });

  it('left while the connection is down is not made again', () => {
    const { router, wamp } = connected();
    const registration = watch(wamp.register(PROCEDURE, () => 1));
    registered(router);
    router.drop();
    registration.subscription.unsubscribe();
    again();
    router.welcome();
    router.expectSilence();
  });

  it('left before REGISTERED came, and made anew at once, does not meet itself at the dealer', () => {
    const { router, wamp } = connected();
    watch(wamp.register(PROCEDURE, () => 'first')).subscription.unsubscribe();
    const second = watch(wamp.register(PROCEDURE, () => 'second'));
    registered(router, 7);
    router.expect(Code.UNREGISTER, { registration: 7 });
    registered(router, 8);
    expect(second.values).toStrictEqual([{ id: 8, procedure: PROCEDURE }]);
    router.send([Code.INVOCATION, 1, 8, {}]);
    router.expect(Code.YIELD, { args: ['second'] });
  });

  it('that the dealer takes back errors, and is not made again by itself', () => {
    const { router, wamp } = connected();
    const registration = watch(wamp.register(PROCEDURE, () => 1));
    registered(router);
    router.send([Code.UNREGISTERED, 0, { registration: 7, reason: 'wamp.error.unregistered' }]);
    expect(registration.error).toMatchObject({ name: 'RevokedError', reason: 'wamp.error.unregistered' });
    reconnect(router);
    router.expectSilence();
  });

  it('that is refused errors', () => {
    const setting = connected();
    const registration = watch(setting.wamp.register(PROCEDURE, () => 1));
    refuse(setting, 'wamp.error.not_authorized');
    expect(registration.error).toMatchObject({ name: 'WampError', uri: 'wamp.error.not_authorized', on: PROCEDURE });
    again();
    setting.router.expectSilence();
  });
});

describe('a procedure that is taken', () => {
  it('is an error the first time', () => {
    const setting = connected();
    const registration = watch(setting.wamp.register(PROCEDURE, () => 1));
    refuse(setting);
    expect(registration.error).toMatchObject({ uri: TAKEN });
    jest.advanceTimersByTime(100_000);
    setting.router.expectSilence();
  });

  it('after a reconnect is most likely our own dead session: tried again with backoff, and `connected` does not wait', () => {
    const setting = connected();
    const { router, wamp } = setting;
    const registration = watch(wamp.register(PROCEDURE, () => 'r'));
    registered(router, 7);
    reconnect(router);
    chance(1);
    refuse(setting);
    expect(wamp.state.status).toBe('connected');
    for (const delay of [500, 1_000, 2_000]) {
      jest.advanceTimersByTime(delay - 1);
      router.expectSilence();
      jest.advanceTimersByTime(1);
      if (delay < 2_000) refuse(setting);
    }
    registered(router, 8);
    expect(registration).toMatchObject({ values: [{ id: 7 }, { id: 8 }], error: undefined });
    router.send([Code.INVOCATION, 1, 8, {}]);
    router.expect(Code.YIELD, { args: ['r'] });
  });

  it("onConflict: 'retry' tries again the first time, too, and as often as the client does", () => {
    const setting = connected({ retry: { maxAttempts: 3 } });
    const registration = watch(setting.wamp.register(PROCEDURE, () => 1, { onConflict: 'retry' }));
    for (let attempt = 0; attempt < 3; attempt++) {
      refuse(setting);
      expect(registration.error).toBeUndefined();
      again();
    }
    refuse(setting);
    expect(registration.error).toMatchObject({ uri: TAKEN });
  });

  it("onConflict: 'retry' begins anew in the next session", () => {
    const setting = connected();
    chance(1);
    watch(setting.wamp.register(PROCEDURE, () => 1, { onConflict: 'retry' }));
    refuse(setting);
    jest.advanceTimersByTime(500);
    refuse(setting);
    setting.router.drop();
    chance(0);
    // The retry of the old session must not fire into the new one: 1 s is not over yet.
    jest.advanceTimersByTime(600);
    setting.router.welcome();
    setting.router.expect(Code.REGISTER, { request: 1 });
    jest.advanceTimersByTime(5_000);
    setting.router.expectSilence();
  });

  it("onConflict: 'retry' counts anew in the next session", () => {
    const setting = connected({ retry: { maxAttempts: 2 } });
    const registration = watch(setting.wamp.register(PROCEDURE, () => 1, { onConflict: 'retry' }));
    const conflicts = (): void => {
      refuse(setting);
      again();
      refuse(setting);
    };
    conflicts();
    reconnect(setting.router);
    conflicts();
    expect(registration.error).toBeUndefined();
    again();
    registered(setting.router);
    expect(registration.values).toHaveLength(1);
  });

  it("onConflict: 'retry' while waiting can be left", () => {
    const setting = connected();
    const registration = watch(setting.wamp.register(PROCEDURE, () => 1, { onConflict: 'retry' }));
    refuse(setting);
    registration.subscription.unsubscribe();
    again();
    setting.router.expectSilence();
  });

  it("onConflict: 'retry' while waiting ends with the client", async () => {
    const setting = connected();
    const registration = watch(setting.wamp.register(PROCEDURE, () => 1, { onConflict: 'retry' }));
    refuse(setting);
    await close(setting);
    expect(registration).toMatchObject({ complete: true, error: undefined });
    expect(jest.getTimerCount()).toBe(0);
  });

  it("onConflict: 'retry' with a client that does not retry is an error", () => {
    const setting = connected({ retry: false });
    const registration = watch(setting.wamp.register(PROCEDURE, () => 1, { onConflict: 'retry' }));
    refuse(setting);
    expect(registration.error).toMatchObject({ uri: TAKEN });
  });

  it("onConflict: 'fail' is an error after a reconnect, too", () => {
    const setting = connected();
    const registration = watch(setting.wamp.register(PROCEDURE, () => 1, { onConflict: 'fail' }));
    registered(setting.router);
    reconnect(setting.router);
    refuse(setting);
    expect(registration.error).toMatchObject({ uri: TAKEN });
  });

  it("onConflict: 'force_reregister' takes it over, and only then", () => {
    const setting = connected();
    const { router } = setting;
    const registration = watch(
      setting.wamp.register(PROCEDURE, () => 1, { onConflict: 'force_reregister', invoke: 'single' }),
    );
    const { request } = router.expect(Code.REGISTER, { options: { force_reregister: undefined } });
    router.send([Code.ERROR, Code.REGISTER, request, {}, TAKEN]);
    const forced = router.expect(Code.REGISTER, { options: { force_reregister: true, invoke: 'single' } });
    router.send([Code.REGISTERED, forced.request, 7]);
    expect(registration.values).toHaveLength(1);
    reconnect(router);
    router.expect(Code.REGISTER, { options: { force_reregister: undefined } });
  });

  it("onConflict: 'force_reregister' with a router that has no such thing is an error", () => {
    const setting = connected();
    const registration = watch(setting.wamp.register(PROCEDURE, () => 1, { onConflict: 'force_reregister' }));
    refuse(setting);
    refuse(setting);
    expect(registration.error).toMatchObject({ uri: TAKEN });
    setting.router.expectSilence();
  });
});

describe('a handler', () => {
  it('answers with what it returns', async () => {
    const { router, wamp } = connected();
    const handlers = new Map<string, () => unknown>([
      ['com.app.value', () => 5],
      ['com.app.promise', async () => 5],
      ['com.app.payload', () => payload([1, 2], { k: 3 })],
      ['com.app.nothing', () => undefined],
    ]);
    const answers: unknown[] = [];
    let id = 0;
    for (const [procedure, handler] of handlers) {
      wamp.register(procedure, handler).subscribe();
      registered(router, ++id);
      router.send([Code.INVOCATION, id, id, {}]);
      await settled();
      answers.push(router.expect(Code.YIELD).message);
    }
    expect(answers).toStrictEqual([
      [Code.YIELD, 1, {}, [5]],
      [Code.YIELD, 2, {}, [5]],
      [Code.YIELD, 3, {}, [1, 2], { k: 3 }],
      [Code.YIELD, 4, {}],
    ]);
  });

  it('streams in virtual time', () => {
    const { router, wamp } = connected();
    wamp
      .register(PROCEDURE, () =>
        interval(100).pipe(
          map((n) => n * 10),
          take(3),
        ),
      )
      .subscribe();
    registered(router);
    router.send([Code.INVOCATION, 1, 7, { receive_progress: true }]);
    jest.advanceTimersByTime(250);
    router.expect(Code.YIELD, { args: [0] });
    router.expect(Code.YIELD, { args: [10] });
    router.expectSilence();
    router.send([Code.INTERRUPT, 1, { mode: 'kill' }]);
    router.expect(Code.ERROR, { error: 'wamp.error.canceled' });
    jest.advanceTimersByTime(1_000);
    router.expectSilence();
  });

  it('of a registration that is left goes on to its end', async () => {
    const { router, wamp } = connected();
    let finish: (value: number) => void = () => undefined;
    const registration = watch(wamp.register(PROCEDURE, () => new Promise<number>((resolve) => (finish = resolve))));
    registered(router);
    router.send([Code.INVOCATION, 1, 7, {}]);
    registration.subscription.unsubscribe();
    router.expect(Code.UNREGISTER);
    finish(5);
    await settled();
    router.expect(Code.YIELD, { args: [5] });
  });

  it('throws what its caller gets', () => {
    const { router, wamp } = connected();
    wamp
      .register(PROCEDURE, () => {
        throw new WampError('com.app.div_by_zero', { args: ['no'] });
      })
      .subscribe();
    registered(router);
    router.send([Code.INVOCATION, 1, 7, {}]);
    router.expect(Code.ERROR, { error: 'com.app.div_by_zero', args: ['no'] });
  });
});

describe('C-13: the URI of a procedure to register', () => {
  it.each<[string, RegisterOptions]>([
    ['', {}],
    ['com..app', {}],
    ['com.app.', {}],
    ['com app', {}],
    ['wamp', {}],
    ['wamp.session.count', {}],
    ['wamp.', { match: 'prefix' }],
    ['wamp..x', { match: 'wildcard' }],
    ['com..', { match: 'prefix' }],
  ])('is refused before anything is sent: %j %j', (uri, options) => {
    const { router, wamp } = connected();
    expect(
      watch(wamp.register(uri, () => 1, { ...options, match: options.match ?? 'exact' } as never)).error,
    ).toMatchObject({
      name: 'UsageError',
      uri: 'wamp.error.invalid_uri',
    });
    router.expectSilence();
  });

  it('and options that make no sense are refused', () => {
    const { router, wamp } = connected();
    const wrong = [
      { match: 'x' },
      { invoke: 'all' },
      { concurrency: 0 },
      { concurrency: 1.5 },
      { disclose_caller: 1 },
      { forward_timeout: 'y' },
      { onConflict: 'kill' },
    ];
    for (const options of wrong) {
      // What a program in JavaScript may hand over.
      const registration = watch(wamp.register(PROCEDURE, () => 1, options as never));
      expect(registration.error).toMatchObject({
        name: 'UsageError',
        uri: 'wamp.error.invalid_argument',
        on: PROCEDURE,
      });
    }
    router.expectSilence();
  });
});

describe('C-3: what the router did not announce', () => {
  it.each<[RegisterOptions, string]>([
    [{ match: 'prefix' }, 'pattern_based_registration'],
    [{ invoke: 'random' }, 'shared_registration'],
  ])('is refused: %j needs %s', (options, feature) => {
    const { router, wamp, statuses } = idle({}, { welcome: { roles: { dealer: {} } } });
    const registration = watch(wamp.register(PROCEDURE, () => 1, options as never));
    router.welcome();
    expect(registration.error).toMatchObject({
      uri: 'wamp.error.feature_not_supported',
      message: expect.stringContaining(feature),
    });
    router.expectSilence();
    expect(statuses().at(-1)).toBe('connected');
  });

  it('is not needed for what asks for nothing', () => {
    const { router, wamp } = connected({}, { welcome: { roles: { dealer: {} } } });
    wamp.register(PROCEDURE, () => 1, { match: 'exact', invoke: 'single', _x: 1 }).subscribe();
    router.expect(Code.REGISTER);
  });
});
