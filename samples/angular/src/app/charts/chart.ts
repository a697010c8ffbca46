import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  effect,
  type ElementRef,
  inject,
  input,
  signal,
  viewChild,
} from '@angular/core';
import type { ECharts, EChartsCoreOption } from './echarts';

/** A chart of ECharts. It is an image to those who cannot see it, and `label` says what it shows. */
@Component({
  selector: 'app-chart',
  template: `
    <div #canvas class="canvas" role="img" [attr.aria-label]="label()"></div>
    @if (failed()) {
      <p class="says bad">The charts could not be loaded. Everything else works; reload the page for them.</p>
    }
  `,
  styles: `
    :host {
      display: block;
      position: relative;
    }
    /* Its size comes from the page alone, so that it shrinks with it. */
    .canvas {
      position: absolute;
      inset: 0;
      overflow: hidden;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Chart {
  readonly option = input.required<EChartsCoreOption>();
  readonly label = input.required<string>();
  protected readonly failed = signal(false);
  private readonly canvas = viewChild.required<ElementRef<HTMLElement>>('canvas');
  readonly #chart = signal<ECharts | undefined>(undefined);
  readonly #destroyed = inject(DestroyRef);

  constructor() {
    afterNextRender(() => void this.#load());
    effect(() => this.#chart()?.setOption(this.option()));
  }

  async #load(): Promise<void> {
    try {
      const { init } = await import('./echarts');
      if (this.#destroyed.destroyed) return;
      const element = this.canvas().nativeElement;
      const chart = init(element);
      const resized = new ResizeObserver(() => chart.resize());
      resized.observe(element);
      this.#destroyed.onDestroy(() => {
        resized.disconnect();
        chart.dispose();
      });
      this.#chart.set(chart);
    } catch {
      this.failed.set(true);
    }
  }
}
