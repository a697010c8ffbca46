// @ts-check
import { concatMap, EMPTY, timer } from 'rxjs';

const PERIOD_MS = 8;
const BANDS = 24;

/**
 * The vibration of a gear box as a spectrum, 125 times a second: more than a screen can show.
 *
 * @param {import('rxwamp').WampClient} wamp
 */
export const sensorsComponent = (wamp) =>
  timer(0, PERIOD_MS).pipe(
    concatMap(() => {
      const at = Date.now();
      const bands = Array.from({ length: BANDS }, (_, band) => {
        const hum = 2.6 * Math.exp(-(((band - 6 - 2 * Math.sin(at / 1_400)) / 2.4) ** 2));
        const gear = 1.7 * Math.exp(-(((band - 16 + 1.5 * Math.sin(at / 900)) / 1.8) ** 2));
        return Math.round((0.25 + hum + gear + Math.random() * 0.35) * 100) / 100;
      });
      wamp.publish('farm.vibration', [{ at, bands }]);
      return EMPTY;
    }),
  );
