import type { EventMessage } from '../../protocol/message.js';
import type { Frame } from '../../serializers/serializer.js';
import type { Session } from '../session/session.js';

/** What became of an event for one session. */
export type EventFate = 'sent' | 'skipped' | 'dropped';

/** One EVENT for many sessions, encoded once for each serializer among them. */
export class EventFrames {
  readonly #event: EventMessage;
  /** By the serializer's name; undefined when it cannot carry the event. */
  readonly #frames = new Map<string, Frame | undefined>();

  constructor(event: EventMessage) {
    this.#event = event;
  }

  /** Sends it to one session, unless that reads too slowly, or cannot be carried it. */
  sendTo(session: Session): EventFate {
    if (!session.takesEvents()) return 'dropped';
    const { name } = session.serializer;
    let frame = this.#frames.get(name);
    if (frame === undefined) {
      if (this.#frames.has(name)) return 'skipped';
      frame = encode(session.serializer, this.#event);
      this.#frames.set(name, frame);
    }
    return frame !== undefined && session.sendEvent(frame) ? 'sent' : 'skipped';
  }
}

function encode(serializer: Session['serializer'], event: EventMessage): Frame | undefined {
  try {
    return serializer.encode(event);
  } catch {
    return undefined;
  }
}
