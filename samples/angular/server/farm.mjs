// @ts-check
/** What router, back end and server agree on. */
export const REALM = 'farm';
export const BACKEND_AUTHID = 'backend';

/** Who may operate the farm; the page tells their passwords, as this is a sample. */
export const OPERATORS = {
  ada: { password: 'wind and sun' },
  grace: { password: 'north sea breeze' },
};

/** The turbines of the farm, by number. */
export const TURBINES = [
  { name: 'Alder', model: 'V-90', ratedMw: 3.0, built: 2014 },
  { name: 'Birch', model: 'V-90', ratedMw: 3.0, built: 2014 },
  { name: 'Cedar', model: 'V-112', ratedMw: 3.3, built: 2019 },
  { name: 'Dogwood', model: 'V-150', ratedMw: 4.2, built: 2023 },
];
