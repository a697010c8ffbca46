import type { EventMessage } from '../../protocol/message.js';
import type { Frame } from '../../serializers/serializer.js';
import type { Session } from '../session/session.js';

/** One EVENT for many sessions, encoded once for each serializer among them. */
export class EventFrames {
  readonly #event: EventMessage;
  /** By the serializer's name; undefined when it cannot carry the event. */
  readonly #frames = new Map<string, Frame | undefined>();

  constructor(event: EventMessage) {
    this.#event = event;
  }

  /** Sends it to one session. False when it cannot be carried there. */
  sendTo(session: Session): boolean {
    const { name } = session.serializer;
    let frame = this.#frames.get(name);
    if (frame === undefined) {
      if (this.#frames.has(name)) return false;
      frame = encode(session.serializer, this.#event);
      this.#frames.set(name, frame);
    }
    return frame !== undefined && session.sendFrame(frame);
  }
}

function encode(serializer: Session['serializer'], event: EventMessage): Frame | undefined {
  try {
    return serializer.encode(event);
  } catch {
    return undefined;
  }
}
