// @ts-check
import { concatMap, EMPTY, merge, timer } from 'rxjs';
import { WampError } from 'rxwamp';
import { TURBINES } from '../farm.mjs';

/** How often the power is measured. */
const PERIOD_MS = 100;

/**
 * The turbines: their power ten times a second, what is known of each, and their pitch, which operators may set.
 *
 * @param {import('rxwamp').WampClient} wamp
 */
export function turbinesComponent(wamp) {
  const turbines = TURBINES.map((turbine, at) => ({ ...turbine, pitch: 2, phase: at * 1.7 }));

  /** @param {unknown} number */
  const find = (number) => {
    const turbine = typeof number === 'number' ? turbines[number - 1] : undefined;
    if (turbine !== undefined) return turbine;
    throw new WampError('farm.error.no_such_turbine', { args: [`there are turbines 1 to ${turbines.length}`] });
  };
  const log = (/** @type {string} */ text) => wamp.publish('farm.log', [{ at: Date.now(), level: 'info', text }]);

  /** @param {(typeof turbines)[number]} turbine */
  const power = ({ ratedMw, pitch, phase }) => {
    const seconds = Date.now() / 1_000;
    const wind = 0.62 + 0.22 * Math.sin(seconds / 9 + phase) + 0.08 * Math.sin(seconds / 2.3 + phase * 3);
    const gust = (Math.random() - 0.5) * 0.03;
    return Math.max(0, Math.round(ratedMw * (wind + gust) * Math.cos((pitch * Math.PI) / 180) ** 3 * 1_000) / 1_000);
  };

  return merge(
    timer(0, PERIOD_MS).pipe(
      concatMap(() => {
        wamp.publish('farm.power', [{ at: Date.now(), mw: turbines.map(power) }]);
        return EMPTY;
      }),
    ),
    wamp.register('farm.turbine.info', ({ args: [number] }) => {
      const { name, model, ratedMw, built, pitch } = find(number);
      return { name, model, ratedMw, built, pitch };
    }),
    wamp.register('farm.turbine.set_pitch', ({ args: [number, degrees] }) => {
      const turbine = find(number);
      if (typeof degrees !== 'number' || !(degrees >= 0 && degrees <= 90))
        throw new WampError('farm.error.out_of_range', { args: ['the pitch is 0 to 90 degrees'] });
      turbine.pitch = degrees;
      log(`${turbine.name} turns its blades to ${degrees}°`);
      return degrees;
    }),
    // For the page to show what becomes of a payload that breaks the contract.
    wamp.register('farm.sensor.break', () => {
      wamp.publish('farm.power', [{ at: 'yesterday', mw: 'a lot' }]);
      return 'One reading was not what the contract says.';
    }),
    wamp.register('farm.sensor.count', () => 'seven'),
  );
}
