import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { injectConnection } from 'rxwamp/angular';
import { inWords } from '../words';
import { Identity, type Credentials } from './identity';

/** Who one is, and signing in as somebody else. */
@Component({
  selector: 'app-sign-in-card',
  host: { class: 'card' },
  template: `
    <h2>Sign in</h2>
    @if (session(); as session) {
      <p class="hint" data-testid="whoami">
        @if (session.authrole === 'guest') {
          You are <strong>a guest</strong>: you may look and ask.
        } @else {
          You are <strong>{{ session.authid }}</strong>, <strong>{{ session.authrole }}</strong>, signed in by
          {{ session.authmethod === 'ticket' ? 'ticket' : 'WAMP-CRA' }}.
        }
      </p>
    } @else {
      <p class="hint" data-testid="whoami">There is no session now.</p>
    }
    <form (submit)="signIn($event)" class="stack">
      <fieldset class="choice">
        <legend>Method</legend>
        <label>
          <input
            type="radio"
            name="method"
            value="ticket"
            [checked]="method() === 'ticket'"
            (change)="method.set('ticket')"
          />
          Ticket
        </label>
        <label>
          <input
            type="radio"
            name="method"
            value="wampcra"
            [checked]="method() === 'wampcra'"
            (change)="method.set('wampcra')"
          />
          WAMP-CRA
        </label>
      </fieldset>
      <div class="columns">
        <label class="field"
          >Name
          <input
            autocomplete="username"
            required
            [attr.aria-invalid]="failure() !== ''"
            aria-describedby="sign-in-says"
          />
        </label>
        <label class="field"
          >Password
          <input
            type="password"
            autocomplete="current-password"
            required
            [attr.aria-invalid]="failure() !== ''"
            aria-describedby="sign-in-says"
          />
        </label>
      </div>
      <p class="hint">
        Try <code>{{ method() === 'ticket' ? 'ada' : 'grace' }}</code> with
        <code>{{ method() === 'ticket' ? 'wind and sun' : 'north sea breeze' }}</code>.
      </p>
      <div class="row">
        <button class="primary" type="submit" [disabled]="isBusy()">{{ isBusy() ? 'Signing in …' : 'Sign in' }}</button>
        <button type="button" [disabled]="isBusy() || session()?.authrole !== 'operator'" (click)="signOut()">
          Sign out
        </button>
      </div>
      <p id="sign-in-says" class="says" role="alert" data-testid="sign-in-error" [class.bad]="failure()">
        {{ failure() }}
      </p>
    </form>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SignInCard {
  readonly #identity = inject(Identity);
  readonly #connection = injectConnection();
  protected readonly method = signal<Credentials['method']>('ticket');
  protected readonly failure = signal('');
  protected readonly isBusy = signal(false);
  protected readonly session = computed(() => {
    const state = this.#connection();
    return state.status === 'connected' ? state.session : undefined;
  });

  protected async signIn(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    const [name, password] = form.querySelectorAll<HTMLInputElement>('.field input');
    const credentials = { method: this.method(), name: name?.value.trim() ?? '', password: password?.value ?? '' };
    await this.#try(() => this.#identity.signIn(credentials));
    if (this.failure() !== '') password?.select();
    else if (name !== undefined && password !== undefined) name.value = password.value = '';
  }

  protected async signOut(): Promise<void> {
    await this.#try(() => this.#identity.signOut());
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.isBusy.set(true);
    this.failure.set('');
    try {
      await work();
    } catch (error) {
      this.failure.set(`${inWords(error)} You stay who you were.`);
    } finally {
      this.isBusy.set(false);
    }
  }
}
