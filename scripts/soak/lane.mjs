import { Buffer } from 'node:buffer';
import { ofKind } from './faults.mjs';
import { reset } from './reset.mjs';

/** @import { Socket } from 'node:net' */
/** @import { Fault, Way } from './faults.mjs' */
/** @import { Random } from './random.mjs' */

/** Most bytes that wait in a lane before its source is read no more. */
const HIGH_WATER_BYTES = 64 * 1024;
/** How often a throttled lane lets something through. */
const THROTTLE_TURN_MS = 10;

/** One way of a proxied connection: reads a source, does to the bytes what the active faults say, and writes a sink. */
export class Lane {
  /** @type {Buffer[]} */
  #waiting = [];
  #waitingBytes = 0;
  #ended = false;
  #closed = false;
  /** Bytes that its source has said. */
  received = 0;
  /** Whether the sink has to drain, or a piece is on its way, before more is written. */
  #busy = false;
  /** Whether something was swallowed, so that what comes after it must never arrive. */
  #swallowed = false;
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  /** @type {NodeJS.Immediate | undefined} */
  #turn;
  /** When bytes that are joined go out in any case. @type {number | undefined} */
  #joinUntilMs;

  /**
   * @param {{ way: Way, source: Socket, sink: Socket, faults: () => Iterable<Fault>, held: () => boolean,
   *   random: Random }} parts `held`: nothing passes yet
   */
  constructor(parts) {
    this.#parts = parts;
    const { source, sink } = parts;
    source.on('data', (chunk) => this.#take(chunk));
    source.on('end', () => {
      this.#ended = true;
      this.pump();
    });
    source.on('close', (hadError) => {
      if (hadError || !this.#ended) this.#breakOff();
    });
    sink.on('drain', () => {
      this.#busy = false;
      this.pump();
    });
  }

  /** @readonly */
  #parts;

  /** Looks at the faults anew: some have begun or were healed. */
  changed() {
    const { source } = this.#parts;
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#swallowed && !this.#has('vanish')) {
      this.#reset();
      return;
    }
    if (this.#has('stall')) source.pause();
    else if (this.#waitingBytes < HIGH_WATER_BYTES) source.resume();
    this.pump();
  }

  /**
   * Says something in the source's place, at once.
   *
   * @param {Buffer} bytes
   */
  inject(bytes) {
    if (!this.#closed && this.#parts.sink.writable) this.#parts.sink.write(bytes);
  }

  /** FIN to the sink, after what is on its way. */
  cut() {
    this.#ended = true;
    this.pump();
  }

  /** Nothing passes any more. */
  close() {
    this.#closed = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
  }

  /** Lets through what may pass now. */
  pump() {
    const { sink, held } = this.#parts;
    if (this.#closed || this.#busy || held() || this.#has('stall')) return;
    if (this.#has('vanish')) {
      this.#swallow();
      return;
    }
    if (this.#waitingBytes === 0) {
      if (this.#ended && sink.writable) sink.end();
      return;
    }
    const bytes = this.#allowance();
    if (bytes > 0) this.#write(bytes);
  }

  /** @param {Buffer} chunk */
  #take(chunk) {
    if (this.#closed) return;
    this.received += chunk.length;
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes >= HIGH_WATER_BYTES) this.#parts.source.pause();
    this.pump();
  }

  #swallow() {
    this.#swallowed ||= this.#ended || this.#waitingBytes > 0;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#joinUntilMs = undefined;
  }

  /** The source is gone without having said so. */
  #breakOff() {
    if (this.#closed) return;
    this.#ended = true;
    if (this.#has('vanish')) this.#swallowed = true;
    else this.#reset();
  }

  #reset() {
    reset(this.#parts.source);
    reset(this.#parts.sink);
  }

  /** How many bytes may go now; looks again later when it is none or not all. */
  #allowance() {
    const { way, faults, random } = this.#parts;
    const active = [...faults()];
    const wanted = Math.max(0, ...ofKind(active, 'join', way).map(({ bytes }) => bytes));
    if (this.#waitingBytes < wanted && !this.#ended) {
      const delayMs = Math.min(...ofKind(active, 'join', way).map(({ maxDelayMs }) => maxDelayMs));
      this.#joinUntilMs ??= performance.now() + delayMs;
      const leftMs = this.#joinUntilMs - performance.now();
      if (leftMs > 0) {
        this.#later(leftMs);
        return 0;
      }
    }
    this.#joinUntilMs = undefined;
    const [throttle] = ofKind(active, 'throttle', way).sort((a, b) => a.bytesPerSecond - b.bytesPerSecond);
    if (throttle !== undefined) {
      if (this.#timer !== undefined) return 0;
      this.#later(THROTTLE_TURN_MS);
      return Math.max(1, Math.floor((throttle.bytesPerSecond * THROTTLE_TURN_MS) / 1_000));
    }
    const [split] = ofKind(active, 'split', way).sort((a, b) => a.maxBytes - b.maxBytes);
    return split === undefined ? Infinity : random.integer(1, split.maxBytes);
  }

  /** @param {number} delayMs */
  #later(delayMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.pump();
    }, delayMs);
  }

  /** @param {number} atMost */
  #write(atMost) {
    const { source, sink } = this.#parts;
    const all = this.#waiting.length === 1 && this.#waiting[0] ? this.#waiting[0] : Buffer.concat(this.#waiting);
    const piece = all.subarray(0, Math.min(atMost, all.length));
    const rest = all.subarray(piece.length);
    this.#waiting = rest.length > 0 ? [rest] : [];
    this.#waitingBytes = rest.length;
    if (this.#waitingBytes < HIGH_WATER_BYTES && !this.#has('stall')) source.resume();
    if (!sink.writable) return;
    this.#busy = !sink.write(piece);
    if (this.#busy) return;
    // In a turn of its own, so that the other end reads it by itself.
    this.#busy = true;
    this.#turn = setImmediate(() => {
      this.#busy = false;
      this.pump();
    });
  }

  /** @param {'vanish' | 'stall'} kind */
  #has(kind) {
    const { way, faults } = this.#parts;
    return ofKind(faults(), kind, way).length > 0;
  }
}
