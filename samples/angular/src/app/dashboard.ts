import { ChangeDetectionStrategy, Component } from '@angular/core';
import { CallCard } from './calls/call-card';
import { ReportCard } from './calls/report-card';
import { GridChart } from './charts/grid-chart';
import { PowerChart } from './charts/power-chart';
import { VibrationChart } from './charts/vibration-chart';
import { ConnectionBadge } from './connection/connection-badge';
import { ConnectionBanner } from './connection/connection-banner';
import { RealmCard } from './connection/realm-card';
import { LogCard } from './log/log-card';
import { PagesCard } from './pages/pages-card';
import { Presence } from './presence/presence';
import { PresenceCard } from './presence/presence-card';
import { RouterCard } from './router/router-card';
import { SignInCard } from './sign-in/sign-in-card';
import { Summary } from './summary/summary';
import { ThemeToggle } from './theme/theme-toggle';
import { TurbineCard } from './turbine/turbine-card';

/** The whole page, on one connection. */
@Component({
  selector: 'app-dashboard',
  imports: [
    CallCard,
    ConnectionBadge,
    ConnectionBanner,
    GridChart,
    LogCard,
    PagesCard,
    PowerChart,
    PresenceCard,
    RealmCard,
    ReportCard,
    RouterCard,
    SignInCard,
    Summary,
    ThemeToggle,
    TurbineCard,
    VibrationChart,
  ],
  providers: [Presence],
  template: `
    <a class="skip" href="#main">To the charts</a>
    <header class="bar">
      <div>
        <h1>{{ heading }}</h1>
        <p class="hint">A dashboard over WAMP, with rxwamp and Angular</p>
      </div>
      <div class="row">
        <app-connection-badge />
        <app-theme-toggle />
      </div>
    </header>
    <main id="main" tabindex="-1">
      <app-connection-banner />
      <app-summary />
      <div class="grid">
        <app-power-chart class="wide" />
        <app-turbine-card class="beside" />
        <app-vibration-chart class="half" />
        <app-grid-chart class="half" />
        <app-report-card />
        <app-call-card />
        <app-pages-card />
        <app-router-card />
        <app-sign-in-card />
        <app-presence-card />
        <app-log-card class="wide" />
        <app-realm-card class="beside" />
      </div>
    </main>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Dashboard {
  protected readonly heading = 'Wind farm';
}
