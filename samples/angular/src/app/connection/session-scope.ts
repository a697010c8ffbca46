import {
  ChangeDetectionStrategy,
  Component,
  createEnvironmentInjector,
  effect,
  EnvironmentInjector,
  inject,
  input,
  untracked,
  ViewContainerRef,
} from '@angular/core';
import { provideWamp, withAuth, withContract, withInterceptors } from 'rxwamp/angular';
import { Dashboard } from '../dashboard';
import { contract } from '../farm/contract';
import { Identity } from '../sign-in/identity';
import { Activity, countRequests } from './activity';
import { Notices } from '../log/notices';
import { readAgain } from './read-again';
import type { Target } from './settings';

/** The dashboard with the connection that it lives on: both are made anew when another realm is joined. */
@Component({
  selector: 'app-session-scope',
  template: '',
  styles: ':host { display: none }',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SessionScope {
  /** A new object is a new connection. */
  readonly target = input.required<Target>();
  readonly #view = inject(ViewContainerRef);
  readonly #parent = inject(EnvironmentInjector);

  constructor() {
    effect((onCleanup) => {
      const present = this.target();
      onCleanup(untracked(() => this.#show(present)));
    });
  }

  #show({ url, realm }: Target): () => void {
    const options = {
      url,
      realm,
      retry: { initialDelayMs: 400, maxDelayMs: 4_000 },
      heartbeat: { intervalMs: 5_000, timeoutMs: 3_000 },
    };
    const scope = createEnvironmentInjector(
      [
        Identity,
        Activity,
        Notices,
        provideWamp(
          options,
          withAuth(() => inject(Identity).authenticator),
          withContract(contract),
          withInterceptors([readAgain, countRequests]),
        ),
      ],
      this.#parent,
    );
    const dashboard = this.#view.createComponent(Dashboard, { environmentInjector: scope });
    return () => {
      dashboard.destroy();
      scope.destroy();
    };
  }
}
