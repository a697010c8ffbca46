import { Receivers } from './receivers.mjs';

/** Receivers in a process of their own, as ten thousand are too many for one. */

const [port, serializer, topic, count] = process.argv.slice(2);
const codec = /** @type {import('../wire/codecs.mjs').Serializer} */ (serializer);
const receivers = await Receivers.open(Number(count), Number(port), codec, topic ?? '');
process.on('message', async (/** @type {number} */ each) => {
  await receivers.received(each);
  process.send?.(each);
});
process.on('disconnect', () => process.exit());
process.send?.(0);
