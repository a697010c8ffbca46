import { computed, inject, Injectable } from '@angular/core';
import { Theme } from './theme';

/** The colors of a chart. */
export interface Colors {
  readonly series: readonly [string, string, string, string];
  readonly text: string;
  readonly line: string;
  readonly surface: string;
}

const LIGHT: Colors = {
  series: ['#0b7285', '#5f3dc4', '#c2410c', '#2b8a3e'],
  text: '#475569',
  line: '#e2e8f0',
  surface: '#ffffff',
};
const DARK: Colors = {
  series: ['#3bc9db', '#b197fc', '#ffa94d', '#69db7c'],
  text: '#a8b5c7',
  line: '#2a3646',
  surface: '#16202c',
};

/** The colors of charts, which a canvas cannot take from the style sheet. */
@Injectable({ providedIn: 'root' })
export class Palette {
  readonly #theme = inject(Theme);
  readonly colors = computed(() => (this.#theme.isDark() ? DARK : LIGHT));
}
