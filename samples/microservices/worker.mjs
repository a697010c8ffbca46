// @ts-check
/**
 * A process that renders invoices, one of several that share the procedure.
 *
 * @typedef {{ by: string, invoice: string }} Rendered
 * @typedef {{ rendered: number, refused: number }} Figures
 *
 * @typedef {object} Api what the services offer each other
 * @property {{
 *   'com.example.render.started': [by: string],
 *   'com.example.render.refused': [by: string],
 *   'com.example.paper': [isThere: boolean],
 * }} topics
 * @property {{
 *   'com.example.order': (item: string) => Rendered,
 *   'com.example.price': (item: string) => number,
 *   'com.example.stock.reserve': (item: string) => boolean,
 *   'com.example.render': (invoice: string, pages: number) => Rendered,
 *   [figures: `com.example.figures.${string}`]: () => Figures,
 * }} procedures
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BehaviorSubject, filter, firstValueFrom, merge } from 'rxjs';
import { limitConcurrency, value, WampClient } from 'rxwamp';

const file = fileURLToPath(import.meta.url);

/**
 * Starts one, and resolves when its procedures can be called.
 *
 * @param {string} url
 * @param {string} name
 * @param {number} concurrency how many invoices it renders at a time
 * @param {number} capacity how many more may wait there
 */
export async function startWorker(url, name, concurrency, capacity) {
  const child = fork(file, [url, name, String(concurrency), String(capacity)]);
  await once(child, 'message');
  return { name, child, ended: once(child, 'exit') };
}

if (process.argv[1] === file) {
  const [, , url = '', name = '', concurrency, capacity] = process.argv;
  /** @type {WampClient<Api>} */
  const wamp = new WampClient({ url, realm: 'realm1' });
  /** Whoever has begun without paper waits for some. */
  const paper$ = new BehaviorSubject(true);
  wamp
    .topic('com.example.paper')
    .pipe(value())
    .subscribe((isThere) => paper$.next(isThere));
  const figures = { rendered: 0, refused: 0 };

  const render = limitConcurrency(
    async (/** @type {import('rxwamp').InvocationOf<Api, 'com.example.render'>} */ { args: [invoice, pages] }) => {
      wamp.publish('com.example.render.started', [name]);
      await firstValueFrom(paper$.pipe(filter(Boolean)));
      await sleep(15 * pages);
      figures.rendered++;
      return { by: name, invoice };
    },
    { concurrency: Number(concurrency), capacity: Number(capacity) },
  );
  merge(
    wamp.register(
      'com.example.render',
      (invocation) => {
        try {
          return render(invocation);
        } catch (error) {
          figures.refused++;
          wamp.publish('com.example.render.refused', [name]);
          throw error; // `wamp.error.unavailable`, with which the router turns to another worker
        }
      },
      { invoke: 'roundrobin' },
    ),
    wamp.register(`com.example.figures.${name}`, () => figures),
  ).subscribe();

  // Whoever started this process is gone, and so is its use.
  process.on('disconnect', () => process.exit());
  // Asked to stop: takes no more, ends what it has begun, and leaves.
  process.once('SIGTERM', async () => {
    await wamp.close({ drain: true });
    process.exit();
  });
  await firstValueFrom(wamp.session$);
  process.send?.('ready');
}
