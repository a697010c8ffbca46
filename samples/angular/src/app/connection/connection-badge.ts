import { ChangeDetectionStrategy, Component, computed } from '@angular/core';
import type { ConnectionState } from 'rxwamp';
import { injectConnection } from 'rxwamp/angular';

const WORDS: Readonly<Record<ConnectionState['status'], string>> = {
  idle: 'Not connected',
  connecting: 'Connecting',
  authenticating: 'Signing in',
  connected: 'Connected',
  waiting: 'Trying again',
  closed: 'Closed',
};

/** Where the connection stands, in one word and one color. */
@Component({
  selector: 'app-connection-badge',
  template: `<span class="badge" role="status" data-testid="connection" [attr.data-status]="state().status"
    ><span class="dot" aria-hidden="true"></span>{{ words() }}</span
  >`,
  styles: `
    .badge {
      display: inline-flex;
      align-items: center;
      gap: 0.5rem;
      padding: 0.3rem 0.8rem;
      border-radius: 2rem;
      border: 1px solid var(--line);
      background: var(--card);
      font-weight: 600;
    }
    .dot {
      inline-size: 0.65rem;
      block-size: 0.65rem;
      border-radius: 50%;
      background: var(--warn);
    }
    [data-status='connected'] .dot {
      background: var(--good);
      box-shadow: 0 0 0 0.2rem color-mix(in srgb, var(--good) 25%, transparent);
    }
    [data-status='closed'] .dot {
      background: var(--bad);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConnectionBadge {
  protected readonly state = injectConnection();
  protected readonly words = computed(() => WORDS[this.state().status]);
}
