import type { Id, WampMessage } from '../protocol/message.js';

/** What a transport carries: text for a textual serializer, bytes for a binary one. Bytes that are received may be a `Buffer` in Node. */
export type Frame = string | Uint8Array;

/**
 * Turns messages into frames and back. Give one of your own to a client or a router to speak a format this library
 * does not bring.
 *
 * @see WAMP spec, Serializers
 */
export interface Serializer {
  /** The name in the WebSocket subprotocol: `json` in `wamp.2.json`. */
  readonly name: string;
  /** Whether frames are bytes. */
  readonly binary: boolean;
  /**
   * A message as one frame.
   *
   * @throws {SerializationError} when the payload holds what the format cannot carry without loss. Nothing was sent.
   */
  encode(message: WampMessage): Frame;
  /**
   * As {@link encode}, for a socket that has copied the frame when `send` returns: the frame may lie in memory that is written to
   * again with the next message. Absent where that saves nothing.
   *
   * @throws {SerializationError} as `encode` does.
   */
  encodeToCopy?(message: WampMessage): Frame;
  /**
   * What a frame holds, not yet checked to be a message.
   *
   * @throws {SerializationError} when it cannot be decoded, or is nested deeper than the limit.
   */
  decode(frame: Frame): unknown;
  /**
   * The subscription an EVENT is for, read from the beginning of its frame: with it, an EVENT that nobody reads is thrown
   * away before it is decoded. Undefined for every other message, and where it takes more than a look. The frame may be
   * cut short or malformed, and text may come as its bytes.
   */
  subscriptionOf?(frame: Frame): Id | undefined;
}

/** The WebSocket subprotocol of a serializer, e.g. `wamp.2.json`. */
export const subprotocol = ({ name }: Serializer): string => `wamp.2.${name}`;
