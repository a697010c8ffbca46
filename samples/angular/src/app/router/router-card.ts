import { ChangeDetectionStrategy, Component, computed } from '@angular/core';
import { toObservable, toSignal } from '@angular/core/rxjs-interop';
import { map, scan } from 'rxjs';
import { injectCall, injectConnection } from 'rxwamp/angular';
import { inWords } from '../words';

/** What has become of the connection since the page was opened. */
interface Outages {
  readonly count: number;
  readonly lostAt: number | undefined;
  readonly lastMs: number | undefined;
}

/** Kills the router, breaks a reading, and tells how it went on. */
@Component({
  selector: 'app-router-card',
  host: { class: 'card' },
  template: `
    <h2>Make trouble</h2>
    <p class="hint">
      The router is killed as a process, without a good-bye, and started again two seconds later. Charts, procedures and
      who you are come back by themselves.
    </p>
    <div class="row">
      <button class="danger" type="button" (click)="kill.call()" [disabled]="connection().status !== 'connected'">
        Kill the router
      </button>
      <button type="button" (click)="broken.call()" [disabled]="connection().status !== 'connected'">
        Send a broken reading
      </button>
    </div>
    <p class="says" role="status" data-testid="outages">{{ says() }}</p>
    <p class="says" role="status" data-testid="broken" [class.bad]="broken.error()">
      @if (broken.error(); as failure) {
        {{ inWords(failure) }}
      } @else if (broken.value(); as said) {
        {{ said }} The log tells what the client did.
      }
    </p>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RouterCard {
  protected readonly inWords = inWords;
  protected readonly connection = injectConnection();
  protected readonly kill = injectCall('farm.router.kill');
  protected readonly broken = injectCall('farm.sensor.break');
  readonly #outages = toSignal(
    toObservable(this.connection).pipe(
      map(({ status }) => status),
      scan(
        (before: Outages, status): Outages => {
          if (status === 'waiting' && before.lostAt === undefined)
            return { ...before, count: before.count + 1, lostAt: Date.now() };
          if (status !== 'connected' || before.lostAt === undefined) return before;
          return { ...before, lostAt: undefined, lastMs: Date.now() - before.lostAt };
        },
        { count: 0, lostAt: undefined, lastMs: undefined },
      ),
    ),
  );
  protected readonly says = computed(() => {
    const { count = 0, lostAt, lastMs } = this.#outages() ?? {};
    if (lostAt !== undefined) return 'The router is gone. It will be back.';
    if (lastMs === undefined) return 'No outage so far.';
    return `Back after ${(lastMs / 1_000).toFixed(1)} s. ${count === 1 ? 'One outage' : `${count} outages`} so far.`;
  });
}
