// @ts-check
/**
 * A contract says what goes over the wire. The compiler holds this program to it (`npm run typecheck`), its validators hold
 * everybody else to it.
 *
 *     npm run build && node samples/typed-contract.mjs
 *
 * @import { ContractOf, Schema } from 'rxwamp'
 */
import { catchError, firstValueFrom, of } from 'rxjs';
import { defineContract, isWampError, value, WampClient } from 'rxwamp';
import { Router } from 'rxwamp/router';

/**
 * A validator in the words of Standard Schema. What zod, valibot or arktype make fits as well: `z.tuple([z.string()])`.
 *
 * @template T
 * @param {(input: any) => input is T} isValid
 * @param {string} expected
 * @returns {Schema<T>}
 */
const schema = (isValid, expected) => ({
  '~standard': {
    version: 1,
    vendor: 'sample',
    validate: (input) =>
      isValid(input) ? { value: input } : { issues: [{ message: `${JSON.stringify(input)} is not ${expected}` }] },
  },
});

const order = schema(
  /** @returns {input is [item: string, quantity: number]} */
  (input) => typeof input[0] === 'string' && input[1] > 0,
  '[item, quantity]',
);
const item = schema(/** @returns {input is [item: string]} */ (input) => typeof input[0] === 'string', '[item]');
const cents = schema(/** @returns {input is [cents: number]} */ (input) => Number.isInteger(input[0]), '[cents]');

const contract = defineContract({
  topics: { 'com.example.ordered': { args: order } },
  procedures: { 'com.example.price': { args: item, result: cents } },
});

const router = new Router({ realms: { shop: {} } });
/** @type {WampClient<ContractOf<typeof contract>>} */
const shop = new WampClient({ transport: router.transport(), realm: 'shop', contract });

shop.register('com.example.price', ({ args: [name] }) => name.length * 95).subscribe();
const price = await firstValueFrom(shop.call('com.example.price', ['tea']).pipe(value()));
console.log(`price     ${(price / 100).toFixed(2)}`);

// @ts-expect-error: it takes a string. (A call is cold: nothing is sent here.)
shop.call('com.example.price', [42]);
// @ts-expect-error: there is no such procedure in the contract.
shop.call('com.example.prize', ['tea']);

// Somebody who knows nothing of the contract.
const stranger = new WampClient({ transport: router.transport(), realm: 'shop' });

const fault = firstValueFrom(shop.faults$);
const ordered = firstValueFrom(shop.topic('com.example.ordered'));
stranger.publish('com.example.ordered', ['tea', 'a lot']);
stranger.publish('com.example.ordered', ['tea', 2]);
const {
  args: [name, quantity],
} = await ordered;
console.log(`ordered   ${quantity.toFixed(0)} × ${name.toUpperCase()}`);
console.log(`dropped   ${(await fault).message}`);

const refused$ = stranger.call('com.example.price', [42]).pipe(
  value(),
  catchError((error) => of(isWampError(error) ? error.message : error)),
);
console.log(`refused   ${await firstValueFrom(refused$)}`);

await Promise.all([shop.close(), stranger.close()]);
