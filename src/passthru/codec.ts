import type { Dict, List, Uri } from '../protocol/message.js';

/** What a packed payload belongs to: bound into what is authenticated, so that none passes for another. */
export interface Purpose {
  readonly kind: 'event' | 'call' | 'result' | 'error';
  /** The topic or procedure; of a pattern the real one. */
  readonly uri: Uri;
  /** Of an error: its URI. */
  readonly error?: Uri | undefined;
}

/**
 * The options and details that say how a payload is packed. They are readable by routers.
 *
 * @see WAMP spec, Payload Passthru Mode / Payload Passthru Attributes
 */
export interface PassthruAttributes {
  /** Who defines the rest: `wamp`, `mqtt`, or a custom `x_…`. */
  readonly ppt_scheme: string;
  /** The format: `cbor`, `msgpack`, `json`, `native`, … */
  readonly ppt_serializer?: string | undefined;
  /** How it is encrypted. */
  readonly ppt_cipher?: string | undefined;
  /** Which key it is encrypted with. */
  readonly ppt_keyid?: string | undefined;
}

/** A payload that routers pass on unread, and what says how to read it. */
export interface Packed {
  readonly attributes: PassthruAttributes;
  /** What is sent as the one argument: bytes; with the serializer `native` a dictionary. */
  readonly payload: unknown;
}

/**
 * How payloads are packed, and read again: `encryption(…)` and `packing(…)` make two kinds; write one of your own for a
 * scheme of your own.
 *
 * Everything is synchronous, as messages must stay in order.
 *
 * @see WAMP spec, Payload Passthru Mode
 */
export interface PayloadCodec {
  /** Whether it encrypts: then what it packs is not accepted from others unencrypted. */
  readonly encrypts: boolean;
  /** Whether it can read what came with these details. */
  reads(details: Dict): boolean;
  /** @throws an error for what must not go out, e.g. for want of a key; nothing is sent then. */
  pack(purpose: Purpose, args: List, kwargs: Dict): Packed;
  /**
   * @param details with `ppt_scheme` and the rest.
   * @param payload the one argument that came: bytes, if the peer does as it should.
   * @throws an error for what cannot be read, was changed, or belongs to something else.
   */
  unpack(purpose: Purpose, details: Dict, payload: unknown): readonly [args: List, kwargs: Dict];
}

/** The message that carries a payload out, and the one that brings it, as errors name them. */
export const SENT = { event: 'PUBLISH', call: 'CALL', result: 'YIELD', error: 'ERROR' } as const;
export const RECEIVED = { event: 'EVENT', call: 'INVOCATION', result: 'RESULT', error: 'ERROR' } as const;

/** Whether options or details say that the payload is packed. */
export const isPacked = ({ ppt_scheme }: Dict): boolean => typeof ppt_scheme === 'string' && ppt_scheme !== '';

/** An attribute as it came; absent, null and empty are the same. */
export const attribute = (details: Dict, name: keyof PassthruAttributes): string | undefined => {
  const value = details[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};
