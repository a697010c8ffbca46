// @ts-check
/**
 * Payloads that routers cannot read: encrypted from end to end, with keys by their ids, and somebody who looks on.
 *
 *     npm run build && node samples/encryption.mjs
 */
import { filter, firstValueFrom, lastValueFrom, take } from 'rxjs';
import { retryCall, value, WampClient } from 'rxwamp';
import { encryption, isDecryptionError, isEncryptionError, passthru } from 'rxwamp/passthru';
import { Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';

const listener = await listen(new Router({ realms: { realm1: {} } }));
const newKey = () => crypto.getRandomValues(new Uint8Array(32));

/** In earnest keys come from a vault, and both sides have the same. */
const keys = new Map([
  ['spring', newKey()],
  ['autumn', newKey()],
]);

/** @param {string} keyId @param {ReadonlyMap<string, Uint8Array>} known */
const client = (keyId, known) => {
  const secret = encryption({ cipher: 'xsalsa20poly1305', keyId, key: (id) => known.get(id) });
  const open = /** @type {const} */ ({ uri: 'com.example.public.', match: 'prefix', codec: 'plain' });
  return new WampClient({ url: listener.url, realm: 'realm1', passthru: passthru(open, secret) });
};

// Each encrypts with another key, and reads what was encrypted with any that it has.
const ann = client('spring', keys);
const bob = client('autumn', keys);
// What eve gets is what the router sees: she takes packed payloads as they are.
const everything = /** @type {const} */ ({ uri: 'com.example', match: 'prefix', codec: 'plain' });
const eve = new WampClient({
  url: listener.url,
  realm: 'realm1',
  passthru: passthru({ rules: [everything], unknown: 'raw' }),
});

/** @param {unknown} said */
const shown = (said) => (said instanceof Uint8Array ? `${said.length} bytes that say nothing` : said);
ann.topic('com.example.', { match: 'prefix' }).subscribe(({ topic, value }) => console.log('ann    ', topic, value));
eve
  .topic('com.example.', { match: 'prefix' })
  .subscribe(({ topic, value }) => console.log('eve    ', topic, shown(value)));
ann.register('com.example.ask', ({ value, details }) => `${value}? (with ${details['ppt_keyid']})`).subscribe();
await Promise.all([ann, eve].map((wamp) => firstValueFrom(wamp.session$)));

await lastValueFrom(bob.publish('com.example.chat', ['noon, at the bridge'], { acknowledge: true }));
await lastValueFrom(bob.publish('com.example.public.news', ['all is well'], { acknowledge: true }));
const answer$ = bob.call('com.example.ask', ['at the bridge']).pipe(retryCall({ unregistered: true }), value());
console.log('call   ', await firstValueFrom(answer$));

// Without the right key nothing can be read, and nothing can be said.
const mallory = client('winter', new Map([['winter', newKey()]]));
const fault$ = ann.faults$.pipe(filter(isDecryptionError), take(1));
fault$.subscribe((fault) => console.log('fault  ', `${fault.reason}: ${fault.message}`));
await lastValueFrom(mallory.publish('com.example.chat', ['midnight, at the mill'], { acknowledge: true }));
const refused$ = mallory.call('com.example.ask', ['where']);
console.log('refused', await lastValueFrom(refused$).catch((error) => error.uri));

// Nothing goes out unencrypted for want of a key, either.
keys.delete('autumn');
const unsent$ = bob.publish('com.example.chat', ['and now?'], { acknowledge: true });
console.log('unsent ', await lastValueFrom(unsent$).catch((error) => isEncryptionError(error) && error.message));

await Promise.all([ann, bob, eve, mallory].map((wamp) => wamp.close()));
await listener.close();
