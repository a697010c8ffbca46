import type { Uri } from '../protocol/message.js';
import type { RouterContext } from './context.js';
import type { RouterOptions } from './options.js';
import { Realm } from './realm.js';
import { addCounts, type RealmStatistics } from './statistics.js';

/** The realms of a router. Those made on demand last as long as a connection uses them. */
export class Realms {
  readonly #make: ((uri: Uri) => Realm | undefined) | undefined;
  readonly #context: RouterContext;
  readonly #realms = new Map<Uri, Realm>();
  readonly #users = new Map<Realm, number>();

  constructor(options: RouterOptions['realms'], context: RouterContext) {
    this.#context = context;
    if (typeof options === 'function') {
      this.#make = (uri) => {
        const found = options(uri);
        return found === undefined ? undefined : new Realm(uri, found, context);
      };
      return;
    }
    for (const [uri, realm] of Object.entries(options)) this.#realms.set(uri, new Realm(uri, realm, context));
  }

  /** Joined sessions, in all of them. */
  get sessions(): number {
    let sessions = 0;
    for (const realm of this.#realms.values()) sessions += realm.sessions;
    return sessions;
  }

  statistics(): Readonly<Record<Uri, RealmStatistics>> {
    return Object.fromEntries([...this.#realms].map(([uri, realm]) => [uri, realm.statistics()]));
  }

  /**
   * The realm of that name for one connection, which releases it when it ends.
   *
   * @throws what the application's function throws.
   */
  acquire(uri: Uri): Realm | undefined {
    const realm = this.#realms.get(uri) ?? this.#make?.(uri);
    if (realm === undefined || this.#make === undefined) return realm;
    this.#realms.set(uri, realm);
    this.#users.set(realm, (this.#users.get(realm) ?? 0) + 1);
    return realm;
  }

  release(realm: Realm): void {
    if (this.#make === undefined) return;
    const users = (this.#users.get(realm) ?? 0) - 1;
    if (users > 0) {
      this.#users.set(realm, users);
      return;
    }
    this.#users.delete(realm);
    this.#realms.delete(realm.uri);
    addCounts(this.#context.counters, realm.counters);
  }
}
