import { tooLarge } from './link.js';

/** The parts of `fetch` used here, so that declarations need no DOM. */
export type FetchLike = (
  url: string,
  init: {
    readonly method: 'POST';
    readonly headers: Record<string, string>;
    readonly body?: string | Uint8Array<ArrayBuffer>;
    readonly signal: AbortSignal;
    readonly credentials?: 'include' | 'same-origin';
  },
) => Promise<ResponseLike>;

/** The parts of a response used here. */
export interface ResponseLike {
  readonly ok: boolean;
  readonly status: number;
  readonly body: { getReader(): { read(): Promise<ChunkLike>; cancel(): Promise<void> } } | null;
}

/** What a body is read in. */
export interface ChunkLike {
  readonly done: boolean;
  readonly value?: Uint8Array | undefined;
}

/**
 * The body of a response, read no further than the limit.
 *
 * @throws {OverflowError} when there is more.
 */
export async function bodyOf({ body }: ResponseLike, limit: number): Promise<Uint8Array> {
  const reader = body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value }: ChunkLike = (await reader?.read()) ?? { done: true };
    if (value !== undefined) {
      chunks.push(value);
      size += value.length;
    }
    if (size > limit) {
      await reader?.cancel();
      throw tooLarge(size, limit);
    }
    if (done) break;
  }
  const [first] = chunks;
  if (chunks.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
