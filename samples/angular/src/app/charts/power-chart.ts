import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { map } from 'rxjs';
import { injectTopic } from 'rxwamp/angular';
import type { Reading } from '../farm/contract';
import { TURBINE_NAMES } from '../farm/turbines';
import { Palette } from '../theme/palette';
import { axes } from './axes';
import { Backpressure } from './backpressure';
import { Chart } from './chart';
import { ChartCard } from './chart-card';
import { slide, toLine } from './window';

const SHOWN_MS = 40_000;

/** The power of each turbine over the last while. */
@Component({
  selector: 'app-power-chart',
  imports: [Chart, ChartCard],
  template: `
    <app-chart-card
      heading="Power by turbine"
      topic="farm.power"
      [backpressure]="backpressure"
      [status]="power.status()"
      [gap]="power.gap()"
      [error]="power.error()"
    >
      <app-chart class="tall" [option]="option()" [label]="label()" />
    </app-chart-card>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PowerChart {
  readonly #colors = inject(Palette).colors;
  protected readonly backpressure = new Backpressure('all');
  protected readonly power = injectTopic('farm.power', {
    subscribe: { gaps: 'notice' },
    pipe: (events$) =>
      events$.pipe(
        map(({ value }) => value),
        this.backpressure.thinned(),
      ),
    reduce: (samples, batch) => slide(samples, batch, SHOWN_MS),
    initialValue: [] as readonly Reading<'farm.power'>[],
  });
  protected readonly option = computed(() => {
    const colors = this.#colors();
    return {
      ...axes(colors, 'MW', { min: 0 }),
      color: [...colors.series],
      legend: { top: 0, right: 8, textStyle: { color: colors.text }, icon: 'roundRect', itemWidth: 12, itemHeight: 4 },
      series: TURBINE_NAMES.map((name, at) => ({
        name,
        type: 'line',
        stack: 'farm',
        areaStyle: { opacity: 0.22 },
        lineStyle: { width: 1.5 },
        showSymbol: false,
        emphasis: { disabled: true },
        data: toLine(this.power.value(), ({ mw }) => mw[at]),
      })),
    };
  });
  protected readonly label = computed(() => {
    const now = this.power.value().at(-1);
    if (now === undefined) return 'Power of the turbines over time; nothing has been measured yet.';
    return `Power over the last ${SHOWN_MS / 1_000} seconds. Now: ${TURBINE_NAMES.map((name, at) => `${name} ${now.mw[at]?.toFixed(1) ?? '?'} MW`).join(', ')}.`;
  });
}
