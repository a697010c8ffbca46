import type { PerMessageDeflateOptions, WebSocket } from 'ws';
import type { Frame } from '../serializers/serializer.js';

/** Options of permessage-deflate, at either end. */
export interface CompressionOptions {
  /** Messages smaller than this are sent as they are, in bytes. Default: 1,024. */
  readonly thresholdBytes?: number | undefined;
  /** From 1, fast, to 9, small. Default: zlib's own, 6. */
  readonly level?: number | undefined;
  /**
   * Whether each message may refer to those before it, which compresses better and keeps up to 300 KB per connection and
   * side. Default: false.
   */
  readonly contextTakeover?: boolean | undefined;
}

/** What `ws` is told of compression. */
export function deflateOptions(option: boolean | CompressionOptions): PerMessageDeflateOptions | false {
  if (option === false) return false;
  const { thresholdBytes = 1_024, level, contextTakeover = false } = option === true ? {} : option;
  return {
    threshold: thresholdBytes,
    serverNoContextTakeover: !contextTakeover,
    clientNoContextTakeover: !contextTakeover,
    zlibDeflateOptions: level === undefined ? {} : { level },
  };
}

/** Writes frames by way of `ws`, which compresses them and keeps their order while it does. */
export class CompressingWriter {
  readonly #webSocket: WebSocket;

  constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
  }

  /** Bytes handed over that the operating system has not taken. */
  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  write(frame: Frame): void {
    if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.send(frame);
  }

  flush(): void {
    // Nothing is held back here.
  }
}

/** Whether both ends have agreed to compress. */
export const isCompressed = ({ extensions }: WebSocket): boolean => extensions.startsWith('permessage-deflate');
