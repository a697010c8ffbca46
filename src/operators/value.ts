import { map, type OperatorFunction } from 'rxjs';
import type { List } from '../protocol/message.js';

/**
 * The first argument of each event, result or invocation: of anything with `args`, as it comes; undefined where there is
 * none.
 *
 * @example
 * wamp.call('com.example.add', [2, 3]).pipe(value()).subscribe((sum) => …);
 */
export const value = <T extends { readonly args: List }>(): OperatorFunction<T, T['args'][0]> =>
  map(({ args }) => args[0]);
