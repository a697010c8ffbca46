import { isPayload, type Dict, type List, type PayloadInput } from 'rxwamp';

/** What was handed over as a payload, as arguments and keyword arguments. @throws {Error} when it is none. */
export function contentOf(content: PayloadInput = []): { readonly args: List; readonly kwargs: Dict } {
  if (Array.isArray(content)) return { args: content as List, kwargs: {} };
  // What is no list has both kinds by name; a test written without types may hand over anything.
  const given: unknown = content;
  if (typeof given !== 'object' || given === null)
    throw new Error('a payload is a list of arguments or { args, kwargs }');
  const { args = [], kwargs = {}, ...others } = given as { args?: List; kwargs?: Dict };
  if (!isPayload(given) && Object.keys(others).length > 0)
    throw new Error('a payload has args and kwargs; a single object goes in a list');
  return { args, kwargs };
}
