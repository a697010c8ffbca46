import type { Dict } from '../../protocol/message.js';

const KEYS = ['ppt_scheme', 'ppt_serializer', 'ppt_cipher', 'ppt_keyid'] as const;

/**
 * Whether options or details say that the payload is one binary that routers pass on as it is.
 *
 * @see WAMP spec, Payload Passthru Mode
 */
export const isPassthru = (options: Dict): boolean =>
  typeof options['ppt_scheme'] === 'string' && options['ppt_scheme'] !== '';

/** The attributes that go with such a payload; none when it is an ordinary one. */
export function passthruAttributes(options: Dict): Dict {
  if (!isPassthru(options)) return {};
  return Object.fromEntries(KEYS.flatMap((key) => (typeof options[key] === 'string' ? [[key, options[key]]] : [])));
}
