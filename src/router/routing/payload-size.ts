/** What a value costs beside its text or bytes: so much, too, does each of a million empty lists. */
const PER_VALUE = 16;

/**
 * About how many bytes a decoded payload takes in memory: its text (a character as a byte), its bytes, and a little for
 * every value. Decoding has bounded how deep it is.
 */
export function payloadSize(value: unknown): number {
  if (typeof value === 'string') return PER_VALUE + value.length;
  if (typeof value !== 'object' || value === null) return PER_VALUE;
  if (ArrayBuffer.isView(value)) return PER_VALUE + value.byteLength;
  let size = PER_VALUE;
  if (Array.isArray(value)) {
    for (const member of value) size += payloadSize(member);
  } else {
    for (const [key, member] of Object.entries(value)) size += key.length + payloadSize(member);
  }
  return size;
}
