import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { SessionScope } from './connection/session-scope';
import { Settings } from './connection/settings';

/** The application: the dashboard, on the connection that the settings name. */
@Component({
  selector: 'app-root',
  imports: [SessionScope],
  template: `<app-session-scope [target]="target()" />`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class App {
  protected readonly target = inject(Settings).target;
}
