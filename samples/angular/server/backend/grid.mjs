// @ts-check
import { concatMap, EMPTY, merge, timer } from 'rxjs';

const NEWS = [
  'The wind turns to the north-west',
  'A kestrel sits on Birch',
  'Service boat on its way to Cedar',
  'Forecast: fresh breeze until the evening',
  'Shift handed over',
  'Waves of 1.4 m, boats may land',
];

/**
 * The grid: its frequency twenty times a second, and the log of the control room.
 *
 * @param {import('rxwamp').WampClient} wamp
 */
export const gridComponent = (wamp) =>
  merge(
    timer(0, 50).pipe(
      concatMap(() => {
        const at = Date.now();
        const hz = 50 + 0.045 * Math.sin(at / 4_000) + 0.02 * Math.sin(at / 700) + (Math.random() - 0.5) * 0.008;
        wamp.publish('farm.grid', [{ at, hz: Math.round(hz * 10_000) / 10_000 }]);
        return EMPTY;
      }),
    ),
    timer(1_000, 7_000).pipe(
      concatMap((n) => {
        wamp.publish('farm.log', [{ at: Date.now(), level: 'info', text: NEWS[n % NEWS.length] }]);
        return EMPTY;
      }),
    ),
  );
