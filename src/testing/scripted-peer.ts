import { filter, firstValueFrom, map, startWith } from 'rxjs';
import { codeName, type Code } from '../protocol/code.js';
import type { ConnectionLostError, RxWampError } from '../protocol/errors.js';
import type { WampMessage } from '../protocol/message.js';
import type { Frame } from '../serializers/serializer.js';
import { connectionLost, type CloseReason, type Link } from '../transports/link.js';
import { Connection, type ScriptedPeerOptions } from './connection.js';
import { fields, type Expected, type Fields } from './fields.js';
import { mismatch, show } from './mismatch.js';

/** How many messages an error lists. */
const LISTED = 5;

const describe = (message: WampMessage): string => `${codeName(message[0])} ${show(message)}`;

/** What else is to be said of a connection when an expectation fails. */
function situation({ inbox, dropped, fault, ending }: Connection, told = 0): string {
  const untold = inbox.slice(told);
  const lines = untold.slice(0, LISTED).map((message) => `  ${describe(message)}`);
  const more = untold.length + dropped - lines.length;
  if (more > 0) lines.push(`  … and ${String(more)} more`);
  if (lines.length > 0) lines.unshift(told > 0 ? 'After it came:' : 'There came:');
  if (fault !== undefined)
    lines.push(`A frame came that is no message: ${fault instanceof Error ? fault.message : show(fault)}`);
  if (ending !== undefined) lines.push(`The connection is closed (${ending}).`);
  return lines.map((line) => `\n${line}`).join('');
}

/**
 * One side of a WAMP conversation, played by a test line by line as in the spec's sequence diagrams: `expect` takes the
 * next message the tested side sent, `send` answers it. Everything happens at once, without a timer or a promise, and
 * what fails throws an `Error` that says what was expected and what came; it works in every test framework.
 *
 * Messages are expected in the order in which they came. What is never expected stays in {@link received}, of which at
 * most 1000 are kept; {@link expectSilence} says that there is nothing left.
 */
export abstract class ScriptedPeer {
  readonly #options: ScriptedPeerOptions;
  #connection: Connection | undefined;
  #connections = 0;

  protected constructor(options: ScriptedPeerOptions) {
    this.#options = options;
  }

  /** Connections made so far, the present one included. */
  get connections(): number {
    return this.#connections;
  }

  /** Whether the present connection stands. */
  get isConnected(): boolean {
    return this.#connection !== undefined && this.#connection.ending === undefined;
  }

  /** What came over the present connection and was not expected yet, oldest first. */
  get received(): readonly WampMessage[] {
    return this.#connection?.inbox ?? [];
  }

  /**
   * Takes the next message, which must be of this type and fit.
   *
   * @returns its fields by name, and the tuple as `message`.
   * @throws {Error} when it is another one or none came; it then stays where it is.
   * @example
   * const { request } = router.expect(Code.SUBSCRIBE, { topic: 'com.app.tick' });
   * router.send([Code.SUBSCRIBED, request, 7]);
   */
  expect<K extends Code>(code: K, expected?: Expected<K>): Fields<K> {
    return take(this.#require(`expect ${codeName(code)}`), code, expected);
  }

  /**
   * The same for what does not come at once, because the tested side awaits something: resolves as soon as a message is
   * there, and rejects as {@link expect} throws, or when the connection ends first. It waits as long as the test may.
   *
   * @example
   * const { signature } = await router.eventually(Code.AUTHENTICATE);
   */
  eventually<K extends Code>(code: K, expected?: Expected<K>): Promise<Fields<K>> {
    const connection = this.#connection;
    if (connection === undefined) return Promise.reject(new Error(`cannot expect ${codeName(code)}: no connection`));
    return firstValueFrom(
      connection.activity.pipe(
        startWith(undefined),
        filter(() => connection.inbox.length > 0 || connection.ending !== undefined || connection.fault !== undefined),
        map(() => take(connection, code, expected)),
      ),
    );
  }

  /**
   * Nothing came that was not expected.
   *
   * @throws {Error} that lists what did.
   */
  expectSilence(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const count = connection.inbox.length + connection.dropped;
    if (count > 0 || connection.fault !== undefined)
      throw new Error(`expected silence, but ${String(count)} messages came${situation(connection)}`);
  }

  /**
   * The tested side has ended the connection, for this reason if one is named: `'normal'`, `'violation'` (it found the
   * other side at fault), `'too large'` (a message was), `'terminated'` (cut off at once).
   *
   * @throws {Error} when it stands, or ended otherwise.
   */
  expectClosed(reason?: CloseReason | 'terminated'): void {
    const { ending } = this.#require('expect its end');
    const wanted = `a connection closed by the tested side${reason === undefined ? '' : ` (${reason})`}`;
    if (ending === undefined) throw new Error(`expected ${wanted}, but it stands`);
    if (ending === 'by the script' || (reason !== undefined && ending !== reason))
      throw new Error(`expected ${wanted}, but it was closed ${ending === 'by the script' ? ending : `(${ending})`}`);
  }

  /** Sends a message. @throws {Error} when there is no connection. */
  send(message: WampMessage): void {
    const connection = this.#standing(`send ${codeName(message[0])}`);
    connection.deliver(connection.link.serializer.encode(message));
  }

  /** Sends a frame as it is, whatever it holds: text or bytes that are no message. */
  sendRaw(frame: Frame): void {
    this.#standing('send a frame').deliver(frame);
  }

  /** Breaks the connection: the tested side sees this error, a `ConnectionLostError` when none is given. */
  drop(error: RxWampError = dropped()): void {
    this.#standing('drop it').end(error);
  }

  /** Closes the connection in order, without a GOODBYE (send that first where it belongs). */
  close(): void {
    this.#standing('close it').end(undefined);
  }

  /** Answers a ping, where the option `ping` is `'ignored'`. */
  pong(): void {
    this.#standing('answer a ping').pong();
  }

  /** From here on nothing passes in either direction, pings neither, and nobody is told: a cable was pulled. */
  stall(): void {
    this.#standing('stall it').stall();
  }

  /** Reads no more until {@link readOn}: what the tested side sends piles up in its buffer. */
  stopReading(): void {
    this.#standing('stop reading').stopReading();
  }

  /** Reads what has piled up, and on. */
  readOn(): void {
    this.#standing('read on').readOn();
  }

  /** Makes a new connection the present one. @returns the end to be tested. */
  protected open(ended?: (error: RxWampError | undefined) => void): Link {
    this.#connection = new Connection(this.#options, ended);
    this.#connections++;
    return this.#connection.link;
  }

  #require(what: string): Connection {
    if (this.#connection === undefined) throw new Error(`cannot ${what}: no connection was made yet`);
    return this.#connection;
  }

  #standing(what: string): Connection {
    const connection = this.#require(what);
    if (connection.ending !== undefined)
      throw new Error(`cannot ${what}: the connection is closed (${connection.ending})`);
    return connection;
  }
}

/** Takes the next message of a connection, if it is as expected. */
function take<K extends Code>(connection: Connection, code: K, expected?: Expected<K>): Fields<K> {
  const [message] = connection.inbox;
  const wanted = expected === undefined ? codeName(code) : `${codeName(code)} with ${show(expected)}`;
  if (message === undefined) throw new Error(`expected ${wanted}, but nothing came${situation(connection)}`);
  if (message[0] !== code)
    throw new Error(`expected ${wanted}, but ${describe(message)} came${situation(connection, 1)}`);
  const taken = fields(message);
  const difference = mismatch(expected ?? {}, taken, '');
  if (difference !== undefined)
    throw new Error(`expected ${wanted}, but ${difference}: ${show(message)}${situation(connection, 1)}`);
  connection.inbox.shift();
  // The type code has been compared with K.
  return taken as Fields<K>;
}

const dropped = (): ConnectionLostError => connectionLost('the connection was dropped');
