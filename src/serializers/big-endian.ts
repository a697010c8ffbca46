/** The unsigned integer of `width` bytes at `at`, big-endian; what lies behind the end counts as 0. */
export function readSize(bytes: Uint8Array, at: number, width: number): number {
  let size = 0;
  for (let next = at; next < at + width; next++) size = size * 256 + (bytes[next] ?? 0);
  return size;
}
