import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

/**
 * The library under test, as it is built. `RXWAMP_DIST` names another folder than `dist/`.
 */
const dist = process.env['RXWAMP_DIST'] ?? new URL('../dist', import.meta.url).pathname;
const entry = (/** @type {string} */ path) => import(pathToFileURL(resolve(dist, path)).href);

// A dynamic import is of type `any`; these files are what the entries of the package are built from.
/** @type {typeof import('rxwamp')} */
export const rxwamp = await entry('index.js');
/** @type {typeof import('rxwamp/auth')} */
export const auth = await entry('auth/index.js');
/** @type {typeof import('rxwamp/meta')} */
export const { meta } = await entry('client/meta/index.js');
/** @type {typeof import('rxwamp/node')} */
export const node = await entry('node/index.js');
/** @type {typeof import('rxwamp/router')} */
export const router = await entry('router/index.js');
/** @type {typeof import('rxwamp/router/node')} */
export const routerNode = await entry('router/node/index.js');
/** @type {typeof import('rxwamp/msgpack')} */
export const { msgpack } = await entry('serializers/msgpack.js');
/** @type {typeof import('rxwamp/cbor')} */
export const { cbor } = await entry('serializers/cbor.js');

export const { WampClient } = rxwamp;

/** @type {Readonly<Record<string, () => import('rxwamp').Serializer>>} */
export const serializers = { json: rxwamp.json, msgpack, cbor };
