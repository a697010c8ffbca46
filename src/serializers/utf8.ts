import { failure } from './failure.js';

/** Up to this many bytes a text is looked at before it is decoded; of a longer one it is cheaper to look at what came out. */
const SHORT_BYTES = 256;
const strict = new TextDecoder('utf-8', { fatal: true });

/**
 * Checks one text of a frame: decoders of MessagePack and CBOR take bytes that are no UTF-8 for some other text.
 *
 * @param isDoubtful also where it is long.
 * @returns whether it was too long to be looked at.
 * @throws {SerializationError} when it is no UTF-8.
 */
export function checkText(bytes: Uint8Array, at: number, size: number, isDoubtful: boolean): boolean {
  const end = at + size;
  if (size > SHORT_BYTES && !isDoubtful) return true;
  if (end > bytes.length) return false;
  for (let index = at; index < end; index++) {
    if ((bytes[index] ?? 0) < 0x80) continue;
    try {
      strict.decode(bytes.subarray(index, end));
    } catch {
      throw failure('decode', 'a text is not UTF-8');
    }
    break;
  }
  return false;
}

/** Whether there is a U+FFFD somewhere: perhaps it was sent, perhaps it stands for bytes that are no UTF-8. */
export function holdsReplacement(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\uFFFD');
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsReplacement);
  if (value instanceof Uint8Array) return false;
  for (const key in value) {
    // A decoder makes no other objects than dictionaries.
    if (key.includes('\uFFFD') || holdsReplacement((value as Record<string, unknown>)[key])) return true;
  }
  return false;
}
