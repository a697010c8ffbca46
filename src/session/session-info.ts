import { announces, type ClientRole, type RouterRole } from '../protocol/features.js';
import type { Dict, Id, Uri } from '../protocol/message.js';

/**
 * The joined session as the router described it.
 *
 * @see WAMP spec, Sessions / WELCOME
 */
export interface SessionInfo {
  readonly id: Id;
  readonly realm: Uri;
  /** The effective identity, where the router says it; it may differ from what was asked for. */
  readonly authid: string | undefined;
  readonly authrole: string | undefined;
  readonly authmethod: string | undefined;
  readonly authprovider: string | undefined;
  /** The router's software, e.g. `Crossbar.io-…`. */
  readonly agent: string | undefined;
  /** Negotiated subprotocol, e.g. `wamp.2.json`. */
  readonly protocol: string;
  /** WELCOME.Details, whole. */
  readonly details: Dict;
  /** Whether the router announced a feature of its `broker` or `dealer`. */
  readonly supports: (role: RouterRole, feature: string) => boolean;
}

/** What of a WELCOME a program wants to know. */
export function sessionInfo(id: Id, details: Dict, requestedRealm: Uri, protocol: string): SessionInfo {
  const text = (key: string): string | undefined => {
    const value = details[key];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    id,
    realm: text('realm') ?? requestedRealm,
    authid: text('authid'),
    authrole: text('authrole'),
    authmethod: text('authmethod'),
    authprovider: text('authprovider'),
    agent: text('agent'),
    protocol,
    details,
    supports: (role: ClientRole | RouterRole, feature) => announces(details, role, feature),
  };
}
