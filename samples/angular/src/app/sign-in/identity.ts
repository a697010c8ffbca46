import { inject, Injectable, Injector } from '@angular/core';
import type { Authenticator } from 'rxwamp';
import { anonymous, ticket, wampcra } from 'rxwamp/auth';
import { WampClient } from 'rxwamp/angular';

/** What somebody signs in with; a guest has nothing. */
export interface Credentials {
  readonly method: 'ticket' | 'wampcra';
  readonly name: string;
  readonly password: string;
}

/** Who the page is for the router. It is asked at every attempt to connect, so that a lost connection comes back signed in. */
@Injectable()
export class Identity {
  readonly #injector = inject(Injector);
  #present: Authenticator = anonymous();

  readonly authenticator: Authenticator = presently(() => this.#present);

  /**
   * Joins anew as somebody else, and leaves the present session only then: with a wrong password it stays.
   *
   * @returns rejects with why the router refuses.
   */
  async signIn({ method, name, password }: Credentials): Promise<void> {
    await this.#become(
      method === 'ticket' // The router of the sample is on this machine; anywhere else, use `wss:` and leave this option out.
        ? ticket({ authid: name, ticket: password, allowInsecure: true })
        : wampcra({ authid: name, secret: password }),
    );
  }

  /** Joins anew as a guest. */
  async signOut(): Promise<void> {
    await this.#become(anonymous());
  }

  async #become(next: Authenticator): Promise<void> {
    const before = this.#present;
    this.#present = next;
    try {
      // Made by `provideWamp`, which asks for this service.
      await this.#injector.get(WampClient).reconnect({ graceful: true });
    } catch (error) {
      this.#present = before;
      throw error;
    }
  }
}

/** The authenticator that there is when it is asked. */
const presently = (present: () => Authenticator): Authenticator => ({
  get method() {
    return present().method;
  },
  renewable: true,
  begin: (context) => present().begin(context),
});
