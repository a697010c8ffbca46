/** Arguments of every kind that all serializers can carry. */
export const ARGS = [
  'text',
  'žluťoučký kůň 🦊',
  0,
  -1,
  2 ** 31,
  -(2 ** 40),
  2 ** 53 - 1,
  1.5,
  -0.25,
  true,
  false,
  null,
  [],
  [1, [2, [3]]],
  { nested: { list: [1, 'two'], nothing: null } },
];

export const KWARGS = { name: 'fox', count: 3, nested: { deep: [true] } };

/** Bytes, zero and those above 127 among them. */
export const BYTES = Uint8Array.from([0, 1, 127, 128, 255, 0]);
