import type { Observable } from 'rxjs';

/** Writes down what a stream says: values as they are, its end as `'complete'` or the error. */
export function recording<T>(source: Pick<Observable<T>, 'subscribe'>): { readonly seen: unknown[]; stop(): void } {
  const seen: unknown[] = [];
  const subscription = source.subscribe({
    next: (value) => seen.push(value),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push('complete'),
  });
  return { seen, stop: () => subscription.unsubscribe() };
}
