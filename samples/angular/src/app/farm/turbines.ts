/** The turbines' names, in the order in which their power is told. */
export const TURBINE_NAMES = ['Alder', 'Birch', 'Cedar', 'Dogwood'] as const;
