import type { Passthru, Purpose, SessionContext } from 'rxwamp/passthru';

export const TOPIC = 'com.app.topic';
export const PROCEDURE = 'com.app.procedure';
export const EVENT: Purpose = { kind: 'event', uri: TOPIC };

/** A key of 32 equal bytes. */
export const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** Bytes from hexadecimal. */
export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));

/** What is thrown; a spec in which nothing is thrown fails. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Everything an error says: its text, its own members, and the same of its causes. */
export function allOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.message, error.stack, JSON.stringify(error), 'cause' in error ? allOf(error.cause) : ''].join('\n');
}

/** What a session knows, as a spec says it. */
export const context = (knows: Partial<SessionContext> = {}): SessionContext => ({
  supports: () => true,
  topicOf: () => undefined,
  calledBy: () => undefined,
  registeredAs: () => undefined,
  invokedBy: () => undefined,
  ...knows,
});

export type Message = Parameters<Passthru['outgoing']>[0];
