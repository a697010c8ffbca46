import '@angular/compiler';
import { Component, provideZonelessChangeDetection, type EnvironmentProviders, type Type } from '@angular/core';
import { TestBed, type ComponentFixture } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { provideWamp, type WampFeature, type WampOptions } from 'rxwamp/angular';
import { provideWampTesting, WampTestingController, type WampTestingOptions } from 'rxwamp/angular/testing';

export const TOPIC = 'com.app.topic';
export const PROCEDURE = 'com.app.procedure';

/** Once in a spec file, before its first test. */
export function initTestBed(): void {
  TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());
}

/** What the tests of a page have: the router, and a page without zone.js unless told otherwise. */
export function setUp({
  options = {},
  features = [],
  testing = {},
  providers = [provideZonelessChangeDetection()],
}: {
  readonly options?: Partial<WampOptions>;
  readonly features?: readonly WampFeature[];
  readonly testing?: WampTestingOptions;
  readonly providers?: readonly (EnvironmentProviders | object)[];
} = {}): WampTestingController {
  TestBed.configureTestingModule({
    providers: [
      ...(providers as EnvironmentProviders[]),
      provideWampTesting(testing),
      provideWamp({ url: 'ws://localhost/ws', realm: 'realm1', ...options }, ...features),
    ],
  });
  return TestBed.inject(WampTestingController);
}

/** A component of this class, which needs no Angular compiler but that of the test. */
export function show<T>(type: Type<T>, template: string): ComponentFixture<T> {
  Component({ selector: 'app-under-test', template })(type);
  return TestBed.createComponent(type);
}

/** What a component shows now. */
export const textOf = async (fixture: ComponentFixture<unknown>): Promise<string> => {
  await fixture.whenStable();
  // The fixture's element is an HTMLElement in a page.
  return (fixture.nativeElement as HTMLElement).textContent.trim();
};

/** Lets effects run. */
export const tick = (): void => TestBed.tick();

/** Does something in the injection context of the test's root. */
export const inContext = <T>(work: () => T): T => TestBed.runInInjectionContext(work);

/** Lets what waits for a promise or for the next task go on. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
