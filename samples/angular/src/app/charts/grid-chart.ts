import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { map } from 'rxjs';
import { injectTopic } from 'rxwamp/angular';
import type { Reading } from '../farm/contract';
import { Palette } from '../theme/palette';
import { axes } from './axes';
import { Backpressure } from './backpressure';
import { Chart } from './chart';
import { ChartCard } from './chart-card';
import { slide, toLine } from './window';

const SHOWN_MS = 20_000;

/** The frequency of the grid over the last while. */
@Component({
  selector: 'app-grid-chart',
  imports: [Chart, ChartCard],
  template: `
    <app-chart-card
      heading="Grid frequency"
      topic="farm.grid"
      [backpressure]="backpressure"
      [status]="grid.status()"
      [gap]="grid.gap()"
      [error]="grid.error()"
    >
      <app-chart [option]="option()" [label]="label()" />
    </app-chart-card>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class GridChart {
  readonly #colors = inject(Palette).colors;
  protected readonly backpressure = new Backpressure('calm');
  protected readonly grid = injectTopic('farm.grid', {
    subscribe: { gaps: 'notice' },
    pipe: (events$) =>
      events$.pipe(
        map(({ value }) => value),
        this.backpressure.thinned(),
      ),
    reduce: (samples, batch) => slide(samples, batch, SHOWN_MS),
    initialValue: [] as readonly Reading<'farm.grid'>[],
  });
  protected readonly option = computed(() => {
    const colors = this.#colors();
    return {
      ...axes(colors, 'Hz', { min: 49.9, max: 50.1, interval: 0.05 }),
      series: [
        {
          name: 'Frequency',
          type: 'line',
          showSymbol: false,
          smooth: 0.2,
          lineStyle: { width: 2, color: colors.series[3] },
          itemStyle: { color: colors.series[3] },
          emphasis: { disabled: true },
          data: toLine(this.grid.value(), ({ hz }) => hz),
        },
      ],
    };
  });
  protected readonly label = computed(() => {
    const now = this.grid.value().at(-1);
    return now === undefined
      ? 'Frequency of the grid over time; nothing has been measured yet.'
      : `Frequency of the grid over the last ${SHOWN_MS / 1_000} seconds. Now: ${now.hz.toFixed(3)} Hz.`;
  });
}
