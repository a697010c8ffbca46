import * as Code from '../protocol/codes.js';
import type { Id, RequestCode, WampMessage } from '../protocol/message.js';
import { tail } from '../protocol/payload.js';
import * as ErrorUri from '../protocol/error-uris.js';
import type { Member } from './member.js';
import type { Upstream } from './upstream.js';

/** What a member asks the router for: a SUBSCRIBE or a REGISTER. */
export interface Asking {
  readonly code: RequestCode;
  /** The id under which the member asked. */
  readonly request: Id;
  /** The message, under the session's own id. */
  readonly message: (id: Id) => WampMessage;
  /** The router gave it, under this id. */
  readonly granted: (id: Id) => void;
  /** There was an answer, whatever it is, or none can come. Called last. */
  readonly answered: () => void;
}

/** Asks the router in a member's name; a refusal goes to the member. */
export function askFor(
  member: Member,
  upstream: Upstream,
  { code, request, message, granted, answered }: Asking,
): void {
  try {
    upstream.request(message, {
      code,
      answered: (reply) => {
        const [, , id] = reply;
        if (typeof id === 'number') granted(id);
        answered();
        return true;
      },
      failed: ([, type, , details, error, args, kwargs]) => {
        member.send([Code.ERROR, type, request, details, error, ...tail(args, kwargs)]);
        answered();
      },
    });
  } catch {
    member.refuse(code, request, ErrorUri.INVALID_PAYLOAD);
    answered();
  }
}
