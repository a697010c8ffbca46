import { describe, expect, it } from '@jest/globals';
import { take } from 'rxjs';
import { Code } from '../../src/protocol/code.js';
import type { WampMessage } from '../../src/protocol/message.js';
import type { WampEvent } from '../../src/session/event.js';
import type { Session } from '../../src/session/session.js';
import type { FakeRouter } from '../../src/testing/index.js';
import { eventsOf, joined, joinedAtOnce, type Seen, useVirtualTime, watch } from './support.js';

useVirtualTime();

const TOPIC = 'com.app.topic';
type Topic = Seen<WampEvent> & { readonly subscription: { unsubscribe(): void } };
const subscribe = (session: Session, topic = TOPIC, options = {}): Topic => watch(eventsOf(session, topic, options));
const answer = (router: FakeRouter, subscription = 7): void => {
  router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, subscription]);
};
const args = ({ values }: Topic): unknown[] => values.map((event) => event.value);

describe('SUBSCRIBE', () => {
  it('goes out on subscribe, as it was asked for; its events come', () => {
    const { router, session } = joined();
    const topic = subscribe(session, TOPIC, { get_retained: true, _x: 1 });
    router.expect(Code.SUBSCRIBE, { topic: TOPIC, options: { get_retained: true, _x: 1 } });
    router.send([Code.SUBSCRIBED, 1, 7]);
    router.send([Code.EVENT, 7, 1, {}, ['a']]);
    expect(args(topic)).toStrictEqual(['a']);
  });

  it('that is refused is an error on that stream alone', () => {
    const { router, session } = joined();
    const [bad, good] = [subscribe(session, 'com.app.secret'), subscribe(session)];
    const { request } = router.expect(Code.SUBSCRIBE, { topic: 'com.app.secret' });
    router.send([Code.ERROR, Code.SUBSCRIBE, request, {}, 'wamp.error.not_authorized', ['no']]);
    answer(router);
    router.send([Code.EVENT, 7, 1, {}]);
    expect(bad.error).toMatchObject({ uri: 'wamp.error.not_authorized', args: ['no'], on: 'com.app.secret' });
    expect(good).toMatchObject({ error: undefined, complete: false });
    expect(good.values).toHaveLength(1);
    bad.subscription.unsubscribe();
    router.expectSilence();
  });

  it('whose options cannot be encoded is an error, and leaves nothing behind', () => {
    const { router, session } = joined();
    const bad = subscribe(session, TOPIC, { _f: () => 1 });
    expect(bad.error).toMatchObject({ name: 'SerializationError' });
    const good = subscribe(session);
    answer(router);
    good.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
  });
});

describe('C-17: an event', () => {
  it('tells everything the broker says', () => {
    const { router, session } = joined();
    const topic = subscribe(session);
    answer(router);
    const details = {
      publisher: 5,
      publisher_authid: 'joe',
      publisher_authrole: 'user',
      trustlevel: 2,
      retained: true,
    };
    router.send([Code.EVENT, 7, 9007199254740992, details, [1, 2], { k: 'v' }]);
    expect(topic.values).toStrictEqual([
      expect.objectContaining({
        args: [1, 2],
        kwargs: { k: 'v' },
        value: 1,
        details,
        topic: TOPIC,
        publication: 9007199254740992,
        subscription: 7,
      }),
    ]);
  });

  it('of a pattern is of the topic in its details', () => {
    const { router, session } = joined();
    const topic = subscribe(session, 'com.app', { match: 'prefix' });
    answer(router);
    router.send([Code.EVENT, 7, 1, { topic: 'com.app.tick' }]);
    expect(topic.values[0]?.topic).toBe('com.app.tick');
  });

  it.each([
    ['[36,7,1,{}]', [], {}],
    ['[36,7,1,{},[]]', [], {}],
    ['[36,7,1,{},null]', [], {}],
    ['[36,7,1,{},[],{}]', [], {}],
    ['[36,7,1,{},[1]]', [1], {}],
    ['[36,7,1,{},[],{"a":1}]', [], { a: 1 }],
    ['[36,7,1,{},null,{"a":1}]', [], { a: 1 }],
    ['[36,7,1,{},[1],{"a":1}]', [1], { a: 1 }],
    ['[36,7,1,{"x_new":[],"_y":null,"topic":null},[1],null,"more"]', [1], {}],
  ])('C-7, C-6: is read in every shape: %s', (frame, expectedArgs, expectedKwargs) => {
    const { router, session } = joined();
    const topic = subscribe(session);
    answer(router);
    router.sendRaw(frame);
    expect(topic.values).toStrictEqual([
      expect.objectContaining({ args: expectedArgs, kwargs: expectedKwargs, topic: TOPIC }),
    ]);
  });

  it('is seen by who is subscribed when it comes, whoever leaves or joins meanwhile', () => {
    const { router, session } = joined();
    const seen: string[] = [];
    const first = eventsOf(session, TOPIC).subscribe(() => {
      seen.push('first');
      second.unsubscribe();
    });
    const second = eventsOf(session, TOPIC).subscribe(() => seen.push('second'));
    answer(router);
    answer(router);
    router.send([Code.EVENT, 7, 1, {}]);
    expect(seen).toStrictEqual(['first']);
    first.unsubscribe();
    router.expect(Code.UNSUBSCRIBE);
  });
});

describe('C-14: one subscription of the broker’s may be many here', () => {
  it('two at once with different options: the first to leave does not mute the other', () => {
    const { router, session } = joined();
    const [a, b] = [subscribe(session), subscribe(session, TOPIC, { get_retained: true })];
    answer(router);
    answer(router);
    router.send([Code.EVENT, 7, 1, {}, [1]]);
    a.subscription.unsubscribe();
    router.expectSilence();
    router.send([Code.EVENT, 7, 2, {}, [2]]);
    expect([args(a), args(b)]).toStrictEqual([[1], [1, 2]]);
    b.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
    router.expectSilence();
  });

  it('… and so in the other order', () => {
    const { router, session } = joined();
    const [a, b] = [subscribe(session), subscribe(session)];
    answer(router);
    answer(router);
    b.subscription.unsubscribe();
    router.expectSilence();
    a.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
  });

  it('the same topic under another policy is another subscription', () => {
    const { router, session } = joined();
    const [a, b] = [subscribe(session, 'com.app'), subscribe(session, 'com.app', { match: 'prefix' })];
    answer(router, 7);
    answer(router, 8);
    router.send([Code.EVENT, 7, 1, {}, ['exact']]);
    router.send([Code.EVENT, 8, 1, { topic: 'com.app' }, ['prefix']]);
    expect([args(a), args(b)]).toStrictEqual([['exact'], ['prefix']]);
    a.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
  });
});

describe('leaving before SUBSCRIBED', () => {
  it('still sends UNSUBSCRIBE, when it came', () => {
    const { router, session } = joined();
    const topic = subscribe(session);
    const { request } = router.expect(Code.SUBSCRIBE);
    topic.subscription.unsubscribe();
    router.expectSilence();
    router.send([Code.SUBSCRIBED, request, 7]);
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
    router.expectSilence();
    router.send([Code.EVENT, 7, 1, {}]);
    expect(topic.values).toStrictEqual([]);
  });

  it('and being refused ends it', () => {
    const { router, session } = joined();
    subscribe(session).subscription.unsubscribe();
    router.send([Code.ERROR, Code.SUBSCRIBE, router.expect(Code.SUBSCRIBE).request, {}, 'wamp.error.x']);
    router.expectSilence();
  });

  it('of one of two, in every order of leaving and answering', () => {
    for (const leaver of [0, 1] as const) {
      for (const answered of [0, 1] as const) {
        const { router, session } = joined();
        const topics = [subscribe(session), subscribe(session)] as const;
        const requests = [router.expect(Code.SUBSCRIBE).request, router.expect(Code.SUBSCRIBE).request];
        for (let turn = 0; turn < answered; turn++) router.send([Code.SUBSCRIBED, requests.shift() ?? 0, 7]);
        topics[leaver].subscription.unsubscribe();
        for (const request of requests) router.send([Code.SUBSCRIBED, request, 7]);
        router.expectSilence();
        router.send([Code.EVENT, 7, 1, {}, ['x']]);
        const stayer = topics[leaver === 0 ? 1 : 0];
        expect(args(stayer)).toStrictEqual(['x']);
        stayer.subscription.unsubscribe();
        router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
        router.expectSilence();
      }
    }
  });

  it('of all while another SUBSCRIBE to the same is on its way: one UNSUBSCRIBE, after it', () => {
    const { router, session } = joined();
    const first = subscribe(session);
    answer(router);
    const second = subscribe(session);
    const { request } = router.expect(Code.SUBSCRIBE);
    first.subscription.unsubscribe();
    second.subscription.unsubscribe();
    // One sent now would end what the answer to come says has begun.
    router.expectSilence();
    router.send([Code.SUBSCRIBED, request, 7]);
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
    router.expectSilence();
  });

  it('of all, and the other SUBSCRIBE is refused', () => {
    const { router, session } = joined();
    const first = subscribe(session);
    answer(router);
    const second = subscribe(session);
    first.subscription.unsubscribe();
    router.send([Code.ERROR, Code.SUBSCRIBE, router.expect(Code.SUBSCRIBE).request, {}, 'wamp.error.x']);
    expect(second.error).toBeDefined();
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
  });

  it('of the first, and the other comes by another id: each is released on its own', () => {
    const { router, session } = joined();
    const first = subscribe(session);
    answer(router, 7);
    const second = subscribe(session);
    first.subscription.unsubscribe();
    router.expect(Code.SUBSCRIBE);
    router.expectSilence();
    router.send([Code.SUBSCRIBED, 2, 8]);
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
    second.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 8 });
  });
});

describe('an UNSUBSCRIBE in flight', () => {
  it('and a new SUBSCRIBE follow each other on the wire; the same id lives on', () => {
    const { router, session } = joined();
    const first = subscribe(session);
    answer(router);
    first.subscription.unsubscribe();
    const second = subscribe(session);
    const unsubscribe = router.expect(Code.UNSUBSCRIBE);
    const resubscribe = router.expect(Code.SUBSCRIBE);
    // Late, for the first.
    router.send([Code.EVENT, 7, 1, {}, ['late']]);
    router.send([Code.UNSUBSCRIBED, unsubscribe.request]);
    router.send([Code.SUBSCRIBED, resubscribe.request, 7]);
    router.send([Code.EVENT, 7, 2, {}, ['new']]);
    expect([args(first), args(second)]).toStrictEqual([[], ['new']]);
    second.subscription.unsubscribe();
    router.expect(Code.UNSUBSCRIBE, { subscription: 7 });
  });

  it('that is refused is no error of anybody’s', () => {
    const { router, session, sessions } = joined();
    const topic = subscribe(session);
    answer(router);
    topic.subscription.unsubscribe();
    const { request } = router.expect(Code.UNSUBSCRIBE);
    router.send([Code.ERROR, Code.UNSUBSCRIBE, request, {}, 'wamp.error.no_such_subscription']);
    expect(sessions.error).toBeUndefined();
  });
});

describe('C-19: UNSUBSCRIBED with request 0', () => {
  it('is the broker taking the subscription back: an error of all who had it, and nothing is sent', () => {
    const { router, session } = joined();
    const topics = [subscribe(session), subscribe(session)];
    answer(router);
    answer(router);
    router.send([Code.UNSUBSCRIBED, 0, { subscription: 7, reason: 'com.app.closed' }]);
    for (const { error } of topics)
      expect(error).toMatchObject({ name: 'RevokedError', reason: 'com.app.closed', on: TOPIC });
    router.expectSilence();
    subscribe(session);
    router.expect(Code.SUBSCRIBE);
  });

  it('may have no reason', () => {
    const { router, session } = joined();
    const topic = subscribe(session);
    answer(router);
    router.send([Code.UNSUBSCRIBED, 0, { subscription: 7 }]);
    expect(topic.error).toMatchObject({ name: 'RevokedError', reason: undefined });
  });
});

it('takes what comes before the call that asked for it returns', () => {
  const sent: WampMessage[] = [];
  const session = joinedAtOnce((message) => {
    sent.push(message);
    const [code, request] = message;
    return code === Code.SUBSCRIBE
      ? [
          [Code.SUBSCRIBED, request, 7],
          [Code.EVENT, 7, 1, { retained: true }, ['kept']],
        ]
      : [];
  });
  const topic = watch(eventsOf(session, TOPIC).pipe(take(1)));
  expect(args(topic)).toStrictEqual(['kept']);
  expect(sent.map(([code]) => code)).toStrictEqual([Code.SUBSCRIBE, Code.UNSUBSCRIBE]);
});
