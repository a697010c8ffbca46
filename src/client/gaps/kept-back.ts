/** Most live events kept back while a gap is filled, or while the client moves to another session. */
export const MAX_KEPT_BACK = 10_000;
