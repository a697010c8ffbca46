import type { Dict, Uri } from '../protocol/message.js';

/** What a router keeps one subscription or registration for: the URI and the match policy. */
export const matchKey = (uri: Uri, options: Dict): string =>
  `${typeof options['match'] === 'string' ? options['match'] : 'exact'} ${uri}`;
