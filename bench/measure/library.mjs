import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The library under test: `dist/` of this repository, or the folder that the environment variable RXWAMP_DIST names. Above
 * that folder there have to be the package.json and the dependencies it needs.
 */
export const dist = resolve(process.env['RXWAMP_DIST'] ?? join(import.meta.dirname, '../../dist'), 'index.js');

/** @type {{ version: string }} */
const manifest = JSON.parse(readFileSync(join(dist, '../../package.json'), 'utf8'));
export const libraryVersion = manifest.version;

/**
 * @param {string} file of the built package, e.g. `router/index.js`
 * @returns {Promise<any>}
 */
export const library = (file) => import(pathToFileURL(join(dist, '..', file)).href);
