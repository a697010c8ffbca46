import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import { Code, limitConcurrency, type Invocation } from 'rxwamp';
import { settled, watch } from '../session/support.js';
import { connected, PROCEDURE, registered, useVirtualTime, type Setting } from './support.js';

useVirtualTime();

/** A procedure that works on one invocation at a time, and lets one wait; `calls` are those it works on. */
function limited(handler: (invocation: Invocation) => unknown): Setting & { readonly calls: number[] } {
  const setting = connected();
  const calls: number[] = [];
  const counted = (invocation: Invocation): unknown => {
    calls.push(invocation.id);
    return handler(invocation);
  };
  watch(setting.wamp.register(PROCEDURE, limitConcurrency(counted, { concurrency: 1, capacity: 1 })));
  registered(setting.router, 7);
  return { ...setting, calls };
}
const invoke = ({ router }: Setting, ...ids: number[]): void => {
  for (const id of ids) router.send([Code.INVOCATION, id, 7, { receive_progress: true }]);
};

describe('limitConcurrency', () => {
  it('works on one after the other, and answers what is too many with unavailable', async () => {
    const answers: ((value: string) => void)[] = [];
    const setting = limited(() => new Promise<string>((resolve) => answers.push(resolve)));
    const { router, calls } = setting;
    invoke(setting, 1, 2, 3);
    router.expect(Code.ERROR, { request: 3, error: 'wamp.error.unavailable' });
    expect(calls).toStrictEqual([1]);
    answers[0]?.('one');
    await settled();
    router.expect(Code.YIELD, { request: 1, args: ['one'] });
    expect(calls).toStrictEqual([1, 2]);
    answers[1]?.('two');
    await settled();
    router.expect(Code.YIELD, { request: 2, args: ['two'] });
  });

  it('has a stream to its end, also that of one that waited', async () => {
    const streams: Subject<number>[] = [];
    const setting = limited(() => {
      const stream$ = new Subject<number>();
      streams.push(stream$);
      return stream$;
    });
    const { router, calls } = setting;
    invoke(setting, 1, 2);
    streams[0]?.next(1);
    router.expect(Code.YIELD, { request: 1, args: [1], options: { progress: true } });
    expect(calls).toStrictEqual([1]);
    streams[0]?.complete();
    router.expect(Code.YIELD, { request: 1 });
    await settled();
    streams[1]?.next(2);
    router.expect(Code.YIELD, { request: 2, args: [2], options: { progress: true } });
    invoke(setting, 3);
    expect(calls).toStrictEqual([1, 2]);
  });

  it.each<[string, (invocation: Invocation) => unknown]>([
    ['a value', () => 'answer'],
    [
      'an exception',
      () => {
        throw new Error('broken');
      },
    ],
    ['a Promise that fails', () => Promise.reject(new Error('broken'))],
  ])('ends the turn with %s', async (_, handler) => {
    const setting = limited(handler);
    for (const id of [1, 2, 3]) {
      invoke(setting, id);
      await settled();
    }
    expect(setting.calls).toStrictEqual([1, 2, 3]);
  });

  it('forgets one that is cancelled while it waits, and makes room', async () => {
    const setting = limited(() => new Subject());
    const { router, calls } = setting;
    invoke(setting, 1, 2);
    router.send([Code.INTERRUPT, 2, { mode: 'kill' }]);
    await settled();
    router.expect(Code.ERROR, { request: 2, error: 'wamp.error.canceled' });
    invoke(setting, 3);
    router.expectSilence();
    router.send([Code.INTERRUPT, 1, { mode: 'killnowait' }]);
    await settled();
    expect(calls).toStrictEqual([1, 3]);
  });

  it('goes on when a stream’s invocation was over before it was listened to', async () => {
    const setting = limited(({ id }) => {
      setting.router.send([Code.INTERRUPT, id, { mode: 'killnowait' }]);
      return new Subject();
    });
    invoke(setting, 1);
    await settled();
    invoke(setting, 2);
    await settled();
    expect(setting.calls).toStrictEqual([1, 2]);
  });

  it.each([{ concurrency: 0 }, { concurrency: 1, capacity: -1 }, { concurrency: 1.5 }])('refuses %p', (options) => {
    expect(() => limitConcurrency(() => 1, options)).toThrow(expect.objectContaining({ name: 'UsageError' }));
  });
});

it('a handler’s Promise of a stream is followed as the stream is', async () => {
  const { router, wamp } = connected();
  const stream$ = new Subject<number>();
  watch(wamp.register(PROCEDURE, () => Promise.resolve(stream$)));
  registered(router, 7);
  router.send([Code.INVOCATION, 1, 7, { receive_progress: true }]);
  await settled();
  stream$.next(5);
  router.expect(Code.YIELD, { args: [5], options: { progress: true } });
});
