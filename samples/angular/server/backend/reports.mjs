// @ts-check
import { concat, map, of, timer, take } from 'rxjs';

const STEPS = 60;
const STEP_MS = 100;
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/**
 * The report of a year, which takes six seconds and tells how far it is.
 *
 * @param {import('rxwamp').WampClient} wamp
 */
export const reportsComponent = (wamp) =>
  wamp.register('farm.report.year', ({ args: [year] }) =>
    concat(
      timer(0, STEP_MS).pipe(
        take(STEPS),
        map((step) => ({ done: step + 1, of: STEPS, month: MONTHS[Math.floor((step / STEPS) * 12)] })),
      ),
      of({ done: STEPS, of: STEPS, gwh: Math.round((31 + (Number(year) % 7) * 0.83) * 100) / 100 }),
    ),
  );
