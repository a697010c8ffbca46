import { DOCUMENT, inject, Injectable, signal } from '@angular/core';

/** Where to connect to. A new object is a new client. */
export interface Target {
  readonly url: string;
  readonly realm: string;
}

/** What the page is told by its server and its address: the router's URL, and `?realm=…`. */
@Injectable({ providedIn: 'root' })
export class Settings {
  readonly #document = inject(DOCUMENT);
  readonly #target = signal<Target>({
    url: this.#document.querySelector<HTMLMetaElement>('meta[name=router-url]')?.content ?? '',
    realm: new URLSearchParams(this.#document.location.search).get('realm') ?? 'farm',
  });
  readonly target = this.#target.asReadonly();

  /** Connects with a client of its own, also where the present one has given up. */
  join(realm: string): void {
    this.#target.update(({ url }) => ({ url, realm }));
  }
}
