/** The longest a platform's timer can wait, 24.8 days; it fires at once when asked for more. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
