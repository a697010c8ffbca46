import { defaultIfEmpty, defer, Subscription, take, type ObservableInput } from 'rxjs';
import type {
  AuthRequest,
  AuthStep,
  Challenge,
  Identity,
  RouterAuthenticator,
} from '../../auth/router/authenticator.js';
import type { Dict, Uri } from '../../protocol/message.js';
import * as ErrorUri from '../../protocol/error-uris.js';

/** What an admission works with. */
export interface AdmissionOptions {
  readonly authenticators: readonly RouterAuthenticator[];
  /** HELLO.Details.authmethods, in the client's order of preference. */
  readonly authmethods: readonly string[];
  readonly request: AuthRequest;
  /** Does work in a turn of the connection. */
  readonly turn: (work: () => void) => void;
  readonly challenge: (method: string, extra: Dict) => void;
  readonly accept: (identity: Identity) => void;
  readonly deny: (reason: Uri, message?: string) => void;
  /** An authenticator failed. */
  readonly fault: (error: unknown) => void;
}

/** Finds out who wants to join: asks the authenticators, one after the other, and the client as often as they want. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #candidates: RouterAuthenticator[];
  #method = '';
  #challenge: Challenge | undefined;
  #asking = Subscription.EMPTY;
  #closed = false;

  constructor(options: AdmissionOptions) {
    const { authenticators, authmethods } = options;
    this.#options = options;
    this.#candidates = authmethods.flatMap((name) => authenticators.filter(({ method }) => method === name));
  }

  /** Tries the next method that the client offers and the realm has. */
  next(): void {
    const { authmethods, deny, request } = this.#options;
    const authenticator = this.#candidates.shift();
    if (authenticator === undefined) {
      const onlyAnonymous = authmethods.every((method) => method === 'anonymous');
      deny(onlyAnonymous ? ErrorUri.AUTHENTICATION_REQUIRED : ErrorUri.NO_MATCHING_AUTH_METHOD);
      return;
    }
    this.#method = authenticator.method;
    this.#ask(
      () => authenticator.hello(request),
      () => this.next(),
    );
  }

  /** AUTHENTICATE. */
  answer(signature: string, extra: Dict): void {
    const challenge = this.#challenge;
    this.#challenge = undefined;
    if (challenge === undefined) return;
    this.#ask(
      () => challenge.answer(signature, extra),
      () => this.#fail(),
    );
  }

  /** The client is gone, or took too long. */
  close(): void {
    this.#closed = true;
    this.#asking.unsubscribe();
  }

  #ask(source: () => ObservableInput<AuthStep | undefined>, otherwise: () => void): void {
    this.#asking = defer(source)
      .pipe(take(1), defaultIfEmpty(undefined))
      .subscribe({
        next: (step) => this.#inTurn(() => (step === undefined ? otherwise() : this.#take(step))),
        error: (error: unknown) => {
          this.#options.fault(error);
          this.#inTurn(() => this.#fail());
        },
      });
  }

  #inTurn(work: () => void): void {
    this.#options.turn(() => {
      if (!this.#closed) work();
    });
  }

  #take(step: AuthStep): void {
    const { challenge, accept, deny } = this.#options;
    if ('accept' in step) {
      accept(step.accept);
    } else if ('deny' in step) {
      deny(step.deny, step.message);
    } else {
      this.#challenge = step;
      challenge(this.#method, step.challenge);
    }
  }

  #fail(): void {
    this.#options.deny(ErrorUri.AUTHENTICATION_FAILED);
  }
}
