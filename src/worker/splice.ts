import { Observable, queueScheduler } from 'rxjs';
import * as Code from '../protocol/codes.js';
import { isConnectionLostError, isOverflowError, isRxWampError, type RxWampError } from '../protocol/errors.js';
import type { Dict, Uri, WampMessage } from '../protocol/message.js';
import * as CloseUri from '../protocol/close-uris.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { validate } from '../protocol/validate.js';
import { sessionInfo } from '../session/session-info.js';
import { connectionLost, Link, type LinkPort, type Socket } from '../transports/link.js';
import type { Transport } from '../transports/transport.js';
import type { ShareLimits } from './limits.js';
import type { Member, MemberLink } from './member.js';
import { Relay } from './relay.js';
import { packingDetails, relayedDetails } from './relayed-features.js';
import { Upstream } from './upstream.js';

/** Told what becomes of the sessions on a spliced transport. */
export interface SpliceHooks {
  readonly limits: ShareLimits;
  /** The router said WELCOME. */
  readonly joined: (relay: Relay) => void;
  /** The session is over. Called before its client is told. */
  readonly ended: (relay: Relay, reason: Uri, text: string) => void;
  /** Something could not be passed on. */
  readonly fault: (error: unknown) => void;
}

/**
 * A transport whose sessions can be shared: the client that dials it does the opening handshake, sees to it that the
 * connection lives and says GOODBYE, and with all of its requests is one member of the session among others.
 */
export const spliced = (transport: Transport, hooks: SpliceHooks): Transport =>
  new Observable<Link>((subscriber) =>
    transport.subscribe({
      next: (link) => {
        subscriber.next(new Splice(link, hooks).near);
      },
      error: (error: unknown) => {
        subscriber.error(error);
      },
      complete: () => {
        subscriber.complete();
      },
    }),
  );

/** The point between the router and the client that holds the connection. */
class Splice {
  /** What the client gets in place of the link to the router. */
  readonly near: Link;
  readonly #far: Link;
  readonly #hooks: SpliceHooks;
  #port: LinkPort | undefined;
  #realm: Uri = '';
  #hello: Dict = {};
  #shared: { readonly relay: Relay; readonly member: Member } | undefined;
  #closed = false;

  constructor(far: Link, hooks: SpliceHooks) {
    this.#far = far;
    this.#hooks = hooks;
    const { serializer, info } = far;
    this.near = Link.over({ serializer, info, maxMessageBytes: Infinity }, (port) => {
      this.#port = port;
      return this.#socket();
    });
    far.subscribe({
      next: (message) => {
        this.#fromRouter(message);
      },
      error: (error: unknown) => {
        this.#broken(isRxWampError(error) ? error : connectionLost('the link failed', error));
      },
      complete: () => {
        this.#over(CloseUri.SYSTEM_SHUTDOWN, 'the router closed the connection');
        this.#end(undefined);
      },
    });
  }

  #socket(): Socket {
    const far = this.#far;
    const { ping } = far;
    return {
      get bufferedBytes() {
        return far.bufferedBytes;
      },
      send: (frame) => {
        this.#fromClient(validate(far.serializer.decode(frame)));
      },
      close: () => {
        this.#hungUp(() => {
          far.complete();
        });
      },
      terminate: () => {
        this.#hungUp(() => {
          far.terminate();
        });
      },
      ...(ping !== undefined && {
        ping: () => {
          ping().subscribe(() => this.#port?.pong());
        },
      }),
    };
  }

  #fromClient(message: WampMessage): void {
    if (message[0] === Code.HELLO) {
      [, this.#realm, this.#hello] = message;
      this.#far.next([Code.HELLO, this.#realm, packingDetails(this.#hello)]);
      return;
    }
    const isLast = message[0] === Code.GOODBYE || message[0] === Code.ABORT;
    if (isLast) this.#over(CloseUri.SYSTEM_SHUTDOWN, 'the shared connection was closed');
    if (this.#shared !== undefined) this.#shared.relay.route(this.#shared.member, message);
    else this.#far.next(message);
  }

  #fromRouter(message: WampMessage): void {
    switch (message[0]) {
      case Code.WELCOME:
        if (this.#shared === undefined) this.#welcome(message[1], message[2]);
        break;
      case Code.GOODBYE:
      case Code.ABORT:
        this.#over(message[2], 'the router ended the shared session');
        break;
      default:
        if (this.#shared?.relay.receive(message) === true) return;
    }
    this.#deliver(message);
  }

  #welcome(id: number, details: Dict): void {
    const { limits, joined, fault } = this.#hooks;
    const info = sessionInfo(id, relayedDetails(details), this.#realm, this.#far.protocol);
    const relay = new Relay(new Upstream(this.#far, info), limits, fault);
    this.#shared = { relay, member: relay.join(this.#clientLink(), this.#hello) };
    joined(relay);
  }

  /** How the client is reached, as a member of its own session. */
  #clientLink(): MemberLink {
    return {
      serializer: this.#far.serializer,
      bufferedBytes: 0,
      next: (message) => {
        this.#deliver(message);
      },
      sendFrame: (frame) => {
        queueScheduler.schedule(() => this.#port?.frame(frame));
      },
      terminate: () => {
        this.#far.terminate();
      },
      // It sends next to nothing.
      pause: () => false,
      resume: () => undefined,
    };
  }

  #deliver(message: WampMessage): void {
    const frame = this.#far.serializer.encode(message);
    queueScheduler.schedule(() => this.#port?.frame(frame));
  }

  /** The link to the router broke, or what came over it was no message. */
  #broken(error: RxWampError): void {
    this.#over(CloseUri.SYSTEM_SHUTDOWN, error.message);
    if (!isConnectionLostError(error)) {
      const reason = isOverflowError(error) ? ErrorUri.PAYLOAD_SIZE_EXCEEDED : ErrorUri.PROTOCOL_VIOLATION;
      this.#far.next([Code.ABORT, { message: error.message }, reason]);
      this.#far.error(error);
    }
    this.#end(error);
  }

  /** The client hung up. */
  #hungUp(hangUp: () => void): void {
    this.#over(CloseUri.SYSTEM_SHUTDOWN, 'the shared connection was closed');
    hangUp();
    // Who hangs up has not always finished with what made it do so.
    queueMicrotask(() => {
      this.#end(undefined);
    });
  }

  /** The session is over. From here on what the two sides say to each other is passed on as it is. */
  #over(reason: Uri, text: string): void {
    const shared = this.#shared;
    if (shared === undefined) return;
    this.#shared = undefined;
    shared.relay.end();
    this.#hooks.ended(shared.relay, reason, text);
  }

  #end(error: RxWampError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    queueScheduler.schedule(() => this.#port?.closed(error));
  }
}
