import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version that is installed here. @param {string} name of a package */
export function versionOf(name) {
  const file = join(import.meta.dirname, '../node_modules', name, 'package.json');
  return /** @type {{ version: string }} */ (JSON.parse(readFileSync(file, 'utf8'))).version;
}
