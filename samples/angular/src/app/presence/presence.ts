import { computed, inject, Injectable, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { retry, timer } from 'rxjs';
import { injectConnection, WampClient } from 'rxwamp/angular';
import { meta } from 'rxwamp/meta';
import { inWords } from '../words';
import { nameOf } from './name-of';

/** Somebody who is in the realm. */
export interface Present {
  readonly id: number;
  readonly name: string;
  readonly role: string;
  readonly isSelf: boolean;
}

/** How long after a refusal it is asked again. */
const AGAIN_MS = 5_000;

/** Who is in the realm, from the meta API of the router. */
@Injectable()
export class Presence {
  readonly #connection = injectConnection();
  readonly #sessions = signal<
    readonly { readonly id: number; readonly authid: string; readonly role: string }[] | undefined
  >(undefined);
  readonly #failure = signal('');
  /** Why it cannot be told, or an empty text. */
  readonly failure = this.#failure.asReadonly();
  /** Everybody but the back end's components last; undefined until it is known, and while there is no connection. */
  readonly sessions = computed<readonly Present[] | undefined>(() => {
    const state = this.#connection();
    if (state.status !== 'connected') return undefined;
    return this.#sessions()
      ?.map(({ id, authid, role }) => ({ id, role, name: nameOf(id, role, authid), isSelf: id === state.session.id }))
      .sort((a, b) => rank(a) - rank(b) || a.id - b.id);
  });

  constructor() {
    meta(inject(WampClient))
      .session.live$.pipe(
        retry({
          delay: (error: unknown) => {
            this.#failure.set(inWords(error));
            return timer(AGAIN_MS);
          },
        }),
        takeUntilDestroyed(),
      )
      .subscribe({
        next: (sessions) => {
          this.#failure.set('');
          this.#sessions.set(
            [...sessions.values()].map(({ session, authid = '', authrole = '' }) => ({
              id: session,
              authid,
              role: authrole,
            })),
          );
        },
        error: () => undefined,
      });
  }
}

const rank = ({ isSelf, role }: Present): number => (isSelf ? 0 : role === 'backend' ? 2 : 1);
