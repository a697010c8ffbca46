import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { Presence } from './presence';

/** Who is here. */
@Component({
  selector: 'app-presence-card',
  host: { class: 'card' },
  template: `
    <h2>Who is here</h2>
    @if (presence.failure(); as failure) {
      <p class="says bad" role="alert">{{ failure }}</p>
    } @else if (presence.sessions() === undefined) {
      <p class="hint">It is told as soon as there is a connection.</p>
    }
    <ul data-testid="presence">
      @for (one of people(); track one.id) {
        <li [attr.data-session]="one.id">
          <span class="dot" [class.operator]="one.role === 'operator'" aria-hidden="true"></span>
          <span class="name"
            >{{ one.name }}
            @if (one.isSelf) {
              <em>(this tab)</em>
            }
          </span>
          <span class="hint">{{ one.role }}</span>
        </li>
      }
    </ul>
    @if (components(); as count) {
      <p class="hint">… and {{ count }} components of the back end.</p>
    }
  `,
  styles: `
    ul {
      list-style: none;
      margin: 0;
      padding: 0;
      display: grid;
      gap: 0.4rem;
      max-block-size: 14rem;
      overflow-y: auto;
    }
    li {
      display: grid;
      grid-template-columns: auto 1fr auto;
      gap: 0.6rem;
      align-items: baseline;
    }
    .dot {
      inline-size: 0.6rem;
      block-size: 0.6rem;
      border-radius: 50%;
      background: var(--good);
    }
    .dot.operator {
      background: var(--accent);
    }
    em {
      font-style: normal;
      color: var(--muted);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PresenceCard {
  protected readonly presence = inject(Presence);
  protected readonly people = computed(() => this.presence.sessions()?.filter(({ role }) => role !== 'backend') ?? []);
  protected readonly components = computed(
    () => this.presence.sessions()?.filter(({ role }) => role === 'backend').length,
  );
}
