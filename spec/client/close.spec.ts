import { describe, expect, it, jest } from '@jest/globals';
import { NEVER } from 'rxjs';
import { Code } from 'rxwamp';
import {
  again,
  close,
  connected,
  idle,
  PROCEDURE,
  registered,
  settled,
  subscribed,
  TOPIC,
  useVirtualTime,
  watch,
  type Setting,
} from './support.js';

useVirtualTime();

/** Whether a promise is settled by now. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await settled();
  return done;
}

describe('close()', () => {
  it('says GOODBYE, waits for the answer, and is final', async () => {
    const { router, wamp, statuses, states } = connected();
    const closed = wamp.close();
    router.expect(Code.GOODBYE, { reason: 'wamp.close.close_realm' });
    expect(await isDone(closed)).toBe(false);
    expect(statuses().at(-1)).toBe('connected');
    router.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    await closed;
    expect(states.at(-1)).toStrictEqual({ status: 'closed', cause: undefined });
    router.expectSilence();
    router.expectClosed('normal');
    wamp.connect();
    again();
    expect(router.attempts).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits so long and no longer', async () => {
    const { router, wamp } = connected({ closeTimeoutMs: 500 });
    const closed = wamp.close();
    jest.advanceTimersByTime(499);
    expect(await isDone(closed)).toBe(false);
    jest.advanceTimersByTime(1);
    expect(await isDone(closed)).toBe(true);
    router.expectClosed('normal');
  });

  it('with closeTimeoutMs 0 does not wait, and Infinity waits', async () => {
    const hurried = connected({ closeTimeoutMs: 0 });
    const closed = hurried.wamp.close();
    again();
    expect(await isDone(closed)).toBe(true);
    hurried.router.expect(Code.GOODBYE);
    const patient = connected({ closeTimeoutMs: Infinity });
    void patient.wamp.close();
    jest.advanceTimersByTime(100_000);
    expect(patient.wamp.state.status).toBe('connected');
    patient.router.drop();
    expect(patient.wamp.state).toStrictEqual({ status: 'closed', cause: undefined });
  });

  it('ends what is open: calls error, streams complete, acknowledgements error', async () => {
    const setting = connected();
    const { router, wamp } = setting;
    const topic = watch(wamp.topic(TOPIC));
    const registration = watch(wamp.register(PROCEDURE, () => 1));
    const call = watch(wamp.call(PROCEDURE));
    const acknowledged = watch(wamp.publish(TOPIC, [], { acknowledge: true }));
    subscribed(router);
    registered(router);
    void wamp.close();
    const closed = { name: 'ClientClosedError' };
    expect(call.error).toMatchObject({ ...closed });
    expect(acknowledged.error).toMatchObject(closed);
    await close(setting);
    expect([topic.complete, topic.error]).toStrictEqual([true, undefined]);
    expect([registration.complete, registration.error]).toStrictEqual([true, undefined]);
    router.expect(Code.CALL);
    router.expect(Code.PUBLISH);
    router.expect(Code.GOODBYE);
    router.expectSilence();
  });

  it('may be said twice, and resolves for both', async () => {
    const setting = connected();
    const both = Promise.all([setting.wamp.close(), setting.wamp.close()]);
    setting.router.expect(Code.GOODBYE);
    setting.router.expectSilence();
    setting.router.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    await both;
    await setting.wamp.close();
  });

  it('while the heartbeat would ask does nothing worse than wait', () => {
    const { router, wamp } = connected(
      { closeTimeoutMs: 60_000, heartbeat: { intervalMs: 1_000 } },
      { ping: 'absent' },
    );
    void wamp.close();
    router.expect(Code.GOODBYE);
    jest.advanceTimersByTime(59_000);
    router.expectSilence();
  });
});

describe('close() when', () => {
  const expectClosed = async ({ wamp, router, states }: Setting, attempts: number): Promise<void> => {
    expect(states.at(-1)).toStrictEqual({ status: 'closed', cause: undefined });
    expect(watch(wamp.state$)).toMatchObject({ values: [{ status: 'closed' }], complete: true });
    expect(watch(wamp.session$)).toMatchObject({ values: [], complete: true });
    expect(watch(wamp.faults$).complete).toBe(true);
    jest.advanceTimersByTime(1_000_000);
    await settled();
    expect(router.attempts).toBe(attempts);
    expect(jest.getTimerCount()).toBe(0);
  };

  it('idle', async () => {
    const setting = idle();
    await setting.wamp.close();
    await expectClosed(setting, 0);
  });

  it('dialling: it hangs up', async () => {
    const setting = idle();
    setting.router.hold();
    setting.wamp.connect();
    const call = watch(setting.wamp.call(PROCEDURE));
    const topic = watch(setting.wamp.topic(TOPIC));
    await setting.wamp.close();
    setting.router.admit();
    expect(setting.router.connections).toBe(0);
    expect(call.error).toMatchObject({ name: 'ClientClosedError', attempted: 'CALL', on: PROCEDURE });
    expect(topic.complete).toBe(true);
    await expectClosed(setting, 1);
  });

  it('joining: it hangs up', async () => {
    const setting = idle();
    setting.wamp.connect();
    setting.router.expect(Code.HELLO);
    await setting.wamp.close();
    setting.router.expectClosed('normal');
    await expectClosed(setting, 1);
  });

  it('authenticating: it hangs up, and the credential that comes late goes nowhere', async () => {
    let give: (ticket: { signature: string }) => void = () => undefined;
    const setting = idle({
      auth: [
        {
          method: 'x',
          begin: () => [{ answer: () => new Promise<{ signature: string }>((resolve) => (give = resolve)) }],
        },
      ],
    });
    setting.wamp.connect();
    setting.router.expect(Code.HELLO);
    setting.router.send([Code.CHALLENGE, 'x', {}]);
    expect(setting.wamp.state.status).toBe('authenticating');
    await setting.wamp.close();
    give({ signature: 'late' });
    await settled();
    setting.router.expectSilence();
    await expectClosed(setting, 1);
  });

  it('topics are being subscribed again: it says GOODBYE', async () => {
    const setting = idle();
    watch(setting.wamp.topic(TOPIC));
    setting.router.welcome();
    setting.router.expect(Code.SUBSCRIBE);
    await close(setting);
    setting.router.expect(Code.GOODBYE);
    setting.router.expectSilence();
    expect(setting.statuses()).toStrictEqual(['idle', 'connecting', 'closed']);
    await expectClosed(setting, 1);
  });

  it('waiting to retry: it stops the retry', async () => {
    const setting = connected();
    setting.router.drop();
    const call = watch(setting.wamp.call(PROCEDURE));
    await setting.wamp.close();
    expect(call.error).toMatchObject({ name: 'ClientClosedError' });
    await expectClosed(setting, 1);
  });

  it('closed by a fatal error: it keeps that', async () => {
    const { router, wamp, states } = idle();
    wamp.connect();
    router.expect(Code.HELLO);
    router.send([Code.ABORT, {}, 'wamp.error.no_such_realm']);
    await wamp.close();
    expect(states.at(-1)).toMatchObject({ status: 'closed', cause: { reason: 'wamp.error.no_such_realm' } });
  });

  it('the connection is lost at the same time: closed, and no error', async () => {
    const setting = connected();
    const closed = setting.wamp.close();
    setting.router.drop();
    await closed;
    await expectClosed(setting, 1);
  });
});

describe('a closed client', () => {
  it('refuses whatever is asked of it', async () => {
    const setting = idle();
    const { wamp, router, faults } = setting;
    await wamp.close();
    const closed = { name: 'ClientClosedError' };
    expect(watch(wamp.topic(TOPIC)).error).toMatchObject({ ...closed, attempted: 'SUBSCRIBE', on: TOPIC });
    expect(watch(wamp.call(PROCEDURE)).error).toMatchObject({ ...closed, attempted: 'CALL', on: PROCEDURE });
    expect(watch(wamp.register(PROCEDURE, () => 1)).error).toMatchObject({
      ...closed,
      attempted: 'REGISTER',
      on: PROCEDURE,
    });
    expect(watch(wamp.publish(TOPIC)).error).toMatchObject({ ...closed, attempted: 'PUBLISH', on: TOPIC });
    wamp.publish(TOPIC);
    await settled();
    expect(faults).toStrictEqual([]);
    expect(router.attempts).toBe(0);
  });

  it('by an error says which', () => {
    const { router, wamp } = idle();
    wamp.connect();
    router.expect(Code.HELLO);
    router.send([Code.ABORT, {}, 'wamp.error.no_such_realm']);
    expect(watch(wamp.call(PROCEDURE)).error).toMatchObject({
      name: 'ClientClosedError',
      message: expect.stringContaining('no_such_realm'),
      cause: { name: 'ConnectionRefusedError', reason: 'wamp.error.no_such_realm' },
    });
  });

  it('is one as soon as it is being closed', () => {
    const { router, wamp } = connected();
    void wamp.close();
    router.expect(Code.GOODBYE);
    expect(watch(wamp.topic(TOPIC)).error).toMatchObject({ name: 'ClientClosedError' });
    expect(watch(wamp.call(PROCEDURE)).error).toMatchObject({ name: 'ClientClosedError' });
    expect(watch(wamp.publish(TOPIC)).error).toMatchObject({ name: 'ClientClosedError' });
    router.expectSilence();
  });

  it('tells of what was waiting for a connection and nobody watched, before the faults end', async () => {
    const { wamp, faults } = idle({ transport: NEVER });
    wamp.publish(TOPIC, ['waits']);
    wamp.publish('com.app.other', ['too']);
    await wamp.close();
    expect(faults).toMatchObject([
      { name: 'ClientClosedError', attempted: 'PUBLISH', on: TOPIC },
      { name: 'ClientClosedError', attempted: 'PUBLISH', on: 'com.app.other' },
    ]);
  });
});

it('faults$ and roundTripMs$ complete when the client ends for an error, too', async () => {
  const { router, wamp } = idle({ retry: false });
  const seen = [watch(wamp.faults$), watch(wamp.roundTripMs$)];
  router.refuse();
  wamp.connect();
  await settled();
  expect(wamp.state.status).toBe('closed');
  expect(seen.map(({ complete }) => complete)).toStrictEqual([true, true]);
});
