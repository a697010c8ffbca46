import { Code } from '../../../src/protocol/code.js';
import type { Dict, List } from '../../../src/protocol/message.js';
import type { FakeClient } from '../fake-client.js';

/** Calls one of the router's own procedures: its positional results, or its error URI. Other messages are left in the inbox. */
export function metaCall(client: FakeClient, procedure: string, args: List = [], kwargs: Dict = {}): List | string {
  const request = client.request();
  client.send([Code.CALL, request, {}, procedure, args, kwargs]);
  const at = client.inbox.findIndex((message) =>
    message[0] === Code.RESULT ? message[1] === request : message[0] === Code.ERROR && message[2] === request,
  );
  const [answer] = at < 0 ? [] : client.inbox.splice(at, 1);
  if (answer?.[0] === Code.RESULT) return answer[3] ?? [];
  return answer?.[0] === Code.ERROR ? answer[4] : 'no answer';
}
