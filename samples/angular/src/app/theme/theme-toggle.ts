import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { Theme, type ThemeChoice } from './theme';

/** Chooses between light, dark and what the system says. */
@Component({
  selector: 'app-theme-toggle',
  template: `
    <div role="radiogroup" aria-label="Theme" class="segments">
      @for (one of choices; track one.choice) {
        <label [class.on]="theme.choice() === one.choice">
          <input
            type="radio"
            name="theme"
            class="visually-hidden"
            [value]="one.choice"
            [checked]="theme.choice() === one.choice"
            (change)="theme.choice.set(one.choice)"
          />
          {{ one.label }}
        </label>
      }
    </div>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ThemeToggle {
  protected readonly theme = inject(Theme);
  protected readonly choices: readonly { readonly choice: ThemeChoice; readonly label: string }[] = [
    { choice: 'auto', label: 'Auto' },
    { choice: 'light', label: 'Light' },
    { choice: 'dark', label: 'Dark' },
  ];
}
