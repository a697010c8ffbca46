import { describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import { json } from '../../src/serializers/json.js';
import { eventsOf, joined, useVirtualTime, watch } from './support.js';

useVirtualTime();

describe('events of a subscription that nobody holds', () => {
  it('are not decoded, and those of one that is held are', () => {
    const serializer = { ...json() };
    const decode = jest.spyOn(serializer, 'decode');
    const { router, session } = joined({}, { serializer });
    const kept = watch(eventsOf(session, 'com.app.kept'));
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 7]);
    const left = watch(eventsOf(session, 'com.app.left'));
    router.send([Code.SUBSCRIBED, router.expect(Code.SUBSCRIBE).request, 8]);
    left.subscription.unsubscribe();
    const before = decode.mock.calls.length;
    for (let id = 1; id <= 50; id++) router.send([Code.EVENT, 8, id, {}, ['x'.repeat(1_000)]]);
    // The first tells that there are such.
    expect(decode.mock.calls.length - before).toBe(1);
    router.send([Code.EVENT, 7, 99, {}, ['kept']]);
    expect(kept.values.map(({ value }) => value)).toStrictEqual(['kept']);
    expect(left.values).toStrictEqual([]);
  });
});
