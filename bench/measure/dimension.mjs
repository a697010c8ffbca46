/**
 * @typedef {import('../wire/codecs.mjs').Serializer} Serializer
 * @typedef {import('./meter.mjs').Budget} Budget
 * @typedef {import('./contestant.mjs').Client} Client
 * @typedef {import('../wire/control.mjs').Command} Command
 * @typedef {'full' | 'quick'} Mode
 * @typedef {'client' | 'router' | 'bundle'} Side
 *
 * A line of a table: who, in which format.
 * @typedef {object} Entry
 * @property {string} contestant name of a file in clients/ or routers/
 * @property {Serializer} serializer
 *
 * A column of a table: what is varied. What else is in it is the dimension's own.
 * @typedef {{ label: string, rounds?: number, only?: readonly string[], not?: readonly string[], skip?: Readonly<Record<string, string>>, serializers?: readonly Serializer[], apart?: boolean } & Record<string, any>} Column rounds: fewer than the dimension’s; apart: measured one contestant after the other, though the dimension measures in turns; only, not: contestants it is for; skip: why, by contestant: it is for them as well, but they are left out, which the table says
 *
 * @typedef {Column & { phase: number }} PhasedColumn phase: which of the columns it is
 *
 * @typedef {object} Job
 * @property {string} dimension
 * @property {Side} side
 * @property {string} contestant
 * @property {Serializer} serializer
 * @property {PhasedColumn[]} columns
 * @property {boolean} inTurns whether others measure in turns with this
 * @property {Budget} budget
 * @property {Mode} mode
 * @property {number} port of the scripted peer, or of the router
 * @property {number} control port where that is told what to do, or asked
 *
 * @typedef {object} ClientContext
 * @property {string} name of the contestant
 * @property {import('./contestant.mjs').Contestant} contestant
 * @property {Serializer} serializer
 * @property {Column} column
 * @property {Budget} budget
 * @property {Mode} mode
 * @property {() => Promise<Client & { tell: (command: Command) => Promise<any> }>} connect
 * @property {() => Promise<Client & { tell: (command: Command) => Promise<any> }>} connectAnother in a realm of its own
 * @property {import('../wire/control.mjs').Control} control
 * @property {string} realm that `connect` joins
 *
 * @typedef {object} RouterContext
 * @property {string} name of the contestant
 * @property {Serializer} serializer
 * @property {Column} column
 * @property {Budget} budget
 * @property {Mode} mode
 * @property {number} port
 * @property {import('../wire/control.mjs').Control} router answers `usage` and `collect`
 *
 * What a table shows of the figures.
 * @typedef {object} View
 * @property {string} title
 * @property {string} metric the figure
 * @property {string} unit
 * @property {readonly string[]} [also] further metrics shown behind it, e.g. percentiles
 * @property {boolean} [ratio] whether it is compared with the floor; default: true
 * @property {'bars' | 'lines' | undefined} [chart]
 * @property {boolean} [log] whether the chart's axis is logarithmic
 *
 * @typedef {object} Dimension
 * @property {string} id name of its file
 * @property {string} title
 * @property {string} about what is done, for whoever reads the figures
 * @property {Side} side
 * @property {(mode: Mode) => readonly Column[]} columns
 * @property {(mode: Mode) => readonly Entry[]} entries
 * @property {(mode: Mode) => number} rounds
 * @property {string} [floor] the contestant that the others are compared with; default: `floor` for clients, `floor-corked` for routers
 * @property {(column: Column) => string} [floorColumn] the column in which the floor is that this one is compared with; default: the same
 * @property {boolean} [together] whether one process measures all columns, which saves the warm-up
 * @property {boolean} [inTurns] whether all contestants are there at once and have their turns slice by slice: for those that measure with `meter` alone
 * @property {readonly View[]} views
 * @property {(context: any) => Promise<Record<string, number>>} measure
 */

const EVERY = /** @type {readonly Serializer[]} */ (['json', 'msgpack', 'cbor']);

/**
 * Lines of a table.
 *
 * @param {Record<string, readonly Serializer[]>} serializers by contestant
 * @returns {Entry[]}
 */
export const entriesOf = (serializers) =>
  Object.entries(serializers).flatMap(([contestant, all]) => all.map((serializer) => ({ contestant, serializer })));

/** Every client, in every format it has. @param {Mode} mode */
export const allClients = (mode) =>
  entriesOf({
    floor: EVERY,
    ...(mode === 'full' && { 'floor-cbor-x': ['cbor'] }),
    'floor-rx': ['json'],
    rxwamp: EVERY,
    autobahn: mode === 'full' ? EVERY : ['json'],
    wampy: mode === 'full' ? EVERY : ['json'],
    wamprx: ['json'],
    thruway: ['json'],
  });

/** Every client; those that are not ours with JSON alone. @param {Mode} mode */
export const mostClients = (mode) =>
  allClients(mode).filter(({ contestant, serializer }) => serializer === 'json' || OURS.test(contestant));

const OURS = /^(floor|rxwamp$)/;

/** Every client, with JSON. */
export const clientsWithJson = () =>
  entriesOf({
    floor: ['json'],
    'floor-rx': ['json'],
    rxwamp: ['json'],
    autobahn: ['json'],
    wampy: ['json'],
    wamprx: ['json'],
    thruway: ['json'],
  });

/** Whether there is something to measure. @param {Entry} entry @param {Column} column */
export const applies = ({ contestant, serializer }, { only, not, serializers }) =>
  only?.includes(contestant) !== false &&
  not?.includes(contestant) !== true &&
  serializers?.includes(serializer) !== false;

/** Routers, with JSON; those that have MessagePack with that as well. @param {Mode} mode */
export const allRouters = (mode) =>
  entriesOf({
    'floor-send': ['json'],
    'floor-corked': mode === 'full' ? ['json', 'msgpack'] : ['json'],
    rxwamp: ['json', 'msgpack'],
    'fox-wamp': ['json'],
    'wamp.rt': ['json'],
    crossbar: ['json'],
  });

/** Routers, with JSON alone. @param {Mode} mode */
export const routersWithJson = (mode) => allRouters(mode).filter(({ serializer }) => serializer === 'json');
