import { ChangeDetectionStrategy, Component, computed, signal } from '@angular/core';
import { injectCall } from 'rxwamp/angular';
import { inWords } from '../words';

/** A call that takes its time, tells how far it is, and can be cancelled. */
@Component({
  selector: 'app-report-card',
  host: { class: 'card' },
  template: `
    <h2>Report of a year</h2>
    <p class="hint">A progressive call: the back end tells how far it is. Cancelling stops it there, too.</p>
    <label class="field"
      >Year <input type="number" min="2000" max="2100" [value]="year()" (input)="setYear($event)"
    /></label>
    <progress [value]="done()" max="100" aria-label="Progress of the report" data-testid="progress">
      {{ done() }} %
    </progress>
    <div class="row">
      <button class="primary" type="button" (click)="run()" [disabled]="report.isLoading()">Make the report</button>
      <button type="button" (click)="cancel()" [disabled]="!report.isLoading()">Cancel</button>
    </div>
    <p class="says" role="status" data-testid="report-says" [class.bad]="report.error()">{{ says() }}</p>
  `,
  styles: `
    progress {
      inline-size: 100%;
      block-size: 0.7rem;
      accent-color: var(--accent);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ReportCard {
  protected readonly year = signal(2025);
  protected readonly report = injectCall('farm.report.year', { options: { progress: true } });
  readonly #wasCancelled = signal(false);
  protected readonly done = computed(() => {
    const now = this.report.isLoading() ? this.report.progress()?.value : this.report.value();
    return now === undefined ? 0 : Math.round((now.done / now.of) * 100);
  });
  protected readonly says = computed(() => {
    switch (this.report.status()) {
      case 'idle':
        return this.#wasCancelled() ? 'Cancelled.' : 'Not asked for yet.';
      case 'loading': {
        const month = this.report.progress()?.value.month;
        return month === undefined ? 'Asked for …' : `${month}, ${this.done()} %`;
      }
      case 'error':
        return inWords(this.report.error());
      case 'resolved': {
        const gwh = this.report.value()?.gwh;
        return gwh === undefined ? 'Done.' : `Done: ${gwh} GWh.`;
      }
    }
  });

  protected setYear({ target }: Event): void {
    if (target instanceof HTMLInputElement && target.value !== '') this.year.set(target.valueAsNumber);
  }

  protected run(): void {
    this.#wasCancelled.set(false);
    void this.report.call([this.year()]);
  }

  protected cancel(): void {
    this.#wasCancelled.set(true);
    this.report.cancel();
  }
}
