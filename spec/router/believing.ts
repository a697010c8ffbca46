import { of } from 'rxjs';
import type { RouterAuthenticator } from '../../src/auth/router/authenticator.js';
import type { Router } from '../../src/router/index.js';
import { joined, type FakeClient } from './fake-client.js';

/** Admits every client as whom it says it is. */
export const believing: readonly RouterAuthenticator[] = [
  {
    method: 'ticket',
    hello: ({ authid = '', authrole = '' }) =>
      of({ accept: { authid, authrole, authmethod: 'ticket', authprovider: 'static' } }),
  },
];

/** A client joined as somebody, to a realm that believes it. */
export const joinedAs = (router: Router, authid: string, authrole = 'user'): FakeClient =>
  joined(router, { details: { authmethods: ['ticket'], authid, authrole } });
