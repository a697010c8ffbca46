import '@angular/compiler';
import type { Observable } from 'rxjs';
import {
  createEnvironmentInjector,
  Injector,
  type EnvironmentInjector,
  type EnvironmentProviders,
  type Provider,
} from '@angular/core';

// The type asks for an environment injector, though any parent does.
const NO_PARENT: unknown = Injector.NULL;

/** An injector of an application as far as it needs no page, below another one or by itself. */
export const injectorOf = (
  providers: readonly (Provider | EnvironmentProviders)[],
  parent = NO_PARENT as EnvironmentInjector,
): EnvironmentInjector => createEnvironmentInjector([...providers], parent);

/** What a stream gave: its values, `'end'`, or the error. */
export function seen(source$: Observable<unknown>): unknown[] {
  const all: unknown[] = [];
  source$.subscribe({
    next: (one) => all.push(one),
    error: (error: unknown) => all.push(error),
    complete: () => all.push('end'),
  });
  return all;
}
