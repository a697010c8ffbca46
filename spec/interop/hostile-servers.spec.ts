import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { filter, firstValueFrom } from 'rxjs';
import { WebSocketServer } from 'ws';
import {
  ConnectionLostError,
  ConnectionRefusedError,
  ticket,
  WampClient,
  type Authenticator,
  type RxWampError,
} from '../../src/index.js';
import { serverTls } from '../transports/certificates.js';

/** What ends a client that is not to try again. */
async function causeOfEnd(url: string, auth: readonly Authenticator[] = []): Promise<RxWampError | undefined> {
  const wamp = new WampClient({ url, auth, realm: 'realm1', retry: false });
  wamp.connect();
  const state = await firstValueFrom(wamp.state$.pipe(filter(({ status }) => status === 'closed')));
  return state.status === 'closed' ? state.cause : undefined;
}

let close: () => Promise<void> = () => Promise.resolve();
afterEach(() => close());

async function listening(server: Server | TcpServer, stop?: () => void): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    // Whoever hangs up on us is who is tested.
    socket.on('error', () => socket.destroy());
  });
  close = () =>
    new Promise((resolve) => {
      stop?.();
      for (const socket of sockets) socket.destroy();
      server.close(() => {
        resolve();
      });
    });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // It listens on TCP.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A WebSocket server that picks this subprotocol, whatever it is offered. */
async function speaking(
  subprotocol: string | false,
  welcome?: (send: (text: string) => void, end: () => void) => void,
) {
  const server = createHttpServer();
  const webSockets = new WebSocketServer({ server, handleProtocols: () => subprotocol });
  webSockets.on('connection', (webSocket) => {
    webSocket.on('message', () =>
      welcome?.(
        (text) => {
          webSocket.send(text);
        },
        () => {
          webSocket.close();
        },
      ),
    );
  });
  return listening(server, () => webSockets.close());
}

describe('a router that speaks another subprotocol only', () => {
  it('is named, with what it was offered and what it picked', async () => {
    const host = await speaking('mqtt');
    const error = await causeOfEnd(`ws://${host}/ws`);
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error).toMatchObject({ fatal: true, attempted: 'connect' });
    expect(error?.message).toContain(`ws://${host}/ws`);
    expect(error?.message).toContain('wamp.2.json');
    expect(error?.message).toContain('"mqtt"');
  });

  it('is named when it picks none', async () => {
    const host = await speaking(false);
    const error = await causeOfEnd(`ws://${host}/ws`);
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error).toMatchObject({ fatal: true });
    expect(error?.message).toContain(`ws://${host}/ws was offered wamp.2.json and picked none`);
  });

  it('is named when it refuses by HTTP', async () => {
    const server = createHttpServer();
    server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'));
    const host = await listening(server);
    const error = await causeOfEnd(`ws://${host}/ws`);
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error).toMatchObject({ fatal: true });
    expect(error?.message).toContain(`ws://${host}/ws answered HTTP 400 Bad Request`);
  });
});

describe('a peer that closes', () => {
  it('before it answers the upgrade is named, with the cause', async () => {
    const host = await listening(
      createTcpServer((socket) => {
        socket.once('data', () => socket.end());
      }),
    );
    const error = await causeOfEnd(`ws://${host}/ws`);
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error).toMatchObject({ fatal: false });
    expect(error?.message).toContain(`ws://${host}/ws did not open: socket hang up`);
    expect(error?.cause).toMatchObject({ code: 'ECONNRESET' });
  });

  it('with a reset is named, with the cause', async () => {
    const host = await listening(
      createTcpServer((socket) => {
        socket.once('data', () => socket.resetAndDestroy());
      }),
    );
    const error = await causeOfEnd(`ws://${host}/ws`);
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error?.message).toContain(`ws://${host}/ws did not open: `);
    expect(error?.cause).toMatchObject({ code: 'ECONNRESET' });
  });

  it('after HELLO is told from one that refuses', async () => {
    const host = await speaking('wamp.2.json', (_, end) => {
      end();
    });
    const error = await causeOfEnd(`ws://${host}/ws`);
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error?.message).toMatch(
      /^HELLO realm1: the router at tcp4:127\.0\.0\.1:\d+ closed the connection before it answered$/,
    );
  });

  it('in the middle of a login is told from one that refuses', async () => {
    const host = await speaking('wamp.2.json', (send, end) => {
      send('[4,"ticket",{}]');
      end();
    });
    const login = ticket({ authid: 'joe', ticket: 'secret!!!', allowInsecure: true });
    const error = await causeOfEnd(`ws://${host}/ws`, [login]);
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect(error?.message).toMatch(
      /^HELLO realm1: the router at tcp4:127\.0\.0\.1:\d+ closed the connection before it answered$/,
    );
  });
});

describe('a server that is no WAMP router', () => {
  it('and speaks no HTTP is named', async () => {
    const host = await listening(createTcpServer((socket) => socket.end('220 mail.example.com ESMTP\r\n')));
    const error = await causeOfEnd(`ws://${host}/ws`);
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error?.message).toContain(`ws://${host}/ws did not open: `);
  });
});

describe('a TLS certificate nobody signed', () => {
  it('is refused, naming the peer and the cause', async () => {
    const server = createHttpsServer(serverTls);
    const host = await listening(server);
    const error = await causeOfEnd(`wss://${host}/ws`);
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error?.message).toContain(`wss://${host}/ws did not open: self-signed certificate`);
    expect(error?.cause).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });
});
