import type { IncomingMessage } from 'node:http';

/**
 * The body of a request.
 *
 * @throws {RangeError} when it is larger than the limit; it is then read no further.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // What a request without an encoding is read in.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new RangeError('the body is too large');
    chunks.push(chunk);
  }
  const whole = Buffer.concat(chunks);
  return new Uint8Array(whole.buffer, whole.byteOffset, whole.length);
}
