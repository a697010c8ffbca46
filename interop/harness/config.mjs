import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder interop/ */
export const interop = fileURLToPath(new URL('..', import.meta.url));

/** The folder with the certificates. Made for these runs alone, the keys with them: they protect nothing. */
export const certificates = `${interop}config/tls`;

/**
 * A file of config/ with its placeholders filled in. A string that is nothing but a placeholder becomes the value
 * itself; within a longer string the value is written out.
 *
 * @param {string} file
 * @param {Readonly<Record<string, unknown>>} values
 * @returns {string} as JSON
 * @throws {Error} when a placeholder has no value
 */
export function configuration(file, values) {
  const look = (/** @type {string} */ name) => {
    if (!Object.hasOwn(values, name)) throw new Error(`config/${file} wants \${${name}}, which is not given`);
    return values[name];
  };
  return JSON.stringify(
    JSON.parse(readFileSync(`${interop}config/${file}`, 'utf8')),
    (_, value) => {
      if (typeof value !== 'string') return value;
      const whole = /^\$\{(\w+)\}$/.exec(value)?.[1];
      return whole === undefined ? value.replaceAll(/\$\{(\w+)\}/g, (_all, name) => String(look(name))) : look(whole);
    },
    2,
  );
}

/** @param {string} name of a file in config/tls */
export const certificate = (name) => readFileSync(`${certificates}/${name}`, 'utf8');
