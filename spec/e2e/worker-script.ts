import { WampClient } from '../../src/index.js';
import { shareConnection, type TabScope } from '../../src/worker/index.js';

/** The script of the shared worker, which is told the router's URL in its own. */
const scope = globalThis as unknown as TabScope & { readonly location: { readonly search: string } };
const url = new URLSearchParams(scope.location.search).get('router') ?? '';
export const shared = shareConnection(scope, { url, realm: 'realm1', retry: { initialDelayMs: 50, maxDelayMs: 200 } });

/** How many tabs there are, for the specs to ask; the worker's own client is like one of them. */
const own = new WampClient({ realm: 'realm1', transport: shared.transport() });
own.register('com.example.tabs', () => shared.tabs - 1).subscribe();
