// @ts-check
/**
 * The document's service. It alone says what comes after what: an edit is a call, and each that it accepts makes the next
 * version, which it publishes.
 *
 * @typedef {object} Line
 * @property {string} id
 * @property {string} text
 * @property {number} version the document's when this line was last changed
 *
 * @typedef {{ version: number, lines: readonly Line[] }} Document
 *
 * @typedef {object} Edit
 * @property {string} id of its own, so that it can be sent twice and counts once
 * @property {string} line
 * @property {number} base the version of the line that its author saw; 0 of a new line
 * @property {string} text
 *
 * @typedef {object} Api
 * @property {{ 'com.example.doc.changed': [line: Line] }} topics
 * @property {{
 *   'com.example.doc.get': () => Document,
 *   'com.example.doc.edit': (edit: Edit) => number,
 * }} procedures
 */
import { merge } from 'rxjs';
import { WampError } from 'rxwamp';

/** The line has changed since its author saw it. The one argument is what it is now. */
export const CONFLICT = 'com.example.doc.error.conflict';

const MAX_REMEMBERED = 1_000;

/**
 * Offers the document for as long as the client is open.
 *
 * @param {import('rxwamp').WampClient<Api>} wamp
 * @param {() => Promise<unknown>} saved is waited for before the author of an edit is told, e.g. until it is on a disk
 */
export function shareDocument(wamp, saved) {
  const statistics = { version: 0, repeated: 0 };
  /** @type {Map<string, Line>} */
  const lines = new Map();
  /** @type {Map<string, number>} The version that each edit has made. */
  const done = new Map();

  const document = () => ({ version: statistics.version, lines: [...lines.values()] });

  const edit = async (/** @type {Edit} */ { id, line, base, text }) => {
    const before = done.get(id);
    if (before !== undefined) {
      statistics.repeated++;
      return before;
    }
    const present = lines.get(line);
    if ((present?.version ?? 0) !== base) throw new WampError(CONFLICT, { args: [present ?? null] });

    const version = ++statistics.version;
    const changed = { id: line, text, version };
    lines.set(line, changed);
    done.set(id, version);
    const [oldest] = done.keys();
    if (oldest !== undefined && done.size > MAX_REMEMBERED) done.delete(oldest);
    // Who is not connected now asks for the whole document later.
    wamp.publish('com.example.doc.changed', [changed], { offline: 'drop' });
    await saved();
    return version;
  };

  merge(
    wamp.register('com.example.doc.get', document),
    wamp.register('com.example.doc.edit', ({ args: [asked] }) => edit(asked)),
  ).subscribe();
  return { document, statistics };
}
