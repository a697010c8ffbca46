import { Subscription } from 'rxjs';
import type { Id } from '../protocol/message.js';
import { subprotocol } from '../serializers/serializer.js';
import { connectionLost, type Link } from './link.js';
import { portLink, portSettings, type MessagePortOptions, type PortSettings } from './message-port.js';
import type { PortFrame } from './message-port-frames.js';
import type { PortLike } from './message-port-like.js';
import { lockReleased } from './message-port-presence.js';
import type { PortSocket } from './message-port-socket.js';
import { PortWire } from './message-port-wire.js';

/** What is known of a connection that was accepted. */
export interface AcceptedPort {
  /**
   * Whether the platform itself tells when the other end is gone, because it holds a Web Lock. Where not, only silence
   * tells: ask with `link.ping`.
   */
  readonly isWatched: boolean;
}

/**
 * The end of a message port that is dialed: accepts what `messagePortTransport` opens over it.
 *
 * One connection at a time: whoever opens again over the same port has given up the one before. A port that can be closed
 * is closed with its connection; a `Worker`, or a worker's `self`, stays. Messages that are not ours are left alone.
 *
 * @param accept is handed the link of each connection, e.g. `(link) => router.accept(link)`.
 * @param gone is called when nothing more can come over this port.
 * @returns unsubscribing ends the connection, if there is one, and closes the port.
 * @throws {UsageError} as `messagePortTransport` does.
 * @example
 * // in a worker: a router of its own
 * const router = new Router({ realms: { realm1: {} } });
 * acceptPort(self, (link) => router.accept(link));
 */
export function acceptPort(
  port: PortLike,
  accept: (link: Link, accepted: AcceptedPort) => void,
  options: MessagePortOptions = {},
  gone: () => void = () => undefined,
): Subscription {
  const settings = portSettings(options);
  let current: { readonly connection: Id; readonly socket: PortSocket } | undefined;
  const over = (): void => {
    wire.close();
    gone();
  };
  const open = (connection: Id, protocols: readonly string[], presence: string | undefined): void => {
    const serializer = settings.serializers
      .filter((candidate) => protocols.includes(subprotocol(candidate)))
      .sort((a, b) => protocols.indexOf(subprotocol(a)) - protocols.indexOf(subprotocol(b)))[0];
    if (serializer === undefined) {
      wire.post(connection, ['refused', 'none of the formats offered is spoken here']);
      return;
    }
    const before = current;
    current = undefined;
    before?.socket.end(connectionLost('the other end of the port opened another connection'));
    const post = (frame: PortFrame): void => wire.post(connection, frame);
    const watching = new Subscription();
    post(['opened', subprotocol(serializer)]);
    const [link, socket] = portLink(settings, serializer, post, () => {
      watching.unsubscribe();
      if (current?.connection !== connection) return;
      current = undefined;
      if (port.start !== undefined) over();
    });
    current = { connection, socket };
    watching.add(
      watch(settings, presence, () => {
        socket.end(connectionLost('the page at the other end of the port is gone'));
      }),
    );
    accept(link, { isWatched: settings.locks !== undefined && presence !== undefined });
  };
  const wire = new PortWire(port, {
    frame(connection, frame) {
      if (connection === current?.connection) current.socket.receive(frame);
      else if (frame[0] === 'open') open(connection, frame[1], frame[2]);
    },
    violated(connection, error) {
      if (connection === current?.connection) current.socket.violated(error);
    },
    lost(error) {
      const { socket } = current ?? {};
      current = undefined;
      socket?.end(error);
      over();
    },
    failed: () => undefined,
  });
  return new Subscription(() => {
    current?.socket.terminate();
    wire.close();
  });
}

/** Calls back when whoever holds the lock is gone. A platform that refuses to say leaves it to silence. */
function watch({ locks }: PortSettings, presence: string | undefined, gone: () => void): Subscription {
  if (locks === undefined || presence === undefined) return Subscription.EMPTY;
  return lockReleased(locks, presence).subscribe({ next: gone, error: () => undefined });
}
