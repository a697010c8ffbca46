// @ts-check
/**
 * @import { TopicGap, TopicSnapshot, WampEvent } from 'rxwamp'
 * @import { Api, Document, Line } from './document.mjs'
 */
import { randomUUID } from 'node:crypto';
import { BehaviorSubject, catchError, retry, scan, throwError } from 'rxjs';
import { isTopicGap, isTopicSnapshot, isWampError, retryCall, snapshot, value, WampClient } from 'rxwamp';
import { CONFLICT } from './document.mjs';

/** Both a document and a changed line say of which version they are. */
const versionOf = (/** @type {{ value: unknown }} */ payload) =>
  /** @type {{ version: number }} */ (payload.value).version;

/**
 * The document after one more change. What is out of step is an error: then it is asked for as a whole.
 *
 * @param {Document} document
 * @param {WampEvent<readonly [line: Line]> | TopicSnapshot | TopicGap} item
 * @returns {Document}
 */
function follow({ version, lines }, item) {
  if (isTopicGap(item)) throw item.cause ?? new Error('some changes are missing');
  if (isTopicSnapshot(item)) return /** @type {Document} */ (item.result.value);
  const [changed] = item.args;
  if (changed.version !== version + 1) throw new Error(`version ${changed.version} came after ${version}`);
  const isNew = lines.every(({ id }) => id !== changed.id);
  return {
    version: changed.version,
    lines: isNew ? [...lines, changed] : lines.map((line) => (line.id === changed.id ? changed : line)),
  };
}

/**
 * Somebody with a replica of the document, over a connection of their own.
 *
 * @param {string} name
 * @param {string} url
 * @param {(words: string) => void} say
 */
export function openEditor(name, url, say) {
  /** @type {WampClient<Api>} */
  const wamp = new WampClient({ url, realm: 'realm1', retry: { initialDelayMs: 50, maxDelayMs: 200 } });

  // The snapshot comes first and again after each reconnect, and then the changes that are not in it.
  const includes = (/** @type {{ value: unknown }} */ whole, /** @type {{ value: unknown }} */ change) =>
    versionOf(change) <= versionOf(whole);
  const changes$ = wamp.topic('com.example.doc.changed', { gaps: snapshot('com.example.doc.get', { includes }) });
  const document$ = new BehaviorSubject(/** @type {Document} */ ({ version: 0, lines: [] }));
  changes$.pipe(scan(follow, document$.value), retry({ delay: 50 })).subscribe(document$);

  /** An edit has an id, so it does no harm that `retryCall` may send it twice. */
  const write = (/** @type {string} */ text, line = randomUUID().slice(0, 8), base = 0) =>
    wamp
      .call('com.example.doc.edit', [{ id: randomUUID(), line, base, text }])
      .pipe(
        retryCall({ idempotent: true, unregistered: true, maxAttempts: 50, initialDelayMs: 50, maxDelayMs: 200 }),
        value(),
      );

  /**
   * Changes a line. When somebody was faster, changes what they have made of it, so that both are in it.
   *
   * @param {Line} seen
   * @param {(text: string) => string} change
   * @returns {import('rxjs').Observable<number>}
   */
  const amend = (seen, change) =>
    write(change(seen.text), seen.id, seen.version).pipe(
      catchError((error) => {
        if (!isWampError(error) || error.uri !== CONFLICT) return throwError(() => error);
        const [present] = /** @type {[Line]} */ (error.args);
        say(`${name} meant "${seen.text}", which is "${present.text}" by now, and changes that`);
        return amend(present, change);
      }),
    );

  return { name, wamp, document$, write, amend };
}
