import type { Uri } from '../../protocol/message.js';

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  wildcard?: Node<T>;
  entry?: T;
}

const newNode = <T>(): Node<T> => ({ literals: new Map() });
const isEmpty = <T>({ literals, wildcard, entry }: Node<T>): boolean =>
  literals.size === 0 && wildcard === undefined && entry === undefined;
const child = <T>(node: Node<T>, component: string): Node<T> | undefined =>
  component === '' ? node.wildcard : node.literals.get(component);

/** Entries by wildcard pattern, as a trie of URI components: an empty component of a pattern matches any one component. */
export class WildcardIndex<T> {
  /** A trie for each number of components, as only patterns of as many components as the URI match. */
  readonly #roots = new Map<number, Node<T>>();

  get(pattern: Uri): T | undefined {
    return this.#path(pattern.split('.')).at(-1)?.entry;
  }

  set(pattern: Uri, entry: T): void {
    const components = pattern.split('.');
    let node = this.#roots.get(components.length) ?? newNode<T>();
    this.#roots.set(components.length, node);
    for (const component of components) {
      const next: Node<T> = child(node, component) ?? newNode();
      if (component === '') node.wildcard = next;
      else node.literals.set(component, next);
      node = next;
    }
    node.entry = entry;
  }

  delete(pattern: Uri): void {
    const components = pattern.split('.');
    const path = this.#path(components);
    const last = path.at(-1);
    if (last === undefined) return;
    delete last.entry;
    for (let depth = components.length - 1; depth >= 0; depth--) {
      const node = path[depth + 1];
      if (node === undefined || !isEmpty(node)) return;
      if (components[depth] === '') delete path[depth]?.wildcard;
      else path[depth]?.literals.delete(components[depth] ?? '');
    }
    if (path[0] !== undefined && isEmpty(path[0])) this.#roots.delete(components.length);
  }

  /**
   * Every entry that matches, the best first: the one whose leftmost wildcard comes latest. The nodes reached stay in
   * that order from one component to the next, because each is followed to its literal before its wildcard.
   */
  all(uri: Uri): T[] {
    if (this.#roots.size === 0) return [];
    const components = uri.split('.');
    const root = this.#roots.get(components.length);
    let reached = root === undefined ? [] : [root];
    for (const component of components) {
      const next: Node<T>[] = [];
      for (const { literals, wildcard } of reached) {
        const literal = literals.get(component);
        if (literal !== undefined) next.push(literal);
        if (wildcard !== undefined) next.push(wildcard);
      }
      reached = next;
    }
    return reached.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
  }

  /** The nodes from the root to a pattern's own; empty when it has none. */
  #path(components: readonly string[]): Node<T>[] {
    let node = this.#roots.get(components.length);
    if (node === undefined) return [];
    const path = [node];
    for (const component of components) {
      node = child(node, component);
      if (node === undefined) return [];
      path.push(node);
    }
    return path;
  }
}
