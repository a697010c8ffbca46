import { describe, expect, it, jest } from '@jest/globals';
import { NEVER } from 'rxjs';
import { Code, isTopicGap, WampClient, type ConnectionState, type WampClientOptions, type WampEvent } from 'rxwamp';
import { fakeRouter, type FakeRouter } from 'rxwamp/testing';
import { settled, watch } from '../session/support.js';
import { again, PROCEDURE, registered, subscribed, TOPIC, useVirtualTime, valuesOf } from './support.js';

useVirtualTime();

interface Moving {
  readonly wamp: WampClient;
  /** Where the client is. */
  readonly old: FakeRouter;
  /** Where it goes. */
  readonly next: FakeRouter;
  readonly states: ConnectionState[];
}

/** A client in a session; each further connection goes to `next`. */
function inSession(options: Partial<WampClientOptions> = {}): Moving {
  const [old, next] = [fakeRouter(), fakeRouter()];
  let attempts = 0;
  const wamp = new WampClient({
    transport: () => (attempts++ === 0 ? old : next).transport,
    realm: 'realm1',
    ...options,
  });
  const states = watch(wamp.state$).values;
  wamp.connect();
  old.welcome();
  return { wamp, old, next, states };
}

/** Starts to move; the result settles when the spec has played it. */
function moving({ wamp }: Moving): { session?: number; error?: unknown } {
  const outcome: { session?: number; error?: unknown } = {};
  wamp.reconnect({ graceful: true }).then(
    ({ id }) => (outcome.session = id),
    (error: unknown) => (outcome.error = error),
  );
  return outcome;
}

/** The old router answers what it is asked to, so that all it had to say has been said. */
const answerProbe = ({ old }: Moving): void => {
  const { request } = old.expect(Code.CALL);
  old.send([Code.ERROR, Code.CALL, request, {}, 'wamp.error.no_such_procedure']);
};

describe('reconnect({ graceful: true })', () => {
  it('joins and subscribes in the new session before it leaves the old one', async () => {
    const setting = inSession();
    const { wamp, old, next, states } = setting;
    const topic = watch(wamp.topic(TOPIC, { gaps: 'notice' }));
    subscribed(old, 7);
    const outcome = moving(setting);
    old.expectSilence();
    next.welcome();
    old.expectSilence();
    subscribed(next, 8);
    answerProbe(setting);
    old.send([Code.UNSUBSCRIBED, old.expect(Code.UNSUBSCRIBE, { subscription: 7 }).request]);
    old.expect(Code.GOODBYE);
    old.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    old.expectClosed();
    await settled();
    expect(outcome).toStrictEqual({ session: 1_001 });
    next.send([Code.EVENT, 8, 1, {}, ['new']]);
    expect(topic.values.map((item) => (isTopicGap(item) ? 'gap' : item.value))).toStrictEqual(['new']);
    expect(states.map(({ status }) => status)).toStrictEqual(['idle', 'connecting', 'connected', 'connected']);
    next.expectSilence();
  });

  it('gives every event once and in order, whichever session brings it first', () => {
    const setting = inSession();
    const { wamp, old, next } = setting;
    const topic = watch<WampEvent>(wamp.topic(TOPIC));
    subscribed(old, 7);
    moving(setting);
    next.welcome();
    old.send([Code.EVENT, 7, 101, {}, ['old alone']]);
    subscribed(next, 8);
    next.send([Code.EVENT, 8, 102, {}, ['both, new first']]);
    old.send([Code.EVENT, 7, 102, {}, ['both, new first']]);
    old.send([Code.EVENT, 7, 103, {}, ['both, old first']]);
    next.send([Code.EVENT, 8, 103, {}, ['both, old first']]);
    next.send([Code.EVENT, 8, 104, {}, ['new alone']]);
    expect(valuesOf(topic)).toStrictEqual(['old alone', 'both, new first', 'both, old first']);
    answerProbe(setting);
    next.send([Code.EVENT, 8, 105, {}, ['later']]);
    expect(valuesOf(topic)).toStrictEqual(['old alone', 'both, new first', 'both, old first', 'new alone', 'later']);
  });

  it('takes the new session after the close time-out, when the old one says nothing more', () => {
    const setting = inSession({ closeTimeoutMs: 500 });
    const { wamp, old, next } = setting;
    moving(setting);
    next.welcome();
    old.expect(Code.CALL);
    jest.advanceTimersByTime(499);
    expect(wamp.state).toMatchObject({ session: { id: 1_001 } });
    old.expectSilence();
    jest.advanceTimersByTime(1);
    wamp.call(PROCEDURE).subscribe();
    next.expect(Code.CALL, { procedure: PROCEDURE });
  });

  it('lets calls in flight end where they began, and sends new ones to the new session', () => {
    const setting = inSession();
    const { wamp, old, next } = setting;
    const call = watch(wamp.call(PROCEDURE));
    const { request } = old.expect(Code.CALL, { procedure: PROCEDURE });
    moving(setting);
    next.welcome();
    answerProbe(setting);
    watch(wamp.call(PROCEDURE));
    next.expect(Code.CALL, { procedure: PROCEDURE });
    old.expectSilence();
    old.send([Code.RESULT, request, {}, ['from the old one']]);
    expect(valuesOf(call)).toStrictEqual(['from the old one']);
    old.expect(Code.GOODBYE);
  });

  it('gives what runs in the old session 30 s', () => {
    const setting = inSession();
    const { wamp, old, next } = setting;
    const call = watch(wamp.call(PROCEDURE));
    old.expect(Code.CALL, { procedure: PROCEDURE });
    moving(setting);
    next.welcome();
    answerProbe(setting);
    jest.advanceTimersByTime(29_999);
    expect(call.error).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect(call.error).toMatchObject({ name: 'ConnectionLostError' });
    old.expect(Code.GOODBYE);
  });

  it('registers anew once the old session has given a procedure up, and emits the new registration', () => {
    const setting = inSession();
    const { wamp, old, next } = setting;
    const registrations = watch(wamp.register(PROCEDURE, () => 'answer'));
    registered(old, 7);
    const outcome = moving(setting);
    next.welcome();
    const { request } = next.expect(Code.REGISTER);
    next.send([Code.ERROR, Code.REGISTER, request, {}, 'wamp.error.procedure_already_exists']);
    const unregister = old.expect(Code.UNREGISTER, { registration: 7 });
    old.expectSilence();
    old.send([Code.UNREGISTERED, unregister.request]);
    again();
    registered(next, 8);
    expect(registrations.values.map(({ id }) => id)).toStrictEqual([7, 8]);
    answerProbe(setting);
    old.expect(Code.GOODBYE);
    expect(outcome.error).toBeUndefined();
  });

  it('keeps a registration that several callees may have without a gap', () => {
    const setting = inSession();
    const { wamp, old, next } = setting;
    watch(wamp.register(PROCEDURE, () => 'answer', { invoke: 'roundrobin' }));
    registered(old, 7);
    moving(setting);
    next.welcome();
    registered(next, 8);
    // Still there while the new one is.
    old.send([Code.INVOCATION, 1, 7, {}]);
    answerProbe(setting);
    old.expect(Code.YIELD, { args: ['answer'] });
    old.send([Code.UNREGISTERED, old.expect(Code.UNREGISTER, { registration: 7 }).request]);
    old.expect(Code.GOODBYE);
  });

  it('stays in the old session when the new one cannot be had, and says why', async () => {
    const setting = inSession();
    const { wamp, old, next, states } = setting;
    const topic = watch<WampEvent>(wamp.topic(TOPIC));
    subscribed(old, 7);
    next.refuse();
    const outcome = moving(setting);
    await settled();
    expect(outcome.error).toMatchObject({ name: 'ConnectionRefusedError' });
    old.send([Code.EVENT, 7, 1, {}, ['still here']]);
    expect(valuesOf(topic)).toStrictEqual(['still here']);
    jest.advanceTimersByTime(60_000);
    expect(next.attempts).toBe(1);
    expect(states).toHaveLength(3);
    old.expectSilence();
  });

  it('stays, too, when the new session is lost before it is ready', async () => {
    const setting = inSession();
    const { wamp, old, next } = setting;
    const topic = watch<WampEvent>(wamp.topic(TOPIC));
    watch(wamp.register(PROCEDURE, () => 1));
    subscribed(old, 7);
    registered(old, 9);
    const outcome = moving(setting);
    next.welcome();
    next.expect(Code.SUBSCRIBE);
    next.drop();
    await settled();
    expect(outcome.error).toMatchObject({ name: 'ConnectionLostError' });
    old.send([Code.EVENT, 7, 1, {}, ['still here']]);
    old.send([Code.INVOCATION, 1, 9, {}]);
    old.expect(Code.YIELD);
    expect(valuesOf(topic)).toStrictEqual(['still here']);
  });

  it('goes on in the new session when the old one is lost meanwhile, and the topic has its gap', () => {
    const setting = inSession();
    const { wamp, old, next, states } = setting;
    const topic = watch(wamp.topic(TOPIC, { gaps: 'notice' }));
    subscribed(old, 7);
    moving(setting);
    next.welcome();
    const { request } = next.expect(Code.SUBSCRIBE);
    old.drop();
    next.send([Code.SUBSCRIBED, request, 8]);
    next.send([Code.EVENT, 8, 1, {}, ['new']]);
    expect(topic.values.map((item) => (isTopicGap(item) ? 'gap' : item.value))).toStrictEqual(['gap', 'new']);
    expect(states.map(({ status }) => status).slice(2)).toStrictEqual(['connected', 'connecting', 'connected']);
  });

  it('is lost and made again like any session afterwards', () => {
    const setting = inSession();
    const { wamp, next } = setting;
    moving(setting);
    next.welcome();
    answerProbe(setting);
    next.drop();
    expect(wamp.state.status).toBe('waiting');
    again();
    next.welcome();
    expect(wamp.state).toMatchObject({ status: 'connected', session: { id: 1_002 } });
  });

  it('does not make the old session again when it is lost before it was left', () => {
    const setting = inSession();
    const { wamp, old, next } = setting;
    const call = watch(wamp.call(PROCEDURE));
    old.expect(Code.CALL);
    moving(setting);
    next.welcome();
    answerProbe(setting);
    old.drop();
    expect(call.error).toMatchObject({ name: 'ConnectionLostError' });
    jest.advanceTimersByTime(25_000);
    expect(next.attempts).toBe(1);
    expect(wamp.state).toMatchObject({ status: 'connected' });
  });

  it('asked for twice is done once', async () => {
    const setting = inSession();
    const { next } = setting;
    const outcomes = [moving(setting), moving(setting)];
    next.welcome();
    answerProbe(setting);
    await settled();
    expect(outcomes).toStrictEqual([{ session: 1_001 }, { session: 1_001 }]);
    expect(next.attempts).toBe(1);
  });

  it('is called off by close()', async () => {
    const setting = inSession();
    const { wamp, old, next } = setting;
    const outcome = moving(setting);
    next.welcome();
    const closed = wamp.close();
    old.expect(Code.CALL);
    old.expect(Code.GOODBYE);
    old.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    await closed;
    await settled();
    expect(outcome.error).toMatchObject({ name: 'ClientClosedError' });
    next.expectClosed();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('leaves no timer and no subscription behind when both sessions end', async () => {
    const setting = inSession();
    const { wamp, old, next } = setting;
    watch(wamp.call(PROCEDURE));
    watch(wamp.register('com.app.never', () => NEVER));
    old.expect(Code.CALL);
    registered(old, 7);
    moving(setting);
    next.welcome();
    registered(next, 8);
    answerProbe(setting);
    const closed = wamp.close();
    next.expect(Code.GOODBYE);
    next.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    await closed;
    old.expectClosed();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('reconnect()', () => {
  it('says GOODBYE, and connects at once', async () => {
    const { wamp, old, next, states } = inSession();
    const topic = watch(wamp.topic(TOPIC, { gaps: 'notice' }));
    subscribed(old, 7);
    const call = watch(wamp.call(PROCEDURE));
    const moved = wamp.reconnect();
    expect(call.error).toMatchObject({ name: 'ConnectionLostError' });
    old.expect(Code.CALL);
    old.expect(Code.GOODBYE);
    old.send([Code.GOODBYE, {}, 'wamp.close.goodbye_and_out']);
    next.welcome();
    subscribed(next, 8);
    expect((await moved).id).toBe(1_001);
    expect(topic.values.map((item) => isTopicGap(item))).toStrictEqual([true]);
    expect(states.map(({ status }) => status)).toStrictEqual([
      'idle',
      'connecting',
      'connected',
      'connecting',
      'connected',
    ]);
  });

  it('connects a client that has not been used', async () => {
    const router = fakeRouter();
    const wamp = new WampClient({ transport: router.transport, realm: 'realm1' });
    const moved = wamp.reconnect();
    router.welcome();
    expect((await moved).id).toBe(1_001);
  });

  it('of a closed client is an error', async () => {
    const wamp = new WampClient({ transport: fakeRouter().transport, realm: 'realm1' });
    await wamp.close();
    await expect(wamp.reconnect()).rejects.toMatchObject({ name: 'ClientClosedError' });
  });
});
