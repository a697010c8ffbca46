/**
 * @jest-environment <rootDir>/spec/angular/jsdom-environment.mjs
 */
import 'zone.js';
import 'zone.js/testing';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { inContext, initTestBed, PROCEDURE, setUp as setUpPage, settled, show, textOf, TOPIC } from './support.js';
import { ApplicationRef, NgZone, provideZoneChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { first, Observable } from 'rxjs';
import { WampClient, type Link, type Transport } from 'rxwamp';
import {
  injectCall,
  injectConnection,
  injectRegistration,
  injectTopic,
  provideWamp,
  wampResource,
} from 'rxwamp/angular';
import type { WampTestingController } from 'rxwamp/angular/testing';

beforeAll(initTestBed);

const setUp = (): WampTestingController => setUpPage({ providers: [provideZoneChangeDetection()] });
const inZone = <T>(work: () => T): T => TestBed.inject(NgZone).run(work);
const client = (): WampClient => TestBed.inject<WampClient>(WampClient);

describe('under zone.js, the client', () => {
  it('tells who subscribed inside of Angular’s zone inside of it, and others where they are', () => {
    const router = setUp();
    const zones: boolean[] = [];
    const note = (): void => void zones.push(NgZone.isInAngularZone());
    inZone(() => client().topic(TOPIC).subscribe(note));
    router.event(TOPIC);
    expect(zones).toStrictEqual([true]);
    client().topic(TOPIC).subscribe(note);
    router.event(TOPIC);
    expect(zones).toStrictEqual([true, true, false]);
    zones.length = 0;
    inZone(() => {
      client().state$.subscribe(note);
      client().session$.subscribe(note);
      client().call(PROCEDURE).subscribe({ next: note, complete: note });
      client().call('com.app.fail').subscribe({ error: note });
      client().publish(TOPIC, [], { acknowledge: true }).subscribe(note);
      client().register(PROCEDURE, note).subscribe(note);
      client().subject('com.app.subject').subscribe(note);
    });
    router.expectCall(PROCEDURE).flush();
    router.expectCall('com.app.fail').error('com.app.error');
    router.expectPublish(TOPIC).acknowledge();
    router.invoke(PROCEDURE);
    router.event('com.app.subject');
    expect(zones).toStrictEqual(Array.from({ length: 9 }, () => true));
  });

  it('renders what a plain Observable of it brings', async () => {
    const router = setUp();
    class Page {
      value: unknown = 'nothing';
      constructor() {
        client()
          .topic(TOPIC)
          .subscribe(({ value }) => {
            this.value = value;
          });
      }
    }
    const fixture = inZone(() => show(Page, '{{ value }}'));
    fixture.autoDetectChanges();
    expect(await textOf(fixture)).toBe('nothing');
    router.event(TOPIC, ['x']);
    expect((fixture.nativeElement as HTMLElement).textContent).toBe('x');
  });

  it('dials, and keeps its timers, outside of Angular’s zone, whoever asks; the application stays stable', async () => {
    const zones: boolean[] = [];
    const never: Transport = new Observable<Link>(() => {
      zones.push(NgZone.isInAngularZone());
    });
    TestBed.configureTestingModule({
      providers: [provideZoneChangeDetection(), provideWamp({ transport: never, realm: 'realm1' })],
    });
    const zone = TestBed.inject(NgZone);
    const page = inZone(() => {
      client().connect();
      client().topic(TOPIC).subscribe();
      client().call(PROCEDURE, [], { timeout: 60_000 }).subscribe();
      client().publish(TOPIC);
      client()
        .register(PROCEDURE, () => 1)
        .subscribe();
      return inContext(() => [
        injectTopic(TOPIC),
        injectCall(PROCEDURE, { payload: () => [], options: { timeout: 60_000 } }),
        injectRegistration('com.app.x', () => 1),
        injectConnection(),
        wampResource({ topic: TOPIC }),
        wampResource({ call: PROCEDURE, options: { timeout: 60_000 } }),
      ]);
    });
    TestBed.tick();
    expect(page).toHaveLength(6);
    expect(zones).toStrictEqual([false]);
    await settled();
    expect([zone.hasPendingMacrotasks, zone.hasPendingMicrotasks, zone.isStable]).toStrictEqual([false, false, true]);
    const stable: boolean[] = [];
    TestBed.inject(ApplicationRef)
      .isStable.pipe(first())
      .subscribe((is) => stable.push(is));
    expect(stable).toStrictEqual([true]);
  });

  it('sets signals outside of the zone, and the page shows them', async () => {
    const router = setUp();
    let changes = 0;
    class Page {
      readonly topic = injectTopic(TOPIC);
      readonly sum = injectCall(PROCEDURE, { payload: () => [1] });
    }
    const fixture = inZone(() => show(Page, '{{ topic.value() }} {{ sum.value() }}'));
    fixture.autoDetectChanges();
    await fixture.whenStable();
    TestBed.inject(NgZone).onMicrotaskEmpty.subscribe(() => changes++);
    for (let at = 0; at < 100; at++) router.event(TOPIC, [at]);
    router.expectCall(PROCEDURE).flush([7]);
    expect(changes).toBe(0);
    await settled();
    expect(await textOf(fixture)).toBe('99 7');
    expect(changes).toBeLessThan(5);
  });

  it('runs the handler of a registration in the zone where it was offered', () => {
    const router = setUp();
    const zones: boolean[] = [];
    const note = (): void => void zones.push(NgZone.isInAngularZone());
    inZone(() => inContext(() => injectRegistration('com.app.in', note)));
    inContext(() => injectRegistration('com.app.out', note));
    router.invoke('com.app.in');
    router.invoke('com.app.out');
    expect(zones).toStrictEqual([true, false]);
  });
});
