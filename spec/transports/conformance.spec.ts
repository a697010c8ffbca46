import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeWebSocketTransport, rawSocketTransport } from 'rxwamp/node';
import { listen, type Listener, type ListenOptions } from 'rxwamp/router/node';
import type { Serializer } from '../../src/serializers/serializer.js';
import { batched } from '../../src/transports/batched.js';
import type { Link } from '../../src/transports/link.js';
import { memoryTransport } from '../../src/transports/memory.js';
import type { Transport } from '../../src/transports/transport.js';
import { clientTls, serverTls } from './certificates.js';
import { describeTransport, type Endpoint, type EndpointOptions } from './conformance.js';
import { relayTo, type Relay } from './relay.js';
import { tcpServer } from './sockets.js';

/** A listener and a relay in front of it, and a transport to the relay. */
async function behindRelay(
  options: ListenOptions,
  transport: (relay: Relay, listener: Listener) => Transport,
  target: (listener: Listener) => Parameters<typeof relayTo>[0] = ({ port }) => ({ port, host: '127.0.0.1' }),
  path?: string,
): Promise<Endpoint> {
  const accepted: Link[] = [];
  const accept = (link: Link): void => void accepted.push(link);
  const listener = await listen({ accept }, { closeTimeoutMs: 60_000, ...options });
  const relay = await relayTo(target(listener), path);
  return {
    transport: transport(relay, listener),
    accepted,
    cut: relay.cut,
    inject: relay.inject,
    close: async () => {
      for (const link of accepted) link.terminate();
      await relay.close();
      await listener.close();
    },
  };
}

async function freePort(): Promise<number> {
  const { port, close } = await tcpServer(() => undefined);
  await close();
  return port;
}

/** A folder for Unix sockets, and what removes it. */
const folder = (): { path: (name: string) => string; remove: () => void } => {
  const at = mkdtempSync(join(tmpdir(), 'rxwamp-'));
  return { path: (name) => join(at, name), remove: () => rmSync(at, { recursive: true, force: true }) };
};

describeTransport('memory', {
  kind: 'memory',
  secure: true,
  canPing: false,
  open: ({ serializer, maxMessageBytes }) => {
    const accepted: Link[] = [];
    const transport = memoryTransport((link) => void accepted.push(link), { serializer, maxMessageBytes });
    return { transport, accepted, close: () => undefined };
  },
});

/** Over a Unix socket, which knows no reset: who is cut off there sees an end like any other. */
const overUnix =
  (
    transport: (options: {
      path: string;
      serializers: readonly Serializer[];
      maxMessageBytes: number | undefined;
    }) => Transport,
  ) =>
  async ({ serializer, maxMessageBytes }: EndpointOptions): Promise<Endpoint> => {
    const { path, remove } = folder();
    const { cut: _, ...endpoint } = await behindRelay(
      { socketPath: path('router'), rawSocket: { ping: true } },
      () => transport({ path: path('relay'), serializers: [serializer], maxMessageBytes }),
      () => ({ path: path('router') }),
      path('relay'),
    );
    return {
      ...endpoint,
      close: async () => {
        await endpoint.close();
        remove();
      },
    };
  };

const overWebSocket =
  (form: (serializer: Serializer) => Serializer, options: { perMessageDeflate?: boolean } = {}) =>
  ({ serializer, maxMessageBytes }: EndpointOptions): Promise<Endpoint> => {
    const serializers = [form(serializer)];
    return behindRelay({ serializers, ...options }, ({ port }) =>
      nodeWebSocketTransport({ url: `ws://127.0.0.1:${port}/ws`, serializers, maxMessageBytes, ...options }),
    );
  };

const noWebSocket = async (): Promise<Transport> =>
  nodeWebSocketTransport({ url: `ws://127.0.0.1:${await freePort()}/ws` });

describeTransport('a WebSocket', {
  kind: 'websocket',
  secure: false,
  open: overWebSocket((serializer) => serializer),
  nowhere: noWebSocket,
});

describeTransport('a WebSocket with permessage-deflate', {
  kind: 'websocket',
  secure: false,
  open: overWebSocket((serializer) => serializer, { perMessageDeflate: true }),
  nowhere: noWebSocket,
});

describeTransport('a WebSocket over TLS with client certificates', {
  kind: 'websocket',
  secure: true,
  open: ({ serializer, maxMessageBytes }) =>
    behindRelay({ tls: { ...serverTls, ca: clientTls.cert, requestCert: true } }, ({ port }) =>
      nodeWebSocketTransport({
        url: `wss://localhost:${port}/ws`,
        tls: { ...clientTls, ca: serverTls.cert },
        serializers: [serializer],
        maxMessageBytes,
      }),
    ),
  nowhere: async () => nodeWebSocketTransport({ url: `wss://127.0.0.1:${await freePort()}/ws` }),
});

describeTransport('a WebSocket over a Unix socket', {
  kind: 'websocket',
  secure: true,
  open: overUnix(({ serializers, maxMessageBytes, path }) =>
    nodeWebSocketTransport({ url: `ws+unix:${path}:/ws`, serializers, maxMessageBytes }),
  ),
  nowhere: () => nodeWebSocketTransport({ url: 'ws+unix:/rxwamp-nowhere/socket:/ws' }),
});

describeTransport('C-39: a WebSocket with batches', {
  kind: 'websocket',
  secure: false,
  open: overWebSocket(batched),
  nowhere: noWebSocket,
});

describeTransport('C-38, R-48: RawSocket over TCP', {
  kind: 'rawsocket',
  secure: false,
  tellsTheLimit: true,
  open: ({ serializer, maxMessageBytes }) =>
    behindRelay({ rawSocket: { ping: true } }, ({ port }) =>
      rawSocketTransport({ host: '127.0.0.1', port, serializers: [serializer], maxMessageBytes, ping: true }),
    ),
  nowhere: async () => rawSocketTransport({ host: '127.0.0.1', port: await freePort() }),
});

describeTransport('C-38, R-48: RawSocket over TLS', {
  kind: 'rawsocket',
  secure: true,
  canPing: false,
  tellsTheLimit: true,
  open: ({ serializer, maxMessageBytes }) =>
    behindRelay({ tls: serverTls }, ({ port }) =>
      rawSocketTransport({ port, serializers: [serializer], maxMessageBytes, tls: { ca: serverTls.cert } }),
    ),
  nowhere: async () => rawSocketTransport({ port: await freePort(), tls: true }),
});

describeTransport('C-38, R-48: RawSocket over a Unix socket', {
  kind: 'rawsocket',
  secure: true,
  tellsTheLimit: true,
  open: overUnix((options) => rawSocketTransport({ ...options, ping: true })),
  nowhere: () => rawSocketTransport({ path: join(tmpdir(), 'rxwamp-nowhere', 'socket') }),
});
