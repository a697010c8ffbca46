/** Everything that is measured, in the order in which it is. @type {import('../measure/dimension.mjs').Dimension[]} */
export const dimensions = [];

const NAMES = [
  'events',
  'discarded',
  'subscriptions',
  'calls',
  'pending',
  'invocations',
  'publishes',
  'acknowledged',
  'lone-publish',
  'progressive',
  'heap',
  'startup',
  'reconnect',
  'fan-out',
  'round-trips',
  'sessions',
  'patterns',
  'stalled',
  'bundle',
];

for (const name of NAMES) {
  const { default: dimension } = await import(`./${name}.mjs`);
  dimensions.push(dimension);
}
