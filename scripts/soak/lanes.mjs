/** Names of the clients, which are also the lanes of the schedule. */
export const LANES = /** @type {const} */ ([
  'pub1',
  'pub2',
  'sub1',
  'sub2',
  'call1',
  'call2',
  'serve1',
  'serve2',
  'churn',
]);
