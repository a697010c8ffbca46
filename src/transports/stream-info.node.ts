import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TransportInfo } from './link.js';

/** What a stream of Node tells of the other end: its address, and what TLS knows. */
export function streamInfo(stream: Duplex, isClient: boolean): Omit<TransportInfo, 'kind'> {
  const peer = stream instanceof Socket ? addressOf(stream) : undefined;
  if (!(stream instanceof TLSSocket)) return { secure: false, peer };
  return {
    secure: true,
    peer,
    clientCertificate: isClient ? undefined : certificateOf(stream),
    channelBindings: channelBindingsOf(stream, isClient),
  };
}

const addressOf = ({ remoteAddress, remoteFamily, remotePort }: Socket): string | undefined => {
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return remoteFamily === 'IPv6' ? `tcp6:[${remoteAddress}]:${remotePort}` : `tcp4:${remoteAddress}:${remotePort}`;
};

/** The client's certificate, if one of the server's `ca` vouches for it; a self-signed one can stand there itself. */
function certificateOf(stream: TLSSocket): TransportInfo['clientCertificate'] {
  const certificate = stream.authorized ? stream.getPeerX509Certificate() : undefined;
  return (
    certificate && {
      fingerprint256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      subject: certificate.subject.replaceAll('\n', ', '),
    }
  );
}

/** `tls-exporter` (RFC 9266) for TLS 1.3; `tls-unique` (RFC 5929), the first Finished message, for TLS 1.2. */
function channelBindingsOf(stream: TLSSocket, isClient: boolean): Record<string, Uint8Array> {
  if (stream.getProtocol() === 'TLSv1.3') {
    const exported = stream.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
    return { 'tls-exporter': new Uint8Array(exported) };
  }
  // The client finishes first, unless a session is resumed.
  const first = isClient !== stream.isSessionReused() ? stream.getFinished() : stream.getPeerFinished();
  return first === undefined ? {} : { 'tls-unique': new Uint8Array(first) };
}
