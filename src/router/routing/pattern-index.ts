import type { Uri } from '../../protocol/message.js';
import type { MatchPolicy } from '../../protocol/uri.js';
import { WildcardIndex } from './wildcard-index.js';

/** The entries of a router's table by URI and match policy. A look-up costs the length of the URI, not the number of entries. */
export class PatternIndex<T> {
  readonly #exact = new Map<Uri, T>();
  readonly #prefix = new Map<Uri, T>();
  /** How many prefixes there are of each length. */
  readonly #lengths = new Map<number, number>();
  readonly #wildcard = new WildcardIndex<T>();

  /** The entry of exactly this pattern. */
  get(match: MatchPolicy, pattern: Uri): T | undefined {
    return match === 'wildcard' ? this.#wildcard.get(pattern) : this.#map(match).get(pattern);
  }

  set(match: MatchPolicy, pattern: Uri, entry: T): void {
    if (match === 'wildcard') {
      this.#wildcard.set(pattern, entry);
      return;
    }
    if (match === 'prefix' && !this.#prefix.has(pattern)) this.#count(pattern.length, 1);
    this.#map(match).set(pattern, entry);
  }

  delete(match: MatchPolicy, pattern: Uri): void {
    if (match === 'wildcard') this.#wildcard.delete(pattern);
    else if (this.#map(match).delete(pattern) && match === 'prefix') this.#count(pattern.length, -1);
  }

  /** Every entry that matches a URI: exact, prefixes from the longest, wildcards from the best. */
  all(uri: Uri): T[] {
    const found: T[] = [];
    const exact = this.#exact.get(uri);
    if (exact !== undefined) found.push(exact);
    for (let length = uri.length; length >= 0 && this.#prefix.size > 0; length--) {
      const entry = this.#prefixOf(uri, length);
      if (entry !== undefined) found.push(entry);
    }
    found.push(...this.#wildcard.all(uri));
    return found;
  }

  /**
   * The one entry a call goes to: the exact one, else the longest prefix, else the best wildcard. (Of prefixes of one URI
   * the longest has the most components, too.)
   *
   * @see WAMP spec, Pattern-based Registrations / Best Matching
   */
  best(uri: Uri): T | undefined {
    const exact = this.#exact.get(uri);
    if (exact !== undefined) return exact;
    for (let length = uri.length; length >= 0 && this.#prefix.size > 0; length--) {
      const entry = this.#prefixOf(uri, length);
      if (entry !== undefined) return entry;
    }
    return this.#wildcard.all(uri)[0];
  }

  #prefixOf(uri: Uri, length: number): T | undefined {
    return this.#lengths.has(length) ? this.#prefix.get(uri.slice(0, length)) : undefined;
  }

  #map(match: 'exact' | 'prefix'): Map<Uri, T> {
    return match === 'exact' ? this.#exact : this.#prefix;
  }

  #count(length: number, change: 1 | -1): void {
    const count = (this.#lengths.get(length) ?? 0) + change;
    if (count === 0) this.#lengths.delete(length);
    else this.#lengths.set(length, count);
  }
}
