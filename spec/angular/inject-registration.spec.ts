/**
 * @jest-environment <rootDir>/spec/angular/jsdom-environment.mjs
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { inContext, initTestBed, PROCEDURE, setUp, settled, tick } from './support.js';
import { signal } from '@angular/core';
import { of } from 'rxjs';
import { ErrorUri, WampError } from 'rxwamp';
import { injectConnection, injectRegistration } from 'rxwamp/angular';

beforeAll(initTestBed);

describe('injectRegistration', () => {
  it('offers a procedure, follows its URI, and says how it stands', async () => {
    const router = setUp();
    const uri = signal<string | undefined>('com.app.a');
    const offered = inContext(() =>
      injectRegistration(
        () => uri(),
        ({ args }) => `hello ${String(args[0])}`,
      ),
    );
    expect(offered.status()).toBe('idle');
    tick();
    expect([offered.status(), offered.registration()?.procedure]).toStrictEqual(['registered', 'com.app.a']);
    expect((await router.invoke('com.app.a', ['joe']).settled()).args).toStrictEqual(['hello joe']);
    const a = router.expectRegister('com.app.a');
    uri.set('com.app.b');
    tick();
    expect(a.isActive).toBe(false);
    router.expectRegister('com.app.b');
    router.hold();
    router.drop();
    expect(offered.status()).toBe('connecting');
    await settled();
    router.admit();
    expect(offered.status()).toBe('registered');
    uri.set(undefined);
    tick();
    expect(offered.status()).toBe('idle');
  });

  it('says why it is not offered, and tries again when told to', () => {
    const router = setUp({ testing: { answers: 'manual' } });
    const offered = inContext(() => injectRegistration(PROCEDURE, () => 1));
    expect(offered.status()).toBe('connecting');
    router.expectRegister(PROCEDURE).refuse(ErrorUri.PROCEDURE_ALREADY_EXISTS);
    expect([offered.status(), offered.error()?.message]).toStrictEqual([
      'error',
      `REGISTER ${PROCEDURE}: ${ErrorUri.PROCEDURE_ALREADY_EXISTS}`,
    ]);
    offered.reload();
    router.expectRegister(PROCEDURE).accept();
    expect(offered.status()).toBe('registered');
  });

  it('answers with progress and errors, and hears of the cancel', () => {
    const router = setUp();
    const signals: AbortSignal[] = [];
    inContext(() => {
      injectRegistration('com.app.count', () => of(1, 2, 3));
      injectRegistration('com.app.fail', () => {
        throw new WampError('com.app.error.bad', { args: ['no'] });
      });
      injectRegistration('com.app.wait', ({ signal: aborted }) => {
        signals.push(aborted);
        return new Promise(() => undefined);
      });
    });
    const counted = router.invoke('com.app.count', [], { receive_progress: true });
    expect(counted.progress.map(({ value }) => value)).toStrictEqual([1, 2, 3]);
    expect(counted.result?.args).toStrictEqual([]);
    const failed = router.invoke('com.app.fail');
    expect([failed.error?.uri, failed.error?.args]).toStrictEqual(['com.app.error.bad', ['no']]);
    void failed.settled().catch(() => undefined);
    const waiting = router.invoke('com.app.wait');
    waiting.cancel();
    expect(signals.map(({ aborted }) => aborted)).toStrictEqual([true]);
  });
});

describe('injectConnection', () => {
  it('is the state of the connection, and does not make it connect', () => {
    const router = setUp({ testing: { session: { authid: 'joe' } } });
    const connection = inContext(() => injectConnection());
    expect([connection().status, router.connections]).toStrictEqual(['idle', 0]);
    inContext(() => injectRegistration(PROCEDURE, () => 1));
    const state = connection();
    expect(state.status === 'connected' && state.session.authid).toBe('joe');
    router.refuse();
    router.drop();
    expect(connection().status).toBe('waiting');
  });
});
