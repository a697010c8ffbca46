import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { DecimalPipe } from '@angular/common';
import { auditTime, map, type Observable } from 'rxjs';
import { injectTopic } from 'rxwamp/angular';
import { Activity } from '../connection/activity';
import { Presence } from '../presence/presence';

/** How often a number may change that people shall read. */
const READABLE_MS = 400;
const readable = <T>(events$: Observable<{ readonly value: T }>): Observable<T> =>
  events$.pipe(
    auditTime(READABLE_MS),
    map(({ value }) => value),
  );

/** The figures one looks at first. They share their subscriptions with the charts. */
@Component({
  selector: 'app-summary',
  imports: [DecimalPipe],
  template: `
    <dl>
      <div>
        <dt>Power now</dt>
        <dd>
          <span data-testid="power">{{
            totalMw() === undefined ? '–' : (totalMw() | number: '1.1-1')
          }}</span>&ngsp;<small>MW</small>
        </dd>
      </div>
      <div>
        <dt>Grid</dt>
        <dd>{{ grid.value() === undefined ? '–' : (grid.value()?.hz | number: '1.2-2') }}&ngsp;<small>Hz</small></dd>
      </div>
      <div>
        <dt>Sessions</dt>
        <dd data-testid="session-count">{{ presence.sessions()?.length ?? '–' }}</dd>
      </div>
      <div>
        <dt>Calls made</dt>
        <dd data-testid="calls">
          {{ activity.calls() | number }}&ngsp;
          @if (activity.pending() > 0) {
            <small>{{ activity.pending() }} on the way</small>
          }
        </dd>
      </div>
    </dl>
  `,
  styles: `
    dl {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr));
      gap: 1rem;
      margin: 0;
    }
    dl > div {
      background: var(--card);
      border: 1px solid var(--line);
      border-radius: var(--radius);
      padding: 0.8rem 1.1rem;
    }
    dt {
      color: var(--muted);
      font-size: 0.85rem;
    }
    dd {
      margin: 0;
      font-size: 1.7rem;
      font-weight: 650;
      font-variant-numeric: tabular-nums;
      line-height: 1.25;
    }
    small {
      font-size: 0.9rem;
      font-weight: 500;
      color: var(--muted);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Summary {
  protected readonly activity = inject(Activity);
  protected readonly presence = inject(Presence);
  protected readonly power = injectTopic('farm.power', { pipe: readable });
  protected readonly grid = injectTopic('farm.grid', { pipe: readable });
  protected readonly totalMw = computed(() => this.power.value()?.mw.reduce((sum, one) => sum + one, 0));
}
