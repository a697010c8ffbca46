import * as Code from '../protocol/codes.js';
import type { Dict, Id, List, Published, Uri } from '../protocol/message.js';
import { tail } from '../protocol/payload.js';
import type { Requests } from './requests.js';

/** Who waits for a PUBLISHED. */
export interface Acknowledgement {
  published(publication: Id): void;
  failed(error: unknown): void;
}

/** The publisher of a session. */
export class Publisher {
  constructor(private readonly requests: Requests) {}

  /**
   * Sends PUBLISH. With `options.acknowledge` the broker's answer goes to `acknowledgement`; without, no answer ever comes.
   *
   * @throws {SerializationError} when the payload cannot be carried. Nothing was sent.
   * @see WAMP spec, Publish and Subscribe / PUBLISH
   */
  publish(topic: Uri, args: List, kwargs: Dict, options: Dict, acknowledgement?: Acknowledgement): void {
    const acknowledged = options['acknowledge'] === true && acknowledgement !== undefined;
    this.requests.open<Published>(
      (id) => [Code.PUBLISH, id, options, topic, ...tail(args, kwargs)],
      acknowledged
        ? {
            code: Code.PUBLISH,
            on: topic,
            settle: ([, , publication]) => {
              acknowledgement.published(publication);
              return true;
            },
            fail: (error) => {
              acknowledgement.failed(error);
            },
          }
        : undefined,
    );
  }
}
