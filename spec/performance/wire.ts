import { Observable } from 'rxjs';
import {
  Code,
  Link,
  WampClient,
  type Frame,
  type Id,
  type LinkPort,
  type Serializer,
  type Socket,
  type WampMessage,
} from 'rxwamp';
import { ROUTER_ROLES } from 'rxwamp/testing';

/** The first subscription has this id, the next one more. */
export const FIRST_SUBSCRIPTION = 1000;
export const REGISTRATION = 7;

const answerTo = ([code, request]: readonly unknown[], subscription: Id): readonly unknown[] | undefined => {
  switch (code) {
    case Code.HELLO:
      return [Code.WELCOME, 1, { roles: ROUTER_ROLES }];
    case Code.SUBSCRIBE:
      return [Code.SUBSCRIBED, request, subscription];
    case Code.UNSUBSCRIBE:
      return [Code.UNSUBSCRIBED, request];
    case Code.GOODBYE:
      return [Code.GOODBYE, {}, 'wamp.close.goodbye_and_out'];
    case Code.REGISTER:
      return [Code.REGISTERED, request, REGISTRATION];
    default:
      return undefined;
  }
};

/**
 * A router's end of one connection, below the link: a test hands over frames, as a WebSocket would, and sees the frames that
 * came. It answers what opens a session and subscribes by itself, unless told to hold back.
 */
export class Wire {
  /** What the client sent, in order. */
  readonly sent: (readonly unknown[])[] = [];
  /** Answers wait until `release`. */
  isHeld = false;
  readonly #serializer: Serializer;
  readonly #held: (readonly unknown[])[] = [];
  readonly #arriving: Frame[] = [];
  #port: LinkPort | undefined;
  #subscriptions = 0;
  #dials = 0;

  constructor(serializer: Serializer) {
    this.#serializer = serializer;
  }

  /** How often it was dialed. */
  get dials(): number {
    return this.#dials;
  }

  readonly transport = new Observable<Link>((subscriber) => {
    this.#dials++;
    const link = Link.over({ serializer: this.#serializer, info: { kind: 'spec', secure: true } }, (port) => {
      this.#port = {
        ...port,
        closed: (error) => {
          port.closed(error);
          if (error === undefined) subscriber.complete();
          else subscriber.error(error);
        },
      };
      return this.#socket;
    });
    subscriber.next(link);
  });

  readonly #socket: Socket = {
    bufferedBytes: 0,
    send: (frame) => {
      // What a serializer decodes is a list, or the client could not have encoded it.
      const message = this.#serializer.decode(frame) as readonly unknown[];
      this.sent.push(message);
      const isSubscribe = message[0] === Code.SUBSCRIBE;
      const answer = answerTo(message, FIRST_SUBSCRIPTION + this.#subscriptions);
      if (isSubscribe) this.#subscriptions++;
      if (answer === undefined) return;
      if (this.isHeld && message[0] !== Code.HELLO) this.#held.push(answer);
      else this.receive(this.frame(answer));
    },
    close: () => this.#port?.closed(),
    terminate: () => this.#port?.closed(),
  };

  /** A message as it comes off the wire. */
  frame(message: readonly unknown[]): Frame {
    // A spec writes down what a router would send.
    return this.#serializer.encode(message as unknown as WampMessage);
  }

  /** A frame comes in. What it is answered with waits until it has been handed over, as it would with a socket. */
  receive(frame: Frame): void {
    this.#arriving.push(frame);
    if (this.#arriving.length > 1) return;
    for (let next: Frame | undefined = frame; next !== undefined; next = this.#arriving[0]) {
      this.#port?.frame(next);
      this.#arriving.shift();
    }
  }

  /** What was held back is answered. */
  release(): void {
    this.isHeld = false;
    for (const answer of this.#held.splice(0)) this.receive(this.frame(answer));
  }

  /** The connection breaks. */
  drop(): void {
    const port = this.#port;
    this.#port = undefined;
    this.#subscriptions = 0;
    this.sent.length = 0;
    port?.closed();
  }
}

const clients: WampClient[] = [];

/** Closes every client made here: to be called after each test. */
export async function closeClients(): Promise<void> {
  await Promise.all(clients.splice(0).map((wamp) => wamp.close()));
}

/** A client that has joined, over a wire. */
export function joined(serializer: Serializer): { readonly wamp: WampClient; readonly wire: Wire } {
  const wire = new Wire(serializer);
  const wamp = new WampClient({ transport: wire.transport, realm: 'realm1', heartbeat: false });
  clients.push(wamp);
  wamp.connect();
  return { wamp, wire };
}

/** For calls that the end of the spec cuts off. */
export const unheeded = { error: (): undefined => undefined };

export const topicName = (index: number): string => `com.app.topic${index}`;

/** An EVENT with a small payload, of the subscription that was made as number `index`. */
export const eventOf = (index: number): readonly unknown[] => [
  Code.EVENT,
  FIRST_SUBSCRIPTION + index,
  123_456,
  {},
  ['0123456789abcdef'],
];
