import { inject, NgZone } from '@angular/core';
import { Observable } from 'rxjs';

/**
 * The border between Angular's zone and the client, which lives outside of it: its socket and its timers neither trigger
 * change detection nor keep the application unstable. Without zone.js there is no border, and all of this is a plain call.
 */
export class Zones {
  readonly #zone: NgZone | null;

  constructor(zone: NgZone | null) {
    this.#zone = zone;
  }

  /** Does something outside of Angular's zone. */
  outside<T>(work: () => T): T {
    return this.#zone === null ? work() : this.#zone.runOutsideAngular(work);
  }

  /** A way back to where it was made: into Angular's zone if that was inside of it. */
  wayBack(): <T>(work: () => T) => T {
    const zone = this.#zone;
    return zone !== null && NgZone.isInAngularZone() ? (work) => zone.run(work) : (work) => work();
  }

  /** The same Observable, living outside of Angular's zone, for subscribers who are told where they subscribed. */
  bridge<T>(source$: Observable<T>): Observable<T> {
    return new Observable<T>((subscriber) => {
      const back = this.wayBack();
      const subscription = this.outside(() =>
        source$.subscribe({
          next: (value) => {
            back(() => subscriber.next(value));
          },
          error: (error: unknown) => {
            back(() => subscriber.error(error));
          },
          complete: () => {
            back(() => subscriber.complete());
          },
        }),
      );
      return () => this.outside(() => subscription.unsubscribe());
    });
  }
}

/** The border of this injector's application. */
export const injectZones = (): Zones => new Zones(inject(NgZone, { optional: true }));
