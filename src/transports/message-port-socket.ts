import { timer, type Subscription } from 'rxjs';
import { OverflowError, type RxWampError } from '../protocol/errors.js';
import type { Frame } from '../serializers/serializer.js';
import { connectionLost, type CloseReason, type LinkPort, type Socket } from './link.js';
import type { PortClose, PortFrame } from './message-port-frames.js';

/** Handled bytes are told at once when they are so many, … */
const ACK_BYTES = 16 * 1024;
/** … and else after so many milliseconds, together. */
const ACK_DELAY_MS = 10;

/**
 * One end of an open connection over a port. The other end says what it has handled: without that nobody could know that
 * it does not keep up, because a port never says how much waits in it.
 */
export class PortSocket implements Socket {
  bufferedBytes = 0;
  /** Who is told what happens. */
  link: LinkPort | undefined;
  readonly #post: (frame: PortFrame) => void;
  readonly #maxHeldBytes: number;
  /** What came while paused, in order: frames, and the end. */
  readonly #held: (() => void)[] = [];
  #heldBytes = 0;
  #handledBytes = 0;
  #acking: Subscription | undefined;
  #paused = false;
  #ended = false;

  /** @param maxHeldBytes most that is kept while the reader has paused. */
  constructor(post: (frame: PortFrame) => void, maxHeldBytes: number) {
    this.#post = post;
    this.#maxHeldBytes = maxHeldBytes;
  }

  send(frame: Frame): void {
    if (this.#ended) return;
    this.bufferedBytes += frame.length;
    // The clone of a view holds all of the buffer below it.
    const whole = typeof frame === 'string' || frame.byteLength === frame.buffer.byteLength;
    this.#post(['frame', whole ? frame : frame.slice()]);
  }

  close(reason: CloseReason): void {
    this.#hangUp(reason);
  }

  terminate(): void {
    this.#hangUp('terminated');
  }

  ping(): void {
    if (!this.#ended) this.#post(['ping']);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    // Not from within the delivery of a frame.
    queueMicrotask(() => {
      this.#release();
    });
  }

  /** What the other end said. */
  receive(frame: PortFrame): void {
    if (this.#ended) return;
    switch (frame[0]) {
      case 'frame':
        this.#arrived(frame[1]);
        return;
      case 'ack':
        this.bufferedBytes = Math.max(0, this.bufferedBytes - frame[1]);
        return;
      case 'ping':
        this.#post(['pong']);
        return;
      case 'pong':
        this.link?.pong();
        return;
      case 'close':
        this.#inTurn(() => this.end(closeError(frame[1])));
        return;
      case 'open':
      case 'opened':
      case 'refused':
        // Said before there is a socket, or to nobody.
        return;
    }
  }

  /** What came from the other end is no frame. */
  violated(error: RxWampError): void {
    if (!this.#ended) this.#post(['close', 'violation']);
    this.end(error);
  }

  /** The connection is over, and nothing more can be said. */
  end(error: RxWampError | undefined): void {
    if (this.#stop()) this.link?.closed(error);
  }

  /** Says that it is over. What was posted before still arrives. */
  #hangUp(how: PortClose): void {
    if (!this.#stop()) return;
    this.#post(['close', how]);
    // Who hangs up has not always finished with what made it do so.
    queueMicrotask(() => {
      this.link?.closed();
    });
  }

  /** False when it had stopped before. */
  #stop(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#acking?.unsubscribe();
    this.#held.length = 0;
    this.bufferedBytes = 0;
    return true;
  }

  #arrived(frame: Frame): void {
    const maxHeldBytes = this.#maxHeldBytes;
    const isHeld = this.#paused || this.#held.length > 0;
    if (isHeld && (this.#heldBytes += frame.length) > maxHeldBytes) {
      const what = `more than ${String(maxHeldBytes)} bytes came while nothing was read`;
      this.#post(['close', 'too large']);
      this.end(new OverflowError(what, { attempted: 'receive', limit: maxHeldBytes }));
      return;
    }
    this.#inTurn(() => {
      this.link?.frame(frame);
      this.#handled(frame.length);
    });
  }

  #inTurn(work: () => void): void {
    if (this.#paused || this.#held.length > 0) this.#held.push(work);
    else work();
  }

  #release(): void {
    while (!this.#paused) {
      const next = this.#held.shift();
      if (next === undefined) return;
      next();
    }
  }

  /** Says how much was handled: of small frames, many at a time. */
  #handled(bytes: number): void {
    if (this.#ended) return;
    if (this.#held.length === 0) this.#heldBytes = 0;
    this.#handledBytes += bytes;
    if (this.#handledBytes >= ACK_BYTES) this.#ack();
    else this.#acking ??= timer(ACK_DELAY_MS).subscribe(() => this.#ack());
  }

  #ack(): void {
    this.#acking?.unsubscribe();
    this.#acking = undefined;
    const bytes = this.#handledBytes;
    this.#handledBytes = 0;
    this.#post(['ack', bytes]);
  }
}

/** What the other end's goodbye means for the link. */
function closeError(how: PortClose): RxWampError | undefined {
  switch (how) {
    case 'normal':
      return undefined;
    case 'violation':
      return connectionLost('the other end of the port closed it after a protocol violation');
    case 'too large':
      return connectionLost('the other end of the port closed it because a message was too large');
    case 'terminated':
      return connectionLost('the other end of the port hung up');
  }
}
