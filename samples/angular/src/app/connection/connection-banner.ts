import { ChangeDetectionStrategy, Component, computed, inject, linkedSignal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { fromEvent, map, merge } from 'rxjs';
import type { ConnectionState, RxWampError } from 'rxwamp';
import { injectConnection, WampClient } from 'rxwamp/angular';
import { inWords } from '../words';
import { Settings } from './settings';

/** What is wrong with the connection, in words, and what can be done. Nothing while all is well. */
@Component({
  selector: 'app-connection-banner',
  template: `
    <div role="alert" data-testid="banner" [class.shown]="says() !== ''">
      @if (says(); as text) {
        <p>{{ text }}</p>
        @if (state().status === 'closed') {
          <button type="button" (click)="anew()">Connect as a guest</button>
        } @else if (trouble()) {
          <button type="button" (click)="now()">Try now</button>
        }
      }
    </div>
  `,
  styles: `
    .shown {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem 1rem;
      align-items: center;
      justify-content: space-between;
      padding: 0.7rem 1.1rem;
      border-radius: var(--radius);
      background: var(--alert);
      border: 1px solid var(--alert-line);
    }
    p {
      margin: 0;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConnectionBanner {
  readonly #wamp = inject(WampClient);
  readonly #settings = inject(Settings);
  protected readonly state = injectConnection();
  readonly #isOnline = toSignal(
    merge(fromEvent(window, 'online'), fromEvent(window, 'offline')).pipe(map(() => navigator.onLine)),
    { initialValue: navigator.onLine },
  );
  /** Why there is no connection, until there is one again: an attempt that has begun is no reason to take it back. */
  protected readonly trouble = linkedSignal<ConnectionState, RxWampError | undefined>({
    source: this.state,
    computation: (state, before) => {
      if (state.status === 'waiting' || state.status === 'closed') return state.cause;
      return state.status === 'connecting' || state.status === 'authenticating' ? before?.value : undefined;
    },
  });
  protected readonly says = computed(() => {
    const offline = this.#isOnline() ? '' : 'This device is offline. ';
    const trouble = this.trouble();
    if (trouble === undefined) return offline;
    return this.state().status === 'closed'
      ? `${inWords(trouble)} It is not tried again by itself.`
      : `${offline}${inWords(trouble)} It is tried again by itself; what you see is from before.`;
  });

  protected now(): void {
    // What comes of it is told by the state.
    this.#wamp.reconnect().catch(() => undefined);
  }

  protected anew(): void {
    this.#settings.join(this.#settings.target().realm);
  }
}
