import type { CloseReason, LinkPort, Socket } from '../../src/transports/link.js';
import type { Frame } from '../../src/serializers/serializer.js';

/** A socket that writes down what a link asks of it. */
export class FakeSocket implements Socket {
  bufferedBytes = 0;
  readonly log: unknown[] = [];

  constructor(readonly port: LinkPort) {}

  send(frame: Frame): void {
    this.log.push(['send', frame]);
  }
  close(reason: CloseReason): void {
    this.log.push(['close', reason]);
  }
  terminate(): void {
    this.log.push(['terminate']);
  }
}

/** A socket whose platform can do all there is. */
export class CapableSocket extends FakeSocket {
  ping(): void {
    this.log.push(['ping']);
  }
  pause(): void {
    this.log.push(['pause']);
  }
  resume(): void {
    this.log.push(['resume']);
  }
}

/** A socket that is done with a frame when it has sent it. */
export class CopyingSocket extends FakeSocket {
  readonly copies = true;
}
