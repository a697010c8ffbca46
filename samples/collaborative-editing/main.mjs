// @ts-check
/**
 * Several people write one document, in spite of each other and of a router that is killed.
 *
 *     npm run build && node samples/collaborative-editing/main.mjs
 */
import assert from 'node:assert/strict';
import { BehaviorSubject, filter, firstValueFrom, from, lastValueFrom, map, merge, mergeMap, toArray } from 'rxjs';
import { WampClient } from 'rxwamp';
import { shareDocument } from './document.mjs';
import { openEditor } from './editor.mjs';
import { startRouter } from './router.mjs';

// Nothing here takes so long, on a busy machine either, unless something does not happen.
setTimeout(() => assert.fail('it is not done after 100 s'), 100_000).unref();

const say = (/** @type {string} */ words) => console.log(`   ${words}`);

let router = await startRouter();
process.on('exit', () => router.kill());
const { port } = router;
const url = `ws://127.0.0.1:${port}/ws`;

/** @type {WampClient<import('./document.mjs').Api>} */
const service = new WampClient({ url, realm: 'realm1', retry: { initialDelayMs: 50, maxDelayMs: 200 } });
/** Where the document is kept. What is carried out while it is busy is told to its author later. */
const diskIsFree$ = new BehaviorSubject(true);
const saved = () => firstValueFrom(diskIsFree$.pipe(filter(Boolean)));
const { document, statistics } = shareDocument(service, saved);
await firstValueFrom(service.session$);

const editors = ['Ada', 'Grace', 'Edsger'].map((name) => openEditor(name, url, say));
const [ada, grace] = editors;
assert(ada && grace);
const upToDate = () =>
  lastValueFrom(
    merge(
      ...editors.map(({ document$ }) =>
        firstValueFrom(document$.pipe(filter(({ version }) => version === statistics.version))),
      ),
    ),
  );

console.log('1. Three write at once');
/** @type {string[]} */
const written = [];
/** Everybody writes all of it at the same time, and waits for no answer before the next line. */
const writeAll = (/** @type {string[]} */ ...things) =>
  lastValueFrom(
    from(editors).pipe(
      mergeMap(({ name, write }) => from(things).pipe(map((thing) => ({ write, text: `${thing} (${name})` })))),
      mergeMap(({ write, text }) => {
        written.push(text);
        return write(text);
      }),
      toArray(),
    ),
  );
await writeAll('bread', 'tea');
await upToDate();
say(
  `${written.length} lines, put into one order: ${document()
    .lines.map(({ text }) => text)
    .join(', ')}`,
);

console.log('2. Two change the same line at once');
const [line] = ada.document$.value.lines;
assert(line);
await lastValueFrom(
  merge(
    ada.amend(line, (text) => `${text}, with seeds`),
    grace.amend(line, (text) => `2 × ${text}`),
  ),
);
await upToDate();
const [both] = document().lines;
say(`both are in it: "${both?.text}"`);
assert.equal(both?.text, `2 × ${line.text}, with seeds`);

console.log('3. The router is killed while they write');
const before = statistics.version;
diskIsFree$.next(false);
const writing = writeAll('jam', 'nuts');
// The first edit is carried out, and its author has not been told.
await firstValueFrom(ada.document$.pipe(filter(({ version }) => version > before)));
router.kill();
await Promise.all(
  editors.map(({ wamp }) => firstValueFrom(wamp.state$.pipe(filter(({ status }) => status === 'waiting')))),
);
diskIsFree$.next(true);
say(`killed after version ${statistics.version}; what they write now waits`);
const writingMore = writeAll('honey');
router = await startRouter(port);
await Promise.all([writing, writingMore]);
say(`started again: version ${statistics.version}, and ${statistics.repeated} edits came twice and counted once`);
assert(statistics.repeated > 0);

console.log('4. Barbara comes late');
const barbara = openEditor('Barbara', url, say);
editors.push(barbara);
await upToDate();
say(`she has version ${barbara.document$.value.version}`);

console.log(`\nThe document, version ${statistics.version}:`);
for (const { text } of document().lines) say(`• ${text}`);
for (const { document$ } of editors) assert.deepEqual(document$.value, document());
assert.equal(document().lines.length, written.length);
for (const text of written) assert.equal(document().lines.filter((one) => one.text.includes(text)).length, 1);
console.log(`\n${editors.length} replicas are equal, and none of ${statistics.version} edits is lost or doubled.`);

await Promise.all([service, ...editors.map(({ wamp }) => wamp)].map((wamp) => wamp.close()));
router.kill();
