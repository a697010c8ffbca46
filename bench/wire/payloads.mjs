/** What is sent. @typedef {'16 B' | '1 KiB' | '64 KiB' | 'structured'} PayloadName */

/** @param {number} length */
const text = (length) =>
  'The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(length / 45)).slice(0, length);

const structured = Array.from({ length: 12 }, (_, i) => ({
  id: 1000 + i,
  symbol: `SYM${i}`,
  price: 100.25 + i / 8,
  volume: 12_000 * (i + 1),
  open: i % 2 === 0,
  venue: { name: 'bench', country: 'at', lots: [1, 5, 10, i] },
}));

/** @type {Record<PayloadName, unknown[]>} */
export const payloads = {
  '16 B': [text(16)],
  '1 KiB': [text(1024)],
  '64 KiB': [text(65_536)],
  structured: [structured],
};

/** About how many bytes a payload is. @type {Record<PayloadName, number>} */
export const payloadBytes = { '16 B': 16, '1 KiB': 1024, '64 KiB': 65_536, structured: 1600 };
