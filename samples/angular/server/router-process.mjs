// @ts-check
/**
 * The router, in a process of its own so that it can really die. Its guests may look and ask; operators may also set a
 * turbine's pitch; only the back end may publish, and only pages may offer `farm.page.…`.
 */
import { parseArgs } from 'node:util';
import { defer, firstValueFrom, lastValueFrom, retry } from 'rxjs';
import { ticket, WampClient } from 'rxwamp';
import { admitAnonymous, authorizeBy, checkTicket, checkWampcra, deriveWampcraSecret, Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';
import { BACKEND_AUTHID, OPERATORS, REALM } from './farm.mjs';

// Whoever started this process is gone, and so is its use.
process.on('disconnect', () => process.exit());
if (process.connected === false) process.exit();

const { values: args } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const secret = process.env['FARM_BACKEND_SECRET'] ?? '';

const { ada, grace } = OPERATORS;
const salting = { salt: 'north-sea', iterations: 1_000, keylen: 32 };
const graceSecret = await deriveWampcraSecret(grace.password, salting);

const guests = /** @type {const} */ (['guest', 'operator']);
const prefix = /** @type {const} */ ('prefix');
const ofSessions = ['on_join', 'on_leave', 'list', 'get', 'count'].map((name) => `wamp.session.${name}`);

const router = new Router({
  realms: {
    [REALM]: {
      authenticate: [
        checkWampcra({ principals: { grace: { secret: graceSecret, salting, authrole: 'operator' } } }),
        checkTicket({
          principals: {
            ada: { ticket: ada.password, authrole: 'operator' },
            [BACKEND_AUTHID]: { ticket: secret, authrole: 'backend' },
          },
        }),
        admitAnonymous({ authrole: 'guest' }),
      ],
      authorize: authorizeBy([
        { role: 'backend', actions: '*', uri: 'farm.', match: prefix },
        { role: guests, actions: ['subscribe', 'call'], uri: 'farm.', match: prefix },
        { role: guests, actions: ['register'], uri: 'farm.page.', match: prefix },
        { role: 'guest', actions: ['call'], uri: 'farm.turbine.set_pitch', allow: false },
        ...ofSessions.map((uri) => ({ actions: /** @type {const} */ (['subscribe', 'call']), uri })),
        { actions: ['subscribe', 'call'], uri: 'wamp.registration.', match: prefix },
      ]),
    },
  },
});

const wamp = new WampClient({
  transport: router.transport(),
  realm: REALM,
  auth: [ticket({ authid: BACKEND_AUTHID, ticket: secret })],
});
// The caller has its answer before the process is gone; nothing is tidied up.
wamp
  .register('farm.router.kill', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);
    return 'The router has 50 ms left.';
  })
  .subscribe();

try {
  await firstValueFrom(wamp.session$);
  const listening$ = defer(() => listen(router, { port: Number(args.port) })).pipe(retry({ count: 20, delay: 200 }));
  const { url, port } = await lastValueFrom(listening$);
  process.send?.({ url, port });
} catch (error) {
  process.send?.({ failed: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
