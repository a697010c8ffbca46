/**
 * @jest-environment <rootDir>/spec/angular/jsdom-environment.mjs
 */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { seen } from './injectors.js';
import { inContext, initTestBed, setUp } from './support.js';
import { Component, inject, PLATFORM_ID, provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, Router, type CanActivateFn, type CanMatchFn } from '@angular/router';
import { ErrorUri, WampClient, type ConnectionState } from 'rxwamp';
import { wampSessionGuard } from 'rxwamp/angular';

beforeAll(initTestBed);

const page = (template: string): new () => object => {
  class Page {
    readonly isPage = true;
  }
  Component({ selector: 'app-page', template })(Page);
  return Page;
};

describe('wampSessionGuard', () => {
  it('connects and waits for the session', () => {
    const router = setUp();
    router.hold();
    const answers = seen(inContext(() => wampSessionGuard()()));
    expect(answers).toStrictEqual([]);
    router.admit();
    expect(answers).toStrictEqual([true, 'end']);
    expect(seen(inContext(() => wampSessionGuard()()))).toStrictEqual([true, 'end']);
  });

  it('says no when there is none in time, is not asked at all before, and leaves no timer', () => {
    jest.useFakeTimers();
    try {
      const router = setUp();
      router.hold();
      const guard = wampSessionGuard({ timeoutMs: 300 });
      const answers = seen(inContext(() => guard()));
      jest.advanceTimersByTime(299);
      expect(answers).toStrictEqual([]);
      jest.advanceTimersByTime(1);
      expect(answers).toStrictEqual([false, 'end']);
      inContext(() => guard())
        .subscribe()
        .unsubscribe();
      const patient = seen(inContext(() => wampSessionGuard({ timeoutMs: Infinity })()));
      jest.advanceTimersByTime(9_000);
      expect(patient).toStrictEqual([]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('says no when the client is closed or the session will not do, and redirects with the reason', () => {
    const states: ConnectionState[] = [];
    const redirectTo = (state: ConnectionState): string => {
      states.push(state);
      return inject(WampClient) instanceof WampClient ? 'sign-in' : 'nowhere';
    };
    const router = setUp({ testing: { session: { authrole: 'guest' } } });
    const guard = wampSessionGuard({ allow: ({ authrole }) => authrole === 'admin', redirectTo });
    expect(seen(inContext(() => guard()))).toStrictEqual(['sign-in', 'end']);
    expect(seen(inContext(() => wampSessionGuard({ allow: ({ authrole }) => authrole === 'admin' })()))).toStrictEqual([
      false,
      'end',
    ]);
    TestBed.resetTestingModule();
    const refusing = setUp({ testing: {} });
    refusing.abort(ErrorUri.NO_SUCH_REALM);
    expect(seen(inContext(() => guard()))).toStrictEqual(['sign-in', 'end']);
    expect(states.map(({ status }) => status)).toStrictEqual(['connected', 'closed']);
    expect(router).not.toBe(refusing);
  });

  it('lets the server render, unless told otherwise', () => {
    setUp({ providers: [provideZonelessChangeDetection(), { provide: PLATFORM_ID, useValue: 'server' }] });
    expect(seen(inContext(() => wampSessionGuard()()))).toStrictEqual([true, 'end']);
    const guard = wampSessionGuard({ onServer: false, redirectTo: () => 'elsewhere' });
    expect(seen(inContext(() => guard()))).toStrictEqual(['elsewhere', 'end']);
  });

  it('guards a route of Angular’s router', async () => {
    const canActivate: CanActivateFn = wampSessionGuard({
      allow: ({ authrole }) => authrole === 'admin',
      redirectTo: () => inject(Router).parseUrl('/sign-in'),
    });
    const canMatch: CanMatchFn = wampSessionGuard();
    setUp({
      testing: { session: { authrole: 'guest' } },
      providers: [
        provideZonelessChangeDetection(),
        provideRouter([
          { path: 'admin', component: page('admin'), canActivate: [canActivate] },
          { path: 'open', component: page('open'), canMatch: [canMatch] },
          { path: 'sign-in', component: page('sign in') },
        ]),
      ],
    });
    const router = TestBed.inject(Router);
    expect(await router.navigateByUrl('/admin')).toBe(true);
    expect(router.url).toBe('/sign-in');
    await router.navigateByUrl('/open');
    expect(router.url).toBe('/open');
  });
});
