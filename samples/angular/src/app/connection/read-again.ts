import type { WampInterceptorFn } from 'rxwamp/angular';
import { retryCall } from 'rxwamp/operators';

/** What only reads, so that it may be asked twice. */
const READS: ReadonlySet<string> = new Set(['farm.turbine.info']);

/** Asks again what only reads, where the back end is about to come, or a connection was lost. */
export const readAgain: WampInterceptorFn = (request, next) =>
  request.kind === 'call' && READS.has(request.uri)
    ? next(request).pipe(retryCall({ idempotent: true, unregistered: true, maxAttempts: 6, maxDelayMs: 2_000 }))
    : next(request);
