import { inject, Injectable, signal } from '@angular/core';
import { finalize } from 'rxjs';
import type { WampInterceptorFn } from 'rxwamp/angular';

/** What the page has asked of the router. */
@Injectable()
export class Activity {
  /** Calls made so far. */
  readonly calls = signal(0);
  /** Calls on their way now. */
  readonly pending = signal(0);
}

/** Counts calls, whoever makes them. */
export const countRequests: WampInterceptorFn = (request, next) => {
  if (request.kind !== 'call') return next(request);
  const { calls, pending } = inject(Activity);
  calls.update((count) => count + 1);
  pending.update((count) => count + 1);
  return next(request).pipe(finalize(() => pending.update((count) => count - 1)));
};
