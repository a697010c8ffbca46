import type { AbstractType } from '@angular/core';
import { WampClient as Client } from 'rxwamp';
import type { ClientNamed, DEFAULT_CONNECTION } from './contracts.js';

/** The client of the connection without a name, typed by its contract: see `WampContracts`. */
export type WampClient = ClientNamed<typeof DEFAULT_CONNECTION>;

/**
 * The class `WampClient` of `rxwamp` itself, as the token it is. From here `inject(WampClient)` is typed by the contract; a
 * token that is a class with a type parameter, as it is imported from `rxwamp`, makes Angular take that for `any`.
 *
 * @example
 * import { WampClient } from 'rxwamp/angular';
 * readonly #wamp = inject(WampClient);
 */
export const WampClient: AbstractType<WampClient> = Client;
