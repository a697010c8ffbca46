import { queueScheduler, Subject } from 'rxjs';
import type { RxWampError } from '../protocol/errors.js';
import type { WampMessage } from '../protocol/message.js';
import { validate } from '../protocol/validate.js';
import { json } from '../serializers/json.js';
import type { Frame, Serializer } from '../serializers/serializer.js';
import { Link, type CloseReason, type LinkPort, type Socket, type TransportInfo } from '../transports/link.js';

/** Messages that wait, for the script or for the tested end; what the latter sends beyond is counted and dropped. */
const CAPACITY = 1_000;

/** Options of a scripted peer: what the wire between it and the tested end is like. */
export interface ScriptedPeerOptions {
  /** The format of the frames, which are really encoded and decoded. Default: `json()`. */
  readonly serializer?: Serializer | undefined;
  /** What the tested end is told of the other: address, cookie, certificate. Default: a secure in-memory connection. */
  readonly info?: Partial<TransportInfo> | undefined;
  /** What becomes of a ping: answered at once, left unanswered, or impossible as in a browser. Default: `'answered'`. */
  readonly ping?: 'answered' | 'ignored' | 'absent' | undefined;
  /** Whether the tested end can stop reading, as in Node. Default: true. */
  readonly pausable?: boolean | undefined;
}

/** How the connection ended: closed by the tested end for a reason, cut off by it, or ended by the script. */
export type Ending = CloseReason | 'terminated' | 'by the script';

/**
 * One connection of a script: {@link link} is the end that is tested, this object the wire and the end the script
 * holds. Frames are really encoded and decoded, handed over in order, and never from within the delivery of another.
 */
export class Connection implements Socket {
  readonly link: Link;
  /** What came and was not expected yet. */
  readonly inbox: WampMessage[] = [];
  /** Emits after each arrival and at the end. */
  readonly activity = new Subject<void>();
  /** Messages that came when there was no room for more. */
  dropped = 0;
  /** The first frame that was no message, if one came. */
  fault: unknown;
  ending: Ending | undefined;
  bufferedBytes = 0;
  readonly ping?: () => void;
  readonly pause?: () => void;
  readonly resume?: () => void;

  readonly #ended: (error: RxWampError | undefined) => void;
  #port: LinkPort | undefined;
  #isStalled = false;
  /** Frames for the tested end while it does not read. */
  #held: Frame[] | undefined;
  /** Frames for the script while it does not read. */
  #unread: Frame[] | undefined;

  /** @param ended is told once, after the link was, how the connection ended. */
  constructor(options: ScriptedPeerOptions, ended: (error: RxWampError | undefined) => void = () => undefined) {
    const { serializer = json(), info, ping = 'answered', pausable = true } = options;
    this.#ended = ended;
    if (ping !== 'absent')
      this.ping = () => {
        if (ping === 'answered') this.pong();
      };
    if (pausable) {
      this.pause = () => {
        this.#held ??= [];
      };
      this.resume = () => {
        const held = this.#held ?? [];
        this.#held = undefined;
        for (const frame of held) this.deliver(frame);
      };
    }
    this.link = Link.over({ serializer, info: { kind: 'memory', secure: true, ...info } }, (port) => {
      this.#port = port;
      return this;
    });
  }

  /** The tested end sends. */
  send(frame: Frame): void {
    this.bufferedBytes += frame.length;
    queueScheduler.schedule(() => {
      if (this.#unread === undefined) this.#read(frame);
      else if (this.#unread.length < CAPACITY) this.#unread.push(frame);
      else this.dropped++;
    });
  }

  /** The tested end closes. */
  close(reason: CloseReason): void {
    queueScheduler.schedule(() => {
      if (!this.#isStalled) this.#end(reason, undefined);
    });
  }

  /** The tested end cuts the connection off. */
  terminate(): void {
    queueScheduler.schedule(() => {
      this.#end('terminated', undefined);
    });
  }

  /** The script sends a frame. */
  deliver(frame: Frame): void {
    if (this.#held !== undefined && this.#held.length >= CAPACITY)
      throw new Error(`cannot send: the tested side has stopped reading, and ${CAPACITY} frames wait for it`);
    queueScheduler.schedule(() => {
      if (this.ending !== undefined || this.#isStalled) return;
      if (this.#held === undefined) this.#port?.frame(frame);
      else this.#held.push(frame);
    });
  }

  /** The script answers a ping. */
  pong(): void {
    queueScheduler.schedule(() => {
      if (this.ending === undefined && !this.#isStalled) this.#port?.pong();
    });
  }

  /** The script ends the connection: broken when there is an error, in order when there is none. */
  end(error: RxWampError | undefined): void {
    queueScheduler.schedule(() => {
      this.#end('by the script', error);
    });
  }

  /** From here on nothing passes in either direction, and neither end is told. */
  stall(): void {
    this.#isStalled = true;
  }

  /** The script reads no more, so that the tested end's buffer fills. */
  stopReading(): void {
    this.#unread ??= [];
  }

  /** The script reads on. */
  readOn(): void {
    const unread = this.#unread ?? [];
    this.#unread = undefined;
    for (const frame of unread) this.#read(frame);
  }

  #read(frame: Frame): void {
    if (this.ending !== undefined || this.#isStalled) return;
    this.bufferedBytes -= frame.length;
    try {
      const message = validate(this.link.serializer.decode(frame));
      if (this.inbox.length < CAPACITY) this.inbox.push(message);
      else this.dropped++;
    } catch (error) {
      this.fault ??= error;
    }
    this.activity.next();
  }

  #end(ending: Ending, error: RxWampError | undefined): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    this.#held = undefined;
    this.#unread = undefined;
    this.#port?.closed(error);
    this.#ended(error);
    this.activity.next();
  }
}
