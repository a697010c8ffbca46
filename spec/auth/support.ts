import { randomFillSync } from 'node:crypto';
import { firstValueFrom, from, lastValueFrom, type ObservableInput } from 'rxjs';
import type { Dict } from '../../src/protocol/message.js';
import type { AuthAnswer, AuthAttempt, AuthContext, Authenticator } from '../../src/auth/authenticator.js';
import type { CryptoSource } from '../../src/auth/crypto/source.js';
import type {
  AuthRequest,
  AuthStep,
  Challenge,
  Identity,
  RouterAuthenticator,
  TransportInfo,
} from '../../src/auth/router/authenticator.js';

export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
export const base64 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));

/** What a page on http:// has: no `subtle`. */
export const insecurePage: CryptoSource = { getRandomValues: (array) => randomFillSync(new Uint8Array(array.buffer)) };

/** Gives these bytes where random ones are asked for. */
export const randomly = (bytes: Uint8Array): CryptoSource => ({
  subtle: globalThis.crypto.subtle,
  getRandomValues: (array) => new Uint8Array(array.buffer).set(bytes.subarray(0, array.byteLength)),
});

const REALM = 'realm1';
export const SESSION = 3251278072152162;

/** The client's attempt. */
export const begin = (authenticator: Authenticator, context: Partial<AuthContext> = {}): Promise<AuthAttempt> =>
  firstValueFrom(from(authenticator.begin({ realm: REALM, ...context })));

/** The client's answer to a CHALLENGE. */
export async function answer(attempt: AuthAttempt, extra: Dict): Promise<AuthAnswer> {
  if (attempt.answer === undefined) throw new Error('the method has no answer');
  return lastValueFrom(from(attempt.answer(extra)));
}

/** The client's judgement of a WELCOME. */
export async function verify(attempt: AuthAttempt, details: Dict): Promise<void> {
  if (attempt.verify !== undefined) await lastValueFrom(from(attempt.verify(details)));
}

/** A HELLO as the router sees it. */
export const helloOf = (claims: Partial<AuthRequest>, transport: Partial<TransportInfo> = {}): AuthRequest => ({
  realm: REALM,
  session: SESSION,
  authextra: {},
  ...claims,
  transport: { secure: true, ...transport },
});

/** The router's reaction to a HELLO. */
export const hello = (router: RouterAuthenticator, request: AuthRequest): Promise<AuthStep | undefined> =>
  firstValueFrom(from(router.hello(request)));

/** The router's CHALLENGE, which has to be one. */
export async function challengeOf(router: RouterAuthenticator, request: AuthRequest): Promise<Challenge> {
  const step = await hello(router, request);
  if (step === undefined || !('challenge' in step)) throw new Error(`no challenge but ${JSON.stringify(step)}`);
  return step;
}

/** The router's judgement of an AUTHENTICATE. */
export const judge = (challenge: Challenge, signature: string, extra: Dict = {}): Promise<AuthStep> =>
  firstValueFrom(from(challenge.answer(signature, extra)));

/** What somebody between client and router does. */
export interface Tampering {
  readonly hello?: (claims: Partial<AuthRequest>) => Partial<AuthRequest>;
  readonly challenge?: (extra: Dict) => Dict;
  readonly authenticate?: (answer: AuthAnswer) => AuthAnswer;
  readonly welcome?: (identity: Identity) => Identity;
}

/** A whole handshake. @returns the router's last step, with the client content if it is a WELCOME. */
export async function handshake(
  client: Authenticator,
  router: RouterAuthenticator,
  { context = {}, transport = {}, tamper = {} }: HandshakeOptions = {},
): Promise<AuthStep | undefined> {
  const same = <T>(value: T): T => value;
  const attempt = await begin(client, context);
  const { authid, authrole, authextra = {} } = attempt;
  const claims = { ...(authid !== undefined && { authid }), ...(authrole !== undefined && { authrole }), authextra };
  let step = await hello(router, helloOf((tamper.hello ?? same)(claims), transport));
  if (step !== undefined && 'challenge' in step) {
    const answered = (tamper.authenticate ?? same)(await answer(attempt, (tamper.challenge ?? same)(step.challenge)));
    step = await judge(step, answered.signature, answered.extra);
  }
  if (step !== undefined && 'accept' in step) await verify(attempt, { ...(tamper.welcome ?? same)(step.accept) });
  return step;
}

export interface HandshakeOptions {
  readonly context?: Partial<AuthContext>;
  readonly transport?: Partial<TransportInfo>;
  readonly tamper?: Tampering;
}

/** What an observable gave by the time its subscribe call returned. */
export function atOnce<T>(source: ObservableInput<T>): T[] {
  const seen: T[] = [];
  from(source)
    .subscribe((value) => seen.push(value))
    .unsubscribe();
  return seen;
}

export const DENIED = { deny: 'wamp.error.authentication_denied', message: 'authentication failed' };
