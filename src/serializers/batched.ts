import { readSize } from './big-endian.js';
import { failure } from './failure.js';
import type { Frame, Serializer } from './serializer.js';

/** How several messages share one frame. */
export interface Batching {
  /** The frames of one or more messages as one. */
  join(frames: readonly Frame[]): Frame;
  /**
   * The frames in a batch, taken out one by one. Its framing has been checked as a whole before: what is malformed is one
   * empty frame, which no serializer decodes.
   */
  split(batch: Frame): Iterable<Frame>;
}

/** Behind every text, the last one too. */
const SEPARATOR = '\x1e';
/** Autobahn for Python, and Crossbar.io with it, write `"\30"`, which is octal. JSON has neither character inside a text. */
const TEXTS = /[^\x18\x1e]+/g;
const MALFORMED_TEXT = /^$|^[\x18\x1e]|[\x18\x1e]{2}|[^\x18\x1e]$/;
/** In front of every binary message. */
const LENGTH_OCTETS = 4;

const texts: Batching = {
  join: (frames) => frames.map((frame) => `${String(frame)}${SEPARATOR}`).join(''),
  split(batch) {
    if (typeof batch !== 'string') return [batch];
    return MALFORMED_TEXT.test(batch) ? [''] : splitText(batch);
  },
};

function* splitText(batch: string): Generator<string> {
  for (const [text] of batch.matchAll(TEXTS)) yield text;
}

const octets: Batching = {
  join(frames) {
    const messages = frames.filter((frame) => typeof frame !== 'string');
    const batch = new Uint8Array(messages.reduce((size, { length }) => size + LENGTH_OCTETS + length, 0));
    const view = new DataView(batch.buffer);
    let at = 0;
    for (const message of messages) {
      view.setUint32(at, message.length);
      batch.set(message, at + LENGTH_OCTETS);
      at += LENGTH_OCTETS + message.length;
    }
    return batch;
  },
  split(batch) {
    if (typeof batch === 'string') return [batch];
    return isWhole(batch) ? splitOctets(batch) : [new Uint8Array(0)];
  },
};

/** Whether there is a message, none is empty, and the last one ends where the batch does. */
function isWhole(batch: Uint8Array): boolean {
  let at = 0;
  while (at < batch.length) {
    const size = readSize(batch, at, LENGTH_OCTETS);
    if (size === 0) return false;
    at += LENGTH_OCTETS + size;
  }
  return at > 0 && at === batch.length;
}

function* splitOctets(batch: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < batch.length;) {
    const start = at + LENGTH_OCTETS;
    at = start + readSize(batch, at, LENGTH_OCTETS);
    yield batch.subarray(start, at);
  }
}

/** How frames of this serializer are put together. */
export const batchingOf = ({ binary }: Serializer): Batching => (binary ? octets : texts);

/** The serializer of one message in a batch: it knows what a malformed batch is split into. */
export const batchedNamed = (serializer: Serializer): Serializer => ({
  name: `${serializer.name}.batched`,
  binary: serializer.binary,
  encode: (message) => serializer.encode(message),
  ...(serializer.subscriptionOf && { subscriptionOf: (frame: Frame) => serializer.subscriptionOf?.(frame) }),
  decode(frame) {
    if (frame.length === 0)
      throw failure('decode', 'a batch is empty, holds an empty message, or ends in the middle of one');
    return serializer.decode(frame);
  },
});
