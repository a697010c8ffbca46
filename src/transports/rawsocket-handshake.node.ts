import type { Duplex } from 'node:stream';
import { HANDSHAKE_OCTETS, MAGIC } from './rawsocket-handshake.js';

/**
 * Reads a handshake off a stream: four octets, or fewer when the first says that it is none. What came behind it is put
 * back, and the stream is paused.
 *
 * @returns how to stop reading before it is there.
 */
export function readHandshake(stream: Duplex, done: (octets: Uint8Array) => void): () => void {
  let octets = Buffer.alloc(0);
  const stop = (): void => void stream.off('data', read);
  const read = (chunk: Buffer): void => {
    octets = Buffer.concat([octets, chunk]);
    if (octets.length < HANDSHAKE_OCTETS && octets[0] === MAGIC) return;
    stop();
    stream.pause();
    const rest = octets.subarray(HANDSHAKE_OCTETS);
    if (rest.length > 0) stream.unshift(rest);
    done(octets.subarray(0, HANDSHAKE_OCTETS));
  };
  stream.on('data', read);
  stream.resume();
  return stop;
}
