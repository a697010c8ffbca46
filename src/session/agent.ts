/** What this client calls itself in HELLO. */
export const AGENT = 'rxwamp-0.1.0';
