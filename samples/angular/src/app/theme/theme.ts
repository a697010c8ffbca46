import { computed, DOCUMENT, effect, inject, Injectable, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { EMPTY, fromEvent, map, startWith } from 'rxjs';

/** What was chosen. */
export type ThemeChoice = 'auto' | 'light' | 'dark';

const KEY = 'rxwamp-sample-theme';

/** Light or dark: as the system says, or as was chosen. */
@Injectable({ providedIn: 'root' })
export class Theme {
  readonly #document = inject(DOCUMENT);
  readonly #system = this.#document.defaultView?.matchMedia('(prefers-color-scheme: dark)');
  readonly #systemIsDark = toSignal(
    this.#system === undefined
      ? EMPTY
      : fromEvent<MediaQueryListEvent>(this.#system, 'change').pipe(
          map(({ matches }) => matches),
          startWith(this.#system.matches),
        ),
    { initialValue: false },
  );
  readonly choice = signal<ThemeChoice>(read());
  readonly isDark = computed(() => (this.choice() === 'auto' ? this.#systemIsDark() : this.choice() === 'dark'));

  constructor() {
    effect(() => {
      const choice = this.choice();
      this.#document.documentElement.dataset['theme'] = choice;
      keep(choice);
    });
  }
}

// A browser may forbid its storage.
function read(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'auto';
  } catch {
    return 'auto';
  }
}

function keep(choice: ThemeChoice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // It is chosen again the next time.
  }
}
