import { describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { ConnectionLostError } from '../../src/protocol/errors.js';
import { nextId } from '../../src/protocol/id.js';
import type { Publish, Published } from '../../src/protocol/message.js';
import { Requests, type Pending } from '../../src/session/requests.js';
import { eventsOf, joined, useVirtualTime, watch } from './support.js';

useVirtualTime();

const pending = (overrides: Partial<Pending<Published>> = {}): Pending<Published> => ({
  code: Code.PUBLISH,
  on: 'com.app.topic',
  settle: () => true,
  fail: () => undefined,
  ...overrides,
});
const publish = (id: number): Publish => [Code.PUBLISH, id, {}, 'com.app.topic'];

describe('C-4: request ids', () => {
  it('start at 1 and grow by 1, from one counter for all six kinds of request', () => {
    const { router, session } = joined();
    const topic = watch(eventsOf(session, 'com.app.topic'));
    expect(router.expect(Code.SUBSCRIBE).request).toBe(1);
    router.send([Code.SUBSCRIBED, 1, 70]);
    session.publisher.publish('com.app.topic', [], {}, {});
    expect(router.expect(Code.PUBLISH).request).toBe(2);
    const registration = watch(session.callee.register('com.app.a', {}, () => 1));
    expect(router.expect(Code.REGISTER).request).toBe(3);
    router.send([Code.REGISTERED, 3, 71]);
    const call = watch(session.caller.call({ procedure: 'p.q', input: [[], {}], options: {}, cancelMode: 'kill' }));
    expect(router.expect(Code.CALL).request).toBe(4);
    // CANCEL, YIELD and ERROR take none.
    call.subscription.unsubscribe();
    router.expect(Code.CANCEL, { request: 4 });
    router.send([Code.INVOCATION, 1_000, 71, {}]);
    router.expect(Code.YIELD, { request: 1_000 });
    topic.subscription.unsubscribe();
    expect(router.expect(Code.UNSUBSCRIBE).request).toBe(5);
    registration.subscription.unsubscribe();
    expect(router.expect(Code.UNREGISTER).request).toBe(6);
  });

  it('start anew in every session', () => {
    for (let turn = 0; turn < 2; turn++) {
      const { router, session } = joined();
      session.publisher.publish('com.app.topic', [], {}, {});
      expect(router.expect(Code.PUBLISH).request).toBe(1);
    }
  });

  it('are 1 again after 2^53', () => {
    expect(nextId(9_007_199_254_740_991)).toBe(9_007_199_254_740_992);
    expect(nextId(9_007_199_254_740_992)).toBe(1);
  });
});

describe('C-5: an id is given when it is sent', () => {
  it('and given again when the message could not be encoded', () => {
    const { router, session } = joined();
    expect(() => {
      session.publisher.publish('com.app.topic', [() => 1], {}, {});
    }).toThrow(expect.objectContaining({ name: 'SerializationError' }));
    router.expectSilence();
    session.publisher.publish('com.app.topic', [1], {}, {});
    expect(router.expect(Code.PUBLISH).request).toBe(1);
  });

  it('and nobody waits for the answer to what was not sent', () => {
    const requests = new Requests(() => {
      throw new Error('no');
    });
    expect(() => requests.open(publish, pending())).toThrow('no');
    expect(requests.size).toBe(0);
  });
});

describe('answers', () => {
  it('find who waits already in place when they come before the request returns', () => {
    const settle = jest.fn(() => true);
    const requests: Requests = new Requests(() => {
      requests.settle(1, Code.PUBLISH, [Code.PUBLISHED, 1, 7]);
    });
    requests.open(publish, pending({ settle }));
    expect(settle.mock.calls).toStrictEqual([[[Code.PUBLISHED, 1, 7]]]);
    expect(requests.size).toBe(0);
  });

  it('settle once: a second one is late', () => {
    const settle = jest.fn(() => true);
    const requests = new Requests(() => undefined);
    const id = requests.open(publish, pending({ settle }));
    for (let turn = 0; turn < 2; turn++) requests.settle(id, Code.PUBLISH, [Code.PUBLISHED, id, 7]);
    expect(settle).toHaveBeenCalledTimes(1);
  });

  it('that are ERRORs say what was being done, to what, and what the router said', () => {
    const fail = jest.fn();
    const requests = new Requests(() => undefined);
    const id = requests.open(publish, pending({ fail }));
    requests.fail([Code.ERROR, Code.PUBLISH, id, { a: 1 }, 'com.app.error', ['why'], { k: 2 }]);
    expect(fail).toHaveBeenCalledWith(
      expect.objectContaining({
        name: 'WampError',
        uri: 'com.app.error',
        args: ['why'],
        kwargs: { k: 2 },
        details: { a: 1 },
        attempted: 'PUBLISH',
        on: 'com.app.topic',
        message: 'PUBLISH com.app.topic: com.app.error: why',
      }),
    );
    expect(requests.size).toBe(0);
  });

  it('are not waited for any more once the session ended, and new requests fail at once', () => {
    const fail = jest.fn();
    const requests = new Requests(() => undefined);
    requests.open(publish, pending({ fail }));
    requests.end((attempted, on) => new ConnectionLostError('gone', { attempted, on }));
    expect(fail).toHaveBeenCalledTimes(1);
    expect(requests.size).toBe(0);
    expect(() => requests.open(publish, pending())).toThrow(expect.objectContaining({ on: 'com.app.topic' }));
  });
});
