/**
 * A testing kit: play one side of a WAMP conversation, line by line, against the other.
 *
 * @packageDocumentation
 */
export { Code, codeName } from '../protocol/code.js';
export type { ScriptedPeerOptions } from './connection.js';
export { CLIENT_ROLES, ROUTER_ROLES } from './details.js';
export { fakeClient, type Acceptor, type FakeClient, type FakeClientOptions } from './fake-client.js';
export { fakeRouter, type FakeRouter, type FakeRouterOptions } from './fake-router.js';
export { fields, type Expected, type Fields } from './fields.js';
export type { ScriptedPeer } from './scripted-peer.js';
