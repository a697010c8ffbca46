import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { DatePipe } from '@angular/common';
import { Notices } from './notices';

/** The log of the control room and of this page. */
@Component({
  selector: 'app-log-card',
  imports: [DatePipe],
  host: { class: 'card' },
  template: `
    <h2 id="log-title">Log</h2>
    <div role="log" aria-labelledby="log-title" tabindex="0" data-testid="log">
      <ol>
        @for (notice of notices.all(); track notice.id) {
          <li [class.warning]="notice.level === 'warning'">
            <time>{{ notice.at | date: 'HH:mm:ss' }}</time>
            <span>
              @if (notice.level === 'warning') {
                <span class="visually-hidden">Warning:</span>
              }
              {{ notice.text }}
            </span>
          </li>
        } @empty {
          <li class="hint">Nothing yet.</li>
        }
      </ol>
    </div>
  `,
  styles: `
    ol {
      list-style: none;
      margin: 0;
      padding: 0;
      max-block-size: 15rem;
      overflow-y: auto;
    }
    li {
      display: grid;
      grid-template-columns: 4.5rem 1fr;
      gap: 0.5rem;
      padding: 0.3rem 0;
      border-block-end: 1px solid var(--line);
      overflow-wrap: anywhere;
    }
    li:last-child {
      border: 0;
    }
    time {
      color: var(--muted);
      font-variant-numeric: tabular-nums;
    }
    .warning {
      color: var(--bad);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LogCard {
  protected readonly notices = inject(Notices);
}
