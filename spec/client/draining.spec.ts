import { describe, expect, it, jest } from '@jest/globals';
import { Subject } from 'rxjs';
import { Code } from 'rxwamp';
import { settled, watch } from '../session/support.js';
import { connected, idle, PROCEDURE, registered, useVirtualTime } from './support.js';

useVirtualTime();

describe('close({ drain: true })', () => {
  it('unregisters, lets what runs end, then says GOODBYE', async () => {
    const { router, wamp } = connected();
    const answer$ = new Subject<number>();
    const registration = watch(wamp.register(PROCEDURE, () => answer$));
    registered(router, 7);
    router.send([Code.INVOCATION, 1, 7, { receive_progress: true }]);
    const call = watch(wamp.call('com.app.other'));
    const { request } = router.expect(Code.CALL);
    const closed = wamp.close({ drain: true });
    router.send([Code.UNREGISTERED, router.expect(Code.UNREGISTER, { registration: 7 }).request]);
    answer$.next(5);
    router.expect(Code.YIELD, { args: [5] });
    answer$.complete();
    router.expect(Code.YIELD);
    router.expectSilence();
    router.send([Code.RESULT, request, {}, ['late, but here']]);
    router.expect(Code.GOODBYE);
    expect(call.values.map(({ value }) => value)).toStrictEqual(['late, but here']);
    router.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    await closed;
    expect(registration.complete).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('takes nothing new meanwhile', () => {
    const { router, wamp } = connected();
    watch(wamp.call(PROCEDURE));
    void wamp.close({ drain: true });
    const call = watch(wamp.call(PROCEDURE));
    const topic = watch(wamp.topic('com.app.topic'));
    const publication = watch(wamp.publish('com.app.topic', [1]));
    for (const { error } of [call, topic, publication]) expect(error).toMatchObject({ name: 'ClientClosedError' });
    router.expect(Code.CALL);
    router.expectSilence();
  });

  it('waits so long and no longer', () => {
    const { router, wamp } = connected();
    const call = watch(wamp.call(PROCEDURE));
    void wamp.close({ drain: true, drainTimeoutMs: 500 });
    router.expect(Code.CALL);
    jest.advanceTimersByTime(499);
    router.expectSilence();
    jest.advanceTimersByTime(1);
    router.expect(Code.GOODBYE);
    expect(call.error).toMatchObject({ name: 'ClientClosedError' });
  });

  it('is put an end to by close()', () => {
    const { router, wamp } = connected();
    watch(wamp.call(PROCEDURE));
    void wamp.close({ drain: true });
    void wamp.close({ drain: true });
    router.expect(Code.CALL);
    router.expectSilence();
    void wamp.close();
    router.expect(Code.GOODBYE);
    jest.advanceTimersByTime(60_000);
    expect(wamp.state.status).toBe('closed');
  });

  it('ends when the connection is lost meanwhile, and does not connect again', async () => {
    const { router, wamp } = connected();
    const call = watch(wamp.call(PROCEDURE));
    const closed = wamp.close({ drain: true });
    router.drop();
    await closed;
    expect(call.error).toMatchObject({ name: 'ConnectionLostError' });
    jest.advanceTimersByTime(60_000);
    expect(router.attempts).toBe(1);
  });

  it('with no session is close()', async () => {
    const { wamp } = idle();
    await wamp.close({ drain: true });
    expect(wamp.state.status).toBe('closed');
  });

  it.each([-1, Number.NaN, '5'])('refuses a time-out of %p', async (drainTimeoutMs) => {
    const { wamp } = connected();
    // What JavaScript lets through.
    const options = { drain: true, drainTimeoutMs: drainTimeoutMs as number };
    await expect(wamp.close(options)).rejects.toMatchObject({ name: 'UsageError' });
    expect(wamp.state.status).toBe('connected');
  });
});

describe('close({ reason })', () => {
  it('is the reason in GOODBYE', () => {
    const { router, wamp } = connected();
    void wamp.close({ reason: 'wamp.close.logout' });
    router.expect(Code.GOODBYE, { reason: 'wamp.close.logout' });
  });

  it('must be a URI', async () => {
    const { router, wamp } = connected();
    await expect(wamp.close({ reason: 'not a uri' })).rejects.toMatchObject({ name: 'UsageError' });
    router.expectSilence();
  });
});

describe('maxInvocations', () => {
  it('answers what comes beyond with unavailable, and takes more when one has ended', async () => {
    const { router, wamp } = connected({ maxInvocations: 2 });
    const answer$ = new Subject<number>();
    watch(wamp.register(PROCEDURE, () => answer$));
    registered(router, 7);
    for (const id of [1, 2, 3]) router.send([Code.INVOCATION, id, 7, {}]);
    router.expect(Code.ERROR, { request: 3, error: 'wamp.error.unavailable' });
    router.expectSilence();
    router.send([Code.INTERRUPT, 1, { mode: 'killnowait' }]);
    router.send([Code.INVOCATION, 4, 7, {}]);
    await settled();
    router.expectSilence();
  });

  it('forgets the later chunks of one that was refused', () => {
    const { router, wamp } = connected({ maxInvocations: 1 });
    watch(wamp.register(PROCEDURE, () => new Subject()));
    registered(router, 7);
    router.send([Code.INVOCATION, 1, 7, {}]);
    router.send([Code.INVOCATION, 2, 7, { progress: true }]);
    router.expect(Code.ERROR, { request: 2, error: 'wamp.error.unavailable' });
    router.send([Code.INVOCATION, 2, 7, { progress: true }]);
    router.send([Code.INVOCATION, 2, 7, {}]);
    router.expectSilence();
  });
});
