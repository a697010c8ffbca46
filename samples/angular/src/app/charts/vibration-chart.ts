import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { map } from 'rxjs';
import { injectTopic } from 'rxwamp/angular';
import type { Reading } from '../farm/contract';
import { Palette } from '../theme/palette';
import { axes } from './axes';
import { Backpressure } from './backpressure';
import { Chart } from './chart';
import { ChartCard } from './chart-card';

/** The spectrum of a gear box. It comes 125 times a second, and what is out of date need not be drawn. */
@Component({
  selector: 'app-vibration-chart',
  imports: [Chart, ChartCard],
  template: `
    <app-chart-card
      heading="Gear box vibration"
      topic="farm.vibration"
      [backpressure]="backpressure"
      [status]="vibration.status()"
      [gap]="vibration.gap()"
      [error]="vibration.error()"
    >
      <app-chart [option]="option()" [label]="label()" />
    </app-chart-card>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class VibrationChart {
  readonly #colors = inject(Palette).colors;
  protected readonly backpressure = new Backpressure('latest');
  protected readonly vibration = injectTopic('farm.vibration', {
    subscribe: { gaps: 'notice' },
    pipe: (events$) =>
      events$.pipe(
        map(({ value }) => value),
        this.backpressure.thinned(),
      ),
    reduce: (before, batch) => batch.at(-1) ?? before,
    initialValue: undefined as Reading<'farm.vibration'> | undefined,
  });
  protected readonly option = computed(() => {
    const colors = this.#colors();
    const bands = this.vibration.value()?.bands ?? [];
    const { xAxis, ...rest } = axes(colors, 'mm/s', { min: 0, max: 4 });
    return {
      ...rest,
      xAxis: {
        ...xAxis,
        type: 'category',
        data: Array.from({ length: 24 }, (_, band) => `${(band + 1) * 20} Hz`),
        axisLabel: { color: colors.text, fontSize: 11, interval: 5 },
        axisTick: { show: false },
      },
      series: [
        {
          name: 'Vibration',
          type: 'bar',
          barCategoryGap: '25%',
          itemStyle: { color: colors.series[1], borderRadius: [3, 3, 0, 0] },
          data: bands,
        },
      ],
    };
  });
  protected readonly label = computed(() => {
    const bands = this.vibration.value()?.bands;
    if (bands === undefined) return 'Vibration by frequency; nothing has been measured yet.';
    const peak = Math.max(...bands);
    return `Vibration by frequency. The peak is ${peak.toFixed(1)} mm/s at ${(bands.indexOf(peak) + 1) * 20} Hz.`;
  });
}
