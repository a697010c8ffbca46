import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { injectConnection } from 'rxwamp/angular';
import { Settings } from './settings';

/** Where the page is connected to, and a way to another realm. */
@Component({
  selector: 'app-realm-card',
  host: { class: 'card' },
  template: `
    <h2>Connection</h2>
    <dl>
      <dt>Router</dt>
      <dd>{{ target().url }}</dd>
      @if (connection(); as state) {
        @if (state.status === 'connected') {
          <dt>Session</dt>
          <dd data-testid="session">{{ state.session.id }}</dd>
        } @else if (state.status === 'connecting' || state.status === 'waiting') {
          <dt>Attempt</dt>
          <dd>{{ state.attempt }}</dd>
        }
      }
    </dl>
    <form class="stack" (submit)="join($event)">
      <label class="field"
        >Realm
        <input name="realm" required pattern="[^\\s#]+" [value]="target().realm" data-testid="realm" spellcheck="false"
      /></label>
      <div class="row">
        <button type="submit">Join</button>
        <span class="hint">The realm here is <code>farm</code>.</span>
      </div>
    </form>
  `,
  styles: `
    dl {
      display: grid;
      grid-template-columns: auto 1fr;
      gap: 0.2rem 1rem;
      margin: 0;
    }
    dt {
      color: var(--muted);
    }
    dd {
      margin: 0;
      overflow-wrap: anywhere;
      font-variant-numeric: tabular-nums;
      text-align: end;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RealmCard {
  readonly #settings = inject(Settings);
  protected readonly target = this.#settings.target;
  protected readonly connection = injectConnection();

  protected join(event: SubmitEvent): void {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const realm = new FormData(event.target).get('realm');
    if (typeof realm === 'string' && realm.trim() !== '') this.#settings.join(realm.trim());
  }
}
