import { distinctUntilChanged, of, scan, startWith, switchMap, timer, type Observable } from 'rxjs';
import type { WritableOptions } from './options.js';

/** What is asked of a connection. */
interface Sending {
  readonly state$: Observable<{ readonly status: string }>;
  readonly session: { readonly bufferedBytes: number } | undefined;
}

/** How often it is looked: neither browsers nor Node say when what was sent has left. */
const LOOK_MS = 20;

/** Whether fewer bytes wait to leave; with no session there is nowhere to leave to. */
export const isBelow = (connection: Sending, bytes: number): boolean =>
  (connection.session?.bufferedBytes ?? Infinity) < bytes;

/** Whether the connection takes more, as long as somebody wants to know. */
export const writable = (connection: Sending, { highBytes, lowBytes }: WritableOptions): Observable<boolean> =>
  connection.state$.pipe(
    switchMap(({ status }) =>
      status !== 'connected'
        ? of(false)
        : timer(LOOK_MS, LOOK_MS).pipe(
            startWith(0),
            scan((isWritable) => isBelow(connection, isWritable ? highBytes : lowBytes + 1), true),
          ),
    ),
    distinctUntilChanged(),
  );
