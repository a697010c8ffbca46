import type { Dict, List, Uri } from '../../protocol/message.js';
import type { Session } from '../session/session.js';

/** A call of one of the router's own procedures. It is answered once, with `result` or `error`. */
export interface MetaCall {
  readonly caller: Session;
  readonly args: List;
  readonly kwargs: Dict;
  result(args?: List, kwargs?: Dict): void;
  error(uri: Uri, text?: string): void;
}

/** One of the router's own procedures. What it throws as a `WampError` is the answer, too. */
export type MetaProcedure = (call: MetaCall) => void;
