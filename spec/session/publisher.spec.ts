import { describe, expect, it, jest } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import type { Dict, List } from '../../src/protocol/message.js';
import { joined, useVirtualTime } from './support.js';

useVirtualTime();

describe('PUBLISH', () => {
  it.each<[List, Dict, readonly unknown[]]>([
    [[], {}, [16, 1, {}, 'com.app.a']],
    [[1, 'x'], {}, [16, 1, {}, 'com.app.a', [1, 'x']]],
    [[], { k: 1 }, [16, 1, {}, 'com.app.a', [], { k: 1 }]],
    [[0], { k: 1 }, [16, 1, {}, 'com.app.a', [0], { k: 1 }]],
    [[null], {}, [16, 1, {}, 'com.app.a', [null]]],
    [[false, '', 0], {}, [16, 1, {}, 'com.app.a', [false, '', 0]]],
  ])('C-7: leaves an empty tail off: %j %j', (args, kwargs, message) => {
    const { router, session } = joined();
    session.publisher.publish('com.app.a', args, kwargs, {});
    expect(router.expect(Code.PUBLISH).message).toStrictEqual(message);
  });

  it('C-15: without acknowledge expects no answer', () => {
    const { router, session } = joined();
    const acknowledgement = { published: jest.fn(), failed: jest.fn() };
    session.publisher.publish('com.app.a', [], {}, {}, acknowledgement);
    const { request } = router.expect(Code.PUBLISH);
    router.send([Code.PUBLISHED, request, 9]);
    router.send([Code.ERROR, Code.PUBLISH, request, {}, 'wamp.error.x']);
    router.drop();
    expect(acknowledgement.published).not.toHaveBeenCalled();
    expect(acknowledgement.failed).not.toHaveBeenCalled();
  });

  it('with acknowledge is told of PUBLISHED', () => {
    const { router, session } = joined();
    const acknowledgement = { published: jest.fn(), failed: jest.fn() };
    session.publisher.publish('com.app.a', [], {}, { acknowledge: true }, acknowledgement);
    router.send([Code.PUBLISHED, router.expect(Code.PUBLISH).request, 9]);
    expect(acknowledgement.published.mock.calls).toStrictEqual([[9]]);
  });

  it('with acknowledge is told of an ERROR', () => {
    const { router, session } = joined();
    const acknowledgement = { published: jest.fn(), failed: jest.fn() };
    session.publisher.publish('com.app.a', [], {}, { acknowledge: true }, acknowledgement);
    router.send([Code.ERROR, Code.PUBLISH, router.expect(Code.PUBLISH).request, {}, 'wamp.error.not_authorized']);
    expect(acknowledgement.failed).toHaveBeenCalledWith(
      expect.objectContaining({ uri: 'wamp.error.not_authorized', on: 'com.app.a' }),
    );
  });
});
