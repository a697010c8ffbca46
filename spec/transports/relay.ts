import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net';

/** Stands between a client and a server, and can break what is between them. */
export interface Relay {
  /** TCP port it listens on; 0 on a Unix socket. */
  readonly port: number;
  /** Resets every connection, on both sides; where there is no reset, ends it. */
  cut(): void;
  /** Has octets arrive at the clients. */
  inject(octets: Uint8Array): void;
  close(): Promise<void>;
}

const reset = (socket: Socket): void => {
  if (socket.remoteFamily !== undefined && !socket.writableEnded) socket.resetAndDestroy();
  socket.destroy();
};

/** Listens on a free port of the loopback, or at `path`, and passes on what comes to `target` and back. */
export async function relayTo(target: NetConnectOpts, path?: string): Promise<Relay> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.pipe(upstream);
    upstream.pipe(client);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', (broken) => {
        pairs.delete(pair);
        for (const other of pair) if (broken && !other.destroyed) reset(other);
        for (const other of pair) other.destroySoon();
      });
    }
  });
  server.listen(path === undefined ? { port: 0, host: '127.0.0.1' } : { path });
  await once(server, 'listening');
  const address = server.address();
  // What listens on TCP has such an address.
  const port = path === undefined ? (address as AddressInfo).port : 0;
  return {
    port,
    cut: () => {
      for (const pair of pairs) for (const socket of pair) reset(socket);
    },
    inject: (octets) => {
      for (const [client] of pairs) client.write(octets);
    },
    close: async () => {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
