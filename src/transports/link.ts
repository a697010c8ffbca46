import { Observable, Subject, take, type Observer, type Subscriber, type Subscription } from 'rxjs';
import {
  ConnectionLostError,
  isRxWampError,
  OverflowError,
  ProtocolViolationError,
  type RxWampError,
} from '../protocol/errors.js';
import type { Id, WampMessage } from '../protocol/message.js';
import { validate } from '../protocol/validate.js';
import { subprotocol, type Frame, type Serializer } from '../serializers/serializer.js';

/** Why a socket is closed, for a transport that can say it: orderly, after a violation, or because a message is too large. */
export type CloseReason = 'normal' | 'violation' | 'too large';

/** What a transport gives a link to work with: one open, ordered pipe of frames. */
export interface Socket {
  /** Bytes handed over that have not left yet. */
  readonly bufferedBytes: number;
  /** Whether `send` has copied the frame when it returns. Default: it may look at it later. */
  readonly copies?: boolean;
  /** Sends one frame. Never called after `close`. */
  send(frame: Frame): void;
  /** Ends the connection after what was sent has left. */
  close(reason: CloseReason): void;
  /** Ends the connection at once, whatever is still on its way. */
  terminate(): void;
  /** Asks the other end for a sign of life, which is reported to {@link LinkPort.pong}. Absent where the platform has none. */
  ping?(): void;
  /** Stops reading until `resume`, so that the peer feels it. Absent where the platform cannot. */
  pause?(): void;
  resume?(): void;
}

/** What is known of the other end, beside its messages. */
export interface TransportInfo {
  /** `'websocket'`, `'rawsocket'`, `'memory'`, … */
  readonly kind: string;
  /** Whether the transport keeps secrets: TLS, a Unix socket, or the same process. */
  readonly secure: boolean;
  /** Address of the other end, for people. */
  readonly peer?: string | undefined;
  /** Value of the session cookie that came with the WebSocket's upgrade request or was given in its answer, at the router. */
  readonly cookie?: string | undefined;
  /** SHA-256 fingerprint (lowercase hex) and subject of the client's TLS certificate, at the router. */
  readonly clientCertificate?: { readonly fingerprint256: string; readonly subject: string } | undefined;
  /** TLS channel ids by binding type (`tls-unique`, `tls-exporter`), where the platform can give them. */
  readonly channelBindings?: Readonly<Record<string, Uint8Array>> | undefined;
}

/** The transport's end of a link: it reports here what the socket does. */
export interface LinkPort {
  /** A frame came in. */
  frame(frame: Frame): void;
  /**
   * Asked before the bytes of a text are made a text: whether nobody reads it, so that it need not be reported. It counts
   * as received then. For a transport that has handed over every frame that came before.
   */
  skipsText?(bytes: Uint8Array): boolean;
  /** The other end answered a ping. */
  pong(): void;
  /** The socket is gone: without an error when it was closed in order, by either side. */
  closed(error?: RxWampError): void;
}

/** How a link is made. */
export interface LinkOptions {
  readonly serializer: Serializer;
  readonly info: TransportInfo;
  /** Largest frame accepted, in bytes (characters for text). Default: 16 MiB. */
  readonly maxMessageBytes?: number | undefined;
}

/** Default of the largest frame accepted: 16 MiB. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** How many frames in a row may be for somebody before a link stops looking for those that are for nobody. */
const PEEKS = 100;

/**
 * One open connection as an RxJS Subject of WAMP messages: `next` sends, `subscribe` receives, `complete` closes in
 * order, `error` cuts it off. A transport makes it; a session owns it.
 *
 * What is received ends by completing when the socket closes in order, or with a {@link ConnectionLostError} when it
 * breaks. A frame that is no message ends it with a {@link ProtocolViolationError} (or {@link OverflowError} when too large) while the
 * socket still stands, so that its owner can say ABORT and then hang up.
 */
export class Link extends Subject<WampMessage> {
  /** The format of this link's frames, as both ends agreed. */
  readonly serializer: Serializer;
  /** What is known of the other end. */
  readonly info: TransportInfo;
  readonly #socket: Socket;
  /** Who reads: replaced, never changed, so that who leaves while a message is handed out disturbs nobody. */
  #readers: readonly Subscriber<WampMessage>[] = [];
  /** How what is received ended; whoever subscribes later is told at once. */
  #ending: { readonly error: RxWampError | undefined } | undefined;
  readonly #incoming = new Observable<WampMessage>((reader) => {
    if (this.#ending !== undefined) finish(reader, this.#ending.error);
    else this.#readers = [...this.#readers, reader];
    return () => {
      this.#readers = this.#readers.filter((one) => one !== reader);
    };
  });
  readonly #pongs = new Subject<void>();
  readonly #maxMessageBytes: number;
  #received = 0;
  #isHeld: (subscription: Id) => boolean = () => true;
  /** How many frames are still looked into for an EVENT that nobody reads. */
  #peeks = 0;
  #open = true;
  /** Until what is received has ended: what still comes is not even looked at. */
  #reading = true;

  private constructor(
    { serializer, info, maxMessageBytes = MAX_MESSAGE_BYTES }: LinkOptions,
    connect: (port: LinkPort) => Socket,
  ) {
    super();
    this.serializer = serializer;
    this.info = info;
    this.#maxMessageBytes = maxMessageBytes;
    this.#socket = connect({
      frame: (frame) => {
        this.#receive(frame);
      },
      skipsText: (bytes) => {
        const skips = !this.serializer.binary && this.#skips(bytes);
        if (skips) this.#received++;
        return skips;
      },
      pong: () => {
        this.#received++;
        this.#pongs.next();
      },
      closed: (error) => {
        this.#closed(error);
      },
    });
  }

  /** For transports: a link over an open socket. `connect` is handed the port to report to, and returns the socket. */
  static over(options: LinkOptions, connect: (port: LinkPort) => Socket): Link {
    return new Link(options, connect);
  }

  /** Negotiated subprotocol, e.g. `wamp.2.json`. */
  get protocol(): string {
    return subprotocol(this.serializer);
  }

  /** Whether messages can still be sent. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Frames received so far, pongs among them: a reader who sees it grow knows that the other end is alive. */
  get received(): number {
    return this.#received;
  }

  /** Bytes sent that have not left this machine. */
  get bufferedBytes(): number {
    return this.#socket.bufferedBytes;
  }

  /**
   * Sends a message; ignored once the link is closed, as a Subject does.
   *
   * @throws {SerializationError} when the message cannot be carried. Nothing was sent.
   */
  override next(message: WampMessage): void {
    if (!this.#open) return;
    const { serializer } = this;
    const frame = this.#socket.copies === true ? serializer.encodeToCopy?.(message) : undefined;
    this.#socket.send(frame ?? serializer.encode(message));
  }

  /** Sends a frame that was encoded once for many links of the same serializer. */
  sendFrame(frame: Frame): void {
    if (this.#open) this.#socket.send(frame);
  }

  /** Closes in order: what was sent still leaves. */
  override complete(): void {
    this.#close('normal');
  }

  /** Closes because of an error of the other end: the reason is told where the transport can tell it. */
  override error(error: unknown): void {
    const tooLarge = isRxWampError(error) && error.name === 'OverflowError';
    this.#close(tooLarge ? 'too large' : 'violation');
  }

  /** Drops the connection at once, whatever is still on its way. */
  terminate(): void {
    this.#open = false;
    this.#reading = false;
    this.#socket.terminate();
  }

  /** Receives. One session at a time reads a link; messages that arrive while nobody does are dropped. */
  override subscribe(
    observer?: Partial<Observer<WampMessage>> | ((message: WampMessage) => void) | null,
  ): Subscription {
    // RxJS takes a function or an observer here; its overloads do not take the union of both.
    return this.#incoming.subscribe(observer as Partial<Observer<WampMessage>>);
  }

  /**
   * Asks the other end for a sign of life: emits once and completes when it answers, and only completes when the
   * link ends before. Undefined where the platform cannot ping, as in browsers.
   */
  get ping(): (() => Observable<void>) | undefined {
    if (this.#socket.ping === undefined) return undefined;
    return () =>
      new Observable<void>((subscriber) => {
        subscriber.add(this.#pongs.pipe(take(1)).subscribe(subscriber));
        if (this.#open) this.#socket.ping?.();
      });
  }

  /** Whether {@link pause} stops reading. */
  get canPause(): boolean {
    return this.#socket.pause !== undefined;
  }

  /** Stops reading until {@link resume}. False where the platform cannot. */
  pause(): boolean {
    this.#socket.pause?.();
    return this.canPause;
  }

  /** Reads on. */
  resume(): void {
    this.#socket.resume?.();
  }

  /**
   * For a session that was handed an EVENT of a subscription it does not hold: from now on such events are thrown away
   * before they are decoded, for as long as they keep coming. Nothing is looked at before, so that who holds all that comes
   * pays nothing.
   */
  skipEvents(isHeld: (subscription: Id) => boolean): void {
    this.#isHeld = isHeld;
    this.#peeks = PEEKS;
  }

  #close(reason: CloseReason): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.close(reason);
  }

  #receive(frame: Frame): void {
    if (!this.#reading) return;
    this.#received++;
    let message: WampMessage;
    try {
      if (frame.length > this.#maxMessageBytes) throw tooLarge(frame.length, this.#maxMessageBytes);
      if ((typeof frame !== 'string') !== this.serializer.binary) throw wrongFrame(this.serializer);
      if (this.#skips(frame)) return;
      message = validate(this.serializer.decode(frame));
    } catch (error) {
      this.#finish(asViolation(error));
      return;
    }
    for (const reader of this.#readers) reader.next(message);
  }

  #skips(frame: Frame): boolean {
    if (this.#peeks === 0) return false;
    const id = this.serializer.subscriptionOf?.(frame);
    const skips = id !== undefined && !this.#isHeld(id);
    this.#peeks = skips ? PEEKS : this.#peeks - 1;
    return skips;
  }

  #closed(error: RxWampError | undefined): void {
    this.#open = false;
    this.#finish(error);
    this.#pongs.complete();
  }

  /** Ends what is received, once. */
  #finish(error: RxWampError | undefined): void {
    this.#reading = false;
    if (this.#ending !== undefined) return;
    this.#ending = { error };
    const readers = this.#readers;
    this.#readers = [];
    for (const reader of readers) finish(reader, error);
  }
}

const finish = (reader: Subscriber<WampMessage>, error: RxWampError | undefined): void => {
  if (error === undefined) reader.complete();
  else reader.error(error);
};

const wrongFrame = (serializer: Serializer): ProtocolViolationError =>
  new ProtocolViolationError(
    `${subprotocol(serializer)} takes ${serializer.binary ? 'binary' : 'text'} frames, this is the other kind`,
    {
      attempted: 'receive',
    },
  );

/** The error for a frame beyond the limit. */
export const tooLarge = (bytes: number, limit: number): OverflowError =>
  new OverflowError(`a message of ${String(bytes)} bytes is beyond the limit of ${String(limit)}`, {
    attempted: 'receive',
    limit,
  });

const asViolation = (error: unknown): RxWampError =>
  isRxWampError(error) && error.name !== 'SerializationError'
    ? error
    : new ProtocolViolationError(
        `a frame could not be decoded: ${error instanceof Error ? error.message : 'unknown cause'}`,
        {
          attempted: 'receive',
          cause: error,
        },
      );

/** The error of a link whose socket closed or broke without the session having ended. */
export const connectionLost = (what: string, cause?: unknown): ConnectionLostError =>
  new ConnectionLostError(what, { attempted: 'connection', cause });
