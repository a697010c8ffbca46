import { defineContract, type ContractOf } from 'rxwamp';
import { array, finite, literal, number, object, optional, pipe, strictTuple, string, union } from 'valibot';

const finiteNumber = pipe(number(), finite());

/** Everything the back end sends is checked as it comes off the wire. */
export const contract = defineContract({
  topics: {
    'farm.power': { args: strictTuple([object({ at: finiteNumber, mw: array(finiteNumber) })]) },
    'farm.vibration': { args: strictTuple([object({ at: finiteNumber, bands: array(finiteNumber) })]) },
    'farm.grid': { args: strictTuple([object({ at: finiteNumber, hz: finiteNumber })]) },
    'farm.log': {
      args: strictTuple([
        object({ at: finiteNumber, level: union([literal('info'), literal('warning')]), text: string() }),
      ]),
    },
  },
  procedures: {
    'farm.turbine.info': {
      args: strictTuple([number()]),
      result: strictTuple([
        object({ name: string(), model: string(), ratedMw: number(), built: number(), pitch: number() }),
      ]),
    },
    'farm.report.year': {
      args: strictTuple([number()]),
      progress: strictTuple([
        object({ done: number(), of: number(), month: optional(string()), gwh: optional(number()) }),
      ]),
      result: strictTuple([
        object({ done: number(), of: number(), month: optional(string()), gwh: optional(number()) }),
      ]),
    },
    'farm.sensor.break': { args: strictTuple([]), result: strictTuple([string()]) },
    'farm.sensor.count': { args: strictTuple([]), result: strictTuple([number()]) },
    'farm.router.kill': { args: strictTuple([]), result: strictTuple([string()]) },
  },
});

type Checked = ContractOf<typeof contract>;

/** What a page answers when another page asks it. */
export interface PageAnswer {
  readonly from: string;
  readonly text: string;
}

/** The realm of the farm: what is checked, and what pages offer each other under the number of their session. */
export interface Farm {
  readonly topics: Checked['topics'];
  readonly procedures: Checked['procedures'] &
    Readonly<
      Record<`farm.page.${number}`, { readonly args: [from: string, question: string]; readonly result: [PageAnswer] }>
    >;
}

/** The value of a topic's events. */
export type Reading<Topic extends keyof Checked['topics']> = Checked['topics'][Topic]['args'][0];

declare module 'rxwamp/angular' {
  interface WampContracts {
    default: Farm;
  }
}
