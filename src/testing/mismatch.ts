const LONGEST = 300;

/** A value as text for an error message, cut when it is long. */
export function show(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return `${String(inner)}n`;
    if (typeof inner === 'function') return 'a function';
    if (inner instanceof Uint8Array) return `${String(inner.length)} bytes`;
    return inner;
  }) as string | undefined;
  if (text === undefined) return String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function listMismatch(expected: readonly unknown[], actual: unknown, path: string): string | undefined {
  if (!Array.isArray(actual) || actual.length !== expected.length)
    return `${path} is ${show(actual)}, not ${show(expected)}`;
  for (const [at, element] of expected.entries()) {
    const found = mismatch(element, actual[at], `${path}[${String(at)}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function bytesMismatch(expected: Uint8Array, actual: unknown, path: string): string | undefined {
  const same =
    actual instanceof Uint8Array &&
    actual.length === expected.length &&
    actual.every((byte, at) => byte === expected[at]);
  return same ? undefined : `${path} is ${show(actual)}, not the ${String(expected.length)} bytes expected`;
}

/**
 * The first difference between what was expected and what came, as a sentence; undefined when it will do.
 * Dictionaries are compared by the expected keys alone, lists in full, `undefined` means absent, a function decides.
 */
export function mismatch(expected: unknown, actual: unknown, path: string): string | undefined {
  if (typeof expected === 'function') {
    // The type of an expectation says that its functions are predicates.
    return (expected as (value: unknown) => boolean)(actual)
      ? undefined
      : `${path} is ${show(actual)}, which was refused`;
  }
  if (Array.isArray(expected)) return listMismatch(expected, actual, path);
  if (expected instanceof Uint8Array) return bytesMismatch(expected, actual, path);
  if (isObject(expected)) {
    if (!isObject(actual) || Array.isArray(actual)) return `${path} is ${show(actual)}, not ${show(expected)}`;
    for (const [key, value] of Object.entries(expected)) {
      const found = mismatch(value, actual[key], path === '' ? key : `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return Object.is(expected, actual) ? undefined : `${path} is ${show(actual)}, not ${show(expected)}`;
}
