import type { Server } from 'node:http';
import { chmod, lstatSync, unlink, type NoParamCallback } from 'node:fs';
import { connect } from 'node:net';
import { unusable } from './unusable.js';

/** Where a server is to listen. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string; readonly mode: number | undefined };

type Failure = NodeJS.ErrnoException | undefined;

/** Has a server listen, and says what went wrong if it cannot. */
const listening = (server: Server, address: ListenAddress): Promise<Failure> =>
  new Promise((resolve) => {
    const done = (error?: NodeJS.ErrnoException): void => {
      server.off('error', done);
      resolve(error);
    };
    server.once('error', done);
    if (address.kind === 'tcp') server.listen(address.port, address.host, () => done());
    else server.listen(address.path, () => done());
  });

/** What a file operation failed with. */
const failureOf = (begin: (done: NoParamCallback) => void): Promise<Failure> =>
  new Promise((resolve) => begin((error) => resolve(error ?? undefined)));

/** Whether a Unix socket is left over from a process that is no more: nobody answers there. */
const isAbandoned = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    // Connecting to a plain file is refused as well.
    if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) {
      resolve(false);
      return;
    }
    const probe = connect({ path });
    const settle = (abandoned: boolean): void => {
      probe.destroy();
      resolve(abandoned);
    };
    probe.once('connect', () => settle(false));
    probe.once('error', (error: NodeJS.ErrnoException) => settle(error.code === 'ECONNREFUSED'));
  });

async function listeningOnUnix(server: Server, address: ListenAddress & { kind: 'unix' }): Promise<Failure> {
  let failure = await listening(server, address);
  if (failure?.code === 'EADDRINUSE' && (await isAbandoned(address.path)))
    failure = (await failureOf((done) => unlink(address.path, done))) ?? (await listening(server, address));
  if (failure === undefined && address.mode !== undefined) {
    const { path, mode } = address;
    failure = await failureOf((done) => chmod(path, mode, done));
    if (failure !== undefined) server.close();
  }
  return failure;
}

/**
 * Has a server listen. A Unix socket that nobody listens on any more is replaced.
 *
 * @throws {UsageError} as a rejection, when it cannot.
 */
export async function listenAt(server: Server, address: ListenAddress): Promise<void> {
  const failure = address.kind === 'tcp' ? await listening(server, address) : await listeningOnUnix(server, address);
  if (failure === undefined) return;
  const where = address.kind === 'tcp' ? `${address.host}:${address.port}` : address.path;
  throw unusable(`cannot listen on ${where}: ${failure.message}`, failure);
}

/** An address as a URL of this machine writes it: one that stands for all of them by its loopback. */
export function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}
