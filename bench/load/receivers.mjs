import { Code } from '../wire/codes.mjs';
import { LoadSession } from './session.mjs';

/** Many subscribers of one topic, which say how many events have come in all. */
export class Receivers {
  #sessions;
  #events = 0;
  #wanted = Infinity;
  #all = () => undefined;
  /** @type {number[]} */
  #seen;

  /** @param {LoadSession[]} sessions */
  constructor(sessions) {
    this.#sessions = sessions;
    this.#seen = sessions.map(() => 0);
    for (const [i, session] of sessions.entries()) {
      session.onEvents = () => {
        this.#events += session.events - (this.#seen[i] ?? 0);
        this.#seen[i] = session.events;
        if (this.#events >= this.#wanted) this.#all();
      };
    }
  }

  /**
   * @param {number} count
   * @param {number} port
   * @param {import('../wire/codecs.mjs').Serializer} serializer
   * @param {string} topic
   */
  static async open(count, port, serializer, topic) {
    const sessions = await LoadSession.joinMany(count, port, serializer);
    for (let at = 0; at < count; at += 500)
      await Promise.all(sessions.slice(at, at + 500).map((session) => session.request(Code.SUBSCRIBE, {}, topic)));
    return new Receivers(sessions);
  }

  /** Resolves when each has had so many events since the beginning. @param {number} each */
  received(each) {
    this.#wanted = each * this.#sessions.length;
    return new Promise((resolve) => {
      this.#all = () => void resolve(undefined);
      if (this.#events >= this.#wanted) this.#all();
    });
  }
}
