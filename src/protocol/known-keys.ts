import { layoutNamed, wrongKeyOf } from './layouts.js';
import type { Dict } from './message.js';

/**
 * The first option the spec types otherwise, as `key must be …`; undefined when all are as they should be.
 *
 * @param message type code or name of the message that is to carry them, e.g. `'PUBLISH'`
 */
export function wrongKey(message: number | string, options: Dict): string | undefined {
  const layout = layoutNamed(message);
  return layout && wrongKeyOf(layout, options);
}
