import type { Code, Dict, Id, List, Uri, WampMessage } from 'rxwamp';
import type { TestInvocation } from './invocation.js';

/** What lasts until it ends: a subscription, a registration. */
export interface Lasting {
  readonly kind: 'subscribe' | 'register';
  /** It is over. */
  ended(): void;
}

/** What a request answers over. */
export interface Wire {
  /** Sends a message, if the connection stands. */
  send(message: WampMessage): void;
  /** A new id. */
  nextId(): Id;
  /** Refuses a request of this type. */
  refuse(type: Code, request: Id, uri: Uri, content: { readonly args: List; readonly kwargs: Dict }): void;
  /** Keeps what was accepted, under this id. */
  keep(id: Id, lasting: Lasting): void;
  /** Forgets it. */
  forget(id: Id, lasting: Lasting): void;
  /** Keeps an invocation until it is answered. */
  invoked(request: Id, invocation: TestInvocation): void;
}
