import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { wampResource } from 'rxwamp/angular';
import { TURBINE_NAMES } from '../farm/turbines';
import { inWords } from '../words';

/** What is known of a turbine: a resource that is asked for again when another one is chosen. */
@Component({
  selector: 'app-turbine-card',
  host: { class: 'card' },
  template: `
    <h2>Turbine</h2>
    <div class="segments" role="radiogroup" aria-label="Which turbine">
      @for (name of names; track name) {
        <label [class.on]="chosen() === $index + 1">
          <input
            class="visually-hidden"
            type="radio"
            name="turbine"
            [value]="$index + 1"
            [checked]="chosen() === $index + 1"
            (change)="chosen.set($index + 1)"
          />
          {{ name }}
        </label>
      }
    </div>
    <div aria-live="polite" data-testid="turbine">
      @if (turbine.error(); as failure) {
        <p class="says bad">{{ inWords(failure) }}</p>
      } @else if (turbine.hasValue()) {
        @let it = turbine.value();
        <dl>
          <dt>Name</dt>
          <dd>{{ it.name }}</dd>
          <dt>Model</dt>
          <dd>{{ it.model }}</dd>
          <dt>Rated</dt>
          <dd>{{ it.ratedMw }} MW</dd>
          <dt>Built</dt>
          <dd>{{ it.built }}</dd>
          <dt>Pitch</dt>
          <dd>{{ it.pitch }}°</dd>
        </dl>
      } @else {
        <p class="hint">Asking …</p>
      }
    </div>
    <div class="row">
      <button type="button" (click)="turbine.reload()">Ask again</button>
      @if (turbine.isLoading()) {
        <span class="hint">asking …</span>
      }
    </div>
  `,
  styles: `
    dl {
      display: grid;
      grid-template-columns: auto 1fr;
      gap: 0.3rem 1rem;
      margin: 0;
    }
    dt {
      color: var(--muted);
    }
    dd {
      margin: 0;
      font-weight: 600;
      text-align: end;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TurbineCard {
  protected readonly names = TURBINE_NAMES;
  protected readonly inWords = inWords;
  protected readonly chosen = signal(1);
  protected readonly turbine = wampResource({ call: 'farm.turbine.info', params: () => [this.chosen()] });
}
