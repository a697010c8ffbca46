import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { DecimalPipe } from '@angular/common';
import type { TopicGap } from 'rxwamp';
import type { TopicStatus } from 'rxwamp/angular';
import { inWords } from '../words';
import { MODES, type Backpressure } from './backpressure';

/** What stands around a chart: its title, what becomes of too many events, and how many there were. */
@Component({
  selector: 'app-chart-card',
  imports: [DecimalPipe],
  host: { class: 'card', '[attr.data-topic]': 'topic()' },
  template: `
    <header>
      <div>
        <h2>{{ heading() }}</h2>
        <code class="hint">{{ topic() }}</code>
      </div>
      <label class="field small"
        >When events come too fast
        <select (change)="choose($event)" data-testid="mode">
          @for (one of modes; track one.mode) {
            <option [value]="one.mode" [selected]="one.mode === backpressure().mode()">{{ one.label }}</option>
          }
        </select>
      </label>
    </header>
    <ng-content />
    <dl class="counters">
      <div>
        <dt>Delivered</dt>
        <dd data-testid="delivered">{{ backpressure().counters().delivered | number }}</dd>
      </div>
      <div>
        <dt>Dropped</dt>
        <dd data-testid="dropped">{{ backpressure().counters().dropped | number }}</dd>
      </div>
      <div>
        <dt>State</dt>
        <dd data-testid="topic-status">{{ words[status()] }}</dd>
      </div>
      @if (gap(); as last) {
        <div>
          <dt>Last gap</dt>
          <dd data-testid="gap">{{ gapSeconds() }} s</dd>
        </div>
      }
    </dl>
    @if (error(); as failure) {
      <p class="says bad" role="alert">{{ inWords(failure) }}</p>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      gap: 0.75rem;
    }
    header {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem 1rem;
      justify-content: space-between;
      align-items: start;
    }
    .counters {
      display: flex;
      flex-wrap: wrap;
      gap: 0.25rem 1.5rem;
      margin: 0;
      font-variant-numeric: tabular-nums;
    }
    .counters div {
      display: flex;
      gap: 0.4rem;
      align-items: baseline;
    }
    dt {
      color: var(--muted);
      font-size: 0.8rem;
    }
    dd {
      margin: 0;
      font-weight: 600;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ChartCard {
  readonly heading = input.required<string>();
  readonly topic = input.required<string>();
  readonly backpressure = input.required<Backpressure>();
  readonly status = input.required<TopicStatus>();
  readonly gap = input<TopicGap | undefined>();
  readonly error = input<Error | undefined>();
  protected readonly inWords = inWords;
  protected readonly modes = MODES;
  protected readonly words: Readonly<Record<TopicStatus, string>> = {
    idle: 'not asked for',
    connecting: 'waiting for the router',
    subscribed: 'live',
    error: 'refused',
    closed: 'closed',
  };
  protected readonly gapSeconds = computed(() => {
    const gap = this.gap();
    return gap === undefined ? '' : ((gap.resumedAtMs - gap.lostAtMs) / 1_000).toFixed(1);
  });

  protected choose({ target }: Event): void {
    if (!(target instanceof HTMLSelectElement)) return;
    const chosen = MODES.find(({ mode }) => mode === target.value);
    if (chosen !== undefined) this.backpressure().mode.set(chosen.mode);
  }
}
