import type { Dict, Uri } from '../../protocol/message.js';
import { ALREADY_DEFINED, type InterfaceKind } from '../../protocol/reflection.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import { payloadSize } from '../routing/payload-size.js';
import type { Session } from '../session/session.js';
import type { RealmDefinition } from './interfaces.js';
import { REFLECTION_LIMITS } from './limits.js';

/** What is defined, by what it is called. */
export interface InterfaceKey {
  readonly kind: InterfaceKind;
  readonly uri: Uri;
}

/** Why something cannot be defined. */
export interface DefinitionRefusal {
  readonly error: Uri;
  readonly text: string;
}

interface Entry extends InterfaceKey {
  /** Undefined when it is the realm's own. */
  readonly owner: Session | undefined;
  readonly definition: Dict;
  readonly bytes: number;
}

/** What one session, or all of them, have defined. */
class Share {
  readonly entries = new Set<Entry>();
  bytes = 0;

  add(entry: Entry): void {
    this.entries.add(entry);
    this.bytes += entry.bytes;
  }

  delete(entry: Entry): void {
    if (this.entries.delete(entry)) this.bytes -= entry.bytes;
  }
}

const {
  maxDefinitionsPerSession,
  maxDefinitionsPerRealm,
  maxDefinitionBytes,
  maxDefinitionBytesPerSession,
  maxDefinitionBytesPerRealm,
} = REFLECTION_LIMITS;

/** What a realm and its sessions have defined, each definition with its owner. */
export class Definitions {
  readonly #byKind: Readonly<Record<InterfaceKind, Map<Uri, Entry>>> = {
    procedure: new Map(),
    topic: new Map(),
    error: new Map(),
  };
  readonly #ofSessions = new Share();
  readonly #bySession = new Map<Session, Share>();

  constructor(own: readonly RealmDefinition[]) {
    for (const { kind, uri, definition } of own) {
      this.#byKind[kind].set(uri, { kind, uri, owner: undefined, definition, bytes: 0 });
    }
  }

  get({ kind, uri }: InterfaceKey): Dict | undefined {
    return this.#byKind[kind].get(uri)?.definition;
  }

  /** All that are defined of a kind. */
  uris(kind: InterfaceKind): Iterable<Uri> {
    return this.#byKind[kind].keys();
  }

  /** Defines something for a session, in place of what it has defined there. @returns why it does not; nothing has changed then. */
  define(owner: Session, { kind, uri }: InterfaceKey, definition: Dict): DefinitionRefusal | undefined {
    const entry: Entry = { kind, uri, owner, definition, bytes: payloadSize(uri) + payloadSize(definition) };
    const former = this.#byKind[kind].get(uri);
    const share = this.#bySession.get(owner) ?? new Share();
    const refusal = this.#refusal(entry, former, share);
    if (refusal !== undefined) return refusal;
    if (former !== undefined) this.#remove(former, share);
    this.#byKind[kind].set(uri, entry);
    this.#ofSessions.add(entry);
    share.add(entry);
    this.#bySession.set(owner, share);
    return undefined;
  }

  /** Takes back what a session has defined. @returns whether it had. */
  undefine(owner: Session, { kind, uri }: InterfaceKey): boolean {
    const entry = this.#byKind[kind].get(uri);
    const share = this.#bySession.get(owner);
    if (entry?.owner !== owner || share === undefined) return false;
    this.#remove(entry, share);
    return true;
  }

  /** Takes back all that a session has defined. @returns what that was. */
  leave(owner: Session): readonly InterfaceKey[] {
    const share = this.#bySession.get(owner);
    if (share === undefined) return [];
    const all = [...share.entries];
    for (const entry of all) this.#remove(entry, share);
    return all;
  }

  #refusal(entry: Entry, former: Entry | undefined, share: Share): DefinitionRefusal | undefined {
    if (former !== undefined && former.owner !== entry.owner) {
      return {
        error: ALREADY_DEFINED,
        text: former.owner === undefined ? 'the realm itself defines it' : 'another session defines it',
      };
    }
    if (entry.bytes > maxDefinitionBytes) {
      return { error: ErrorUri.PAYLOAD_SIZE_EXCEEDED, text: `a definition of more than ${maxDefinitionBytes} bytes` };
    }
    const more = former === undefined ? 1 : 0;
    const bytes = entry.bytes - (former?.bytes ?? 0);
    const tooMuch = (text: string): DefinitionRefusal => ({
      error: ErrorUri.NOT_AUTHORIZED,
      text: `more than ${text}`,
    });
    if (share.entries.size + more > maxDefinitionsPerSession) {
      return tooMuch(`${maxDefinitionsPerSession} definitions of one session`);
    }
    if (share.bytes + bytes > maxDefinitionBytesPerSession) {
      return tooMuch(`${maxDefinitionBytesPerSession} bytes of definitions of one session`);
    }
    if (this.#ofSessions.entries.size + more > maxDefinitionsPerRealm) {
      return tooMuch(`${maxDefinitionsPerRealm} definitions in the realm`);
    }
    if (this.#ofSessions.bytes + bytes > maxDefinitionBytesPerRealm) {
      return tooMuch(`${maxDefinitionBytesPerRealm} bytes of definitions in the realm`);
    }
    return undefined;
  }

  #remove(entry: Entry, share: Share): void {
    this.#byKind[entry.kind].delete(entry.uri);
    this.#ofSessions.delete(entry);
    share.delete(entry);
    if (entry.owner !== undefined && share.entries.size === 0) this.#bySession.delete(entry.owner);
  }
}
