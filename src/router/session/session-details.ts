import type { Id, Uri } from '../../protocol/message.js';

/** Who a joined session is, as the router found out: nothing here is merely claimed. */
export interface SessionDetails {
  readonly session: Id;
  readonly realm: Uri;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly authprovider: string;
}
