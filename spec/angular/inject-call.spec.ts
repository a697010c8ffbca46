/**
 * @jest-environment <rootDir>/spec/angular/jsdom-environment.mjs
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { inContext, initTestBed, PROCEDURE, setUp, show, textOf, tick } from './support.js';
import { signal } from '@angular/core';
import { of } from 'rxjs';
import { injectCall } from 'rxwamp/angular';

beforeAll(initTestBed);

describe('injectCall, with a payload', () => {
  it('calls, and calls again when an argument changes; the call on its way is cancelled', () => {
    const router = setUp();
    const a = signal(1);
    const call = inContext(() => injectCall(PROCEDURE, { payload: () => [a(), 10], initialValue: 0 }));
    tick();
    const first = router.expectCall(PROCEDURE);
    expect(first.args).toStrictEqual([1, 10]);
    expect([call.status(), call.isLoading(), call.value()]).toStrictEqual(['loading', true, 0]);
    a.set(2);
    tick();
    expect([first.isCancelled, first.cancelMode]).toStrictEqual([true, 'killnowait']);
    const second = router.expectCall(PROCEDURE);
    second.flush({ args: [12], kwargs: { ms: 3 } });
    expect([call.status(), call.isLoading(), call.value()]).toStrictEqual(['resolved', false, 12]);
    expect(call.result()?.kwargs).toStrictEqual({ ms: 3 });
    a.set(3);
    tick();
    expect([call.status(), call.value(), call.result()]).toStrictEqual(['loading', 0, undefined]);
    router.expectCall(PROCEDURE).flush([13]);
    expect(call.value()).toBe(13);
  });

  it('does not call again for equal arguments, nor while there are none', () => {
    const router = setUp();
    const text = signal<string | undefined>(undefined);
    const call = inContext(() =>
      injectCall(PROCEDURE, {
        payload: () => {
          const words = text()?.trim();
          return words === undefined ? undefined : [words];
        },
      }),
    );
    tick();
    expect([call.status(), router.connections]).toStrictEqual(['idle', 0]);
    text.set('x');
    tick();
    router.expectCall(PROCEDURE).flush(['found']);
    text.set(' x ');
    tick();
    router.expectNone(PROCEDURE);
    text.set(undefined);
    tick();
    expect([call.status(), call.value()]).toStrictEqual(['idle', undefined]);
  });

  it('follows its URI and its options', () => {
    const router = setUp();
    const uri = signal('com.app.a');
    const disclose = signal(false);
    inContext(() =>
      injectCall(() => uri(), { payload: () => [], options: () => ({ disclose_me: disclose(), timeout: 500 }) }),
    );
    tick();
    const a = router.expectCall('com.app.a');
    uri.set('com.app.b');
    tick();
    expect(a.isCancelled).toBe(true);
    const b = router.expectCall('com.app.b');
    expect(b.options).toMatchObject({ disclose_me: false, timeout: 500 });
    disclose.set(true);
    tick();
    expect(b.isCancelled).toBe(true);
    expect(router.expectCall('com.app.b').options).toMatchObject({ disclose_me: true });
  });

  it('is cancelled with its component', async () => {
    const router = setUp();
    class Page {
      readonly sum = injectCall(PROCEDURE, { payload: () => [1] });
    }
    const fixture = show(Page, '{{ sum.status() }}');
    expect(await textOf(fixture)).toBe('loading');
    const call = router.expectCall(PROCEDURE);
    fixture.destroy();
    expect(call.isCancelled).toBe(true);
  });

  it('says what it failed with, and reload makes the call again', () => {
    const router = setUp();
    const call = inContext(() => injectCall(PROCEDURE, { payload: () => [1] }));
    tick();
    router.expectCall(PROCEDURE).error('com.app.error.bad', ['no']);
    expect([call.status(), call.error()?.message]).toStrictEqual([
      'error',
      'CALL com.app.procedure: com.app.error.bad: no',
    ]);
    call.reload();
    expect([call.status(), call.error()]).toStrictEqual(['loading', undefined]);
    const again = router.expectCall(PROCEDURE);
    expect(again.args).toStrictEqual([1]);
    again.flush([7]);
    call.reload();
    expect(call.value()).toBe(7);
    call.cancel();
    expect([router.expectCall(PROCEDURE).isCancelled, call.status(), call.value()]).toStrictEqual([true, 'idle', 7]);
  });
});

describe('injectCall, without one', () => {
  it('calls when it is told to, once at a time', async () => {
    const router = setUp();
    const save = inContext(() => injectCall(PROCEDURE));
    tick();
    expect([save.status(), router.connections]).toStrictEqual(['idle', 0]);
    save.reload();
    expect(save.status()).toBe('idle');
    const first = save.call([1]);
    const second = save.call({ args: [2], kwargs: { a: 1 } });
    const [one, two] = router.match('call');
    expect([one?.isCancelled, two?.isCancelled, two?.kwargs]).toStrictEqual([true, false, { a: 1 }]);
    two?.flush(['done']);
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    expect((await second).value).toBe('done');
    expect(save.value()).toBe('done');
  });

  it('rejects as the call errors, and leaving that alone is safe', async () => {
    const router = setUp();
    const save = inContext(() => injectCall(PROCEDURE));
    void save.call([1]);
    router.expectCall(PROCEDURE).error('com.app.error.bad');
    expect(save.status()).toBe('error');
    const again = save.call([2]);
    router.expectCall(PROCEDURE).error('com.app.error.bad');
    await expect(again).rejects.toMatchObject({ uri: 'com.app.error.bad' });
  });

  it('shows progress, and the last of it where nothing follows', async () => {
    const router = setUp();
    const backup = inContext(() => injectCall(PROCEDURE, { options: { progress: true } }));
    void backup.call([]);
    const call = router.expectCall(PROCEDURE);
    call.progress([10]);
    expect([backup.progress()?.value, backup.value(), backup.status()]).toStrictEqual([10, undefined, 'loading']);
    call.progress([20]);
    expect(backup.progress()?.value).toBe(20);
    call.flush();
    expect([backup.value(), backup.status()]).toStrictEqual([20, 'resolved']);
    void backup.call([]);
    expect(backup.progress()).toBeUndefined();
    router.expectCall(PROCEDURE).flush(['all']);
    expect(backup.value()).toBe('all');
  });

  it('accumulates all results with reduce', () => {
    const router = setUp();
    const lines = inContext(() =>
      injectCall(PROCEDURE, {
        options: { progress: true },
        initialValue: [] as readonly unknown[],
        reduce: (all, { value }) => [...all, value],
      }),
    );
    void lines.call();
    const call = router.expectCall(PROCEDURE);
    call.progress(['a']);
    call.progress(['b']);
    expect(lines.value()).toStrictEqual(['a', 'b']);
    call.flush(['c']);
    expect(lines.value()).toStrictEqual(['a', 'b', 'c']);
    void lines.call();
    expect(lines.value()).toStrictEqual([]);
    const again = router.expectCall(PROCEDURE);
    again.progress(['d']);
    expect(lines.value()).toStrictEqual(['d']);
  });

  it('fails in the call when reduce does', () => {
    const router = setUp();
    const call = inContext(() =>
      injectCall(PROCEDURE, {
        initialValue: 0,
        reduce: (): number => {
          throw new Error('cannot add');
        },
      }),
    );
    void call.call();
    router.expectCall(PROCEDURE).flush([1]);
    expect([call.status(), call.error()?.message]).toStrictEqual(['error', 'cannot add']);
  });

  it('streams in', () => {
    const router = setUp();
    const sum = inContext(() => injectCall(PROCEDURE));
    void sum.call(of(1, 2, 3));
    const call = router.expectCall(PROCEDURE);
    expect(call.inputs.flatMap(({ args }) => args)).toStrictEqual([1, 2, 3]);
    expect(call.isInputComplete).toBe(true);
    call.flush([6]);
    expect(sum.value()).toBe(6);
  });

  it('is cancelled when its URI changes, and calls the new one next', async () => {
    const router = setUp();
    const uri = signal<string | undefined>('com.app.a');
    const call = inContext(() => injectCall(() => uri()));
    tick();
    void call.call([1]);
    const a = router.expectCall('com.app.a');
    uri.set('com.app.b');
    tick();
    expect([a.isCancelled, call.status()]).toStrictEqual([true, 'idle']);
    void call.call([2]);
    router.expectCall('com.app.b').flush(['b']);
    expect(call.value()).toBe('b');
    uri.set(undefined);
    tick();
    await expect(call.call([3])).rejects.toMatchObject({ name: 'AbortError' });
  });
});
