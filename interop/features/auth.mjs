import { certificate } from '../harness/config.mjs';
import { fails, must, same } from '../harness/expect.mjs';
import { auth, node, rxwamp } from '../rxwamp.mjs';
import { client, joined, serializer } from './our-client.mjs';

/** The seed that belongs to the public key in the configurations. */
const SEED = '11'.repeat(32);

/**
 * The ways to log in, with a secret that is right and one that is wrong.
 *
 * @type {Readonly<Record<string, { method: string, right: () => import('rxwamp').Authenticator, wrong?: () => import('rxwamp').Authenticator }>>}
 */
const WAYS = {
  anonymous: { method: 'anonymous', right: () => rxwamp.anonymous() },
  ticket: {
    method: 'ticket',
    right: () => rxwamp.ticket({ authid: 'joe', ticket: 'secret!!!', allowInsecure: true }),
    wrong: () => rxwamp.ticket({ authid: 'joe', ticket: 'guess', allowInsecure: true }),
  },
  'WAMP-CRA': {
    method: 'wampcra',
    right: () => auth.wampcra({ authid: 'plain', secret: 'secret1' }),
    wrong: () => auth.wampcra({ authid: 'plain', secret: 'guess' }),
  },
  'WAMP-CRA, salted': {
    method: 'wampcra',
    right: () => auth.wampcra({ authid: 'salted', secret: 'secret2' }),
    wrong: () => auth.wampcra({ authid: 'salted', secret: 'guess' }),
  },
  'SCRAM, Argon2id': {
    method: 'scram',
    right: () => scram('argon2', 'pencil'),
    wrong: () => scram('argon2', 'pen'),
  },
  'SCRAM, PBKDF2': {
    method: 'scram',
    right: () => scram('pbkdf2', 'pencil'),
    wrong: () => scram('pbkdf2', 'pen'),
  },
  cryptosign: {
    method: 'cryptosign',
    right: () => auth.cryptosign({ authid: 'device', privateKey: SEED }),
    wrong: () => auth.cryptosign({ authid: 'device', privateKey: '22'.repeat(32) }),
  },
};

/** @param {string} authid @param {string} password */
const scram = (authid, password) =>
  // The credentials in the configuration are weak, so that nobody has to wait for them.
  auth.scram({ authid, password, dialect: 'crossbar', minArgon2Work: 1 });

/**
 * Logs in in each way a router knows.
 *
 * @param {Omit<import('./our-client.mjs').Target, 'dial'>} target
 * @param {{ url: string, ways: readonly string[] }} options
 */
export async function logins({ ledger, peer, column, bugs }, { url, ways }) {
  for (const [name, { method, right, wrong }] of Object.entries(WAYS)) {
    const at = /** @type {const} */ ({ side: 'client', peer, column, group: 'authentication', feature: name });
    const bug = bugs[name];
    const dial = () => ({ url, serializers: [serializer(column)] });
    if (!ways.includes(name)) continue;
    await ledger.check(
      at,
      async () => {
        const wamp = client({ ...dial(), auth: [right()] });
        try {
          const session = await joined(wamp);
          if (session.authmethod !== undefined) same(session.authmethod, method, 'authmethod');
        } finally {
          await wamp.close();
        }
        if (wrong === undefined) return;
        const other = client({ ...dial(), auth: [wrong()] });
        const error = await fails(
          joined(other),
          ({ name: type }) => type === 'ConnectionRefusedError',
          'a refusal of the wrong secret',
        );
        must(error instanceof rxwamp.ConnectionRefusedError && error.fatal, 'the refusal is not final');
        await other.close();
      },
      { bug },
    );
  }
}

/**
 * Logs in by a client certificate, and checks that a certificate nobody signed is refused.
 *
 * @param {Omit<import('./our-client.mjs').Target, 'dial'>} target
 * @param {string} url
 */
export async function certificateLogin({ ledger, peer, column, bugs }, url) {
  const group = 'authentication';
  const own = { cert: certificate('client.pem'), key: certificate('client.key') };
  const dial = (/** @type {object} */ tls) =>
    client({
      transport: node.nodeWebSocketTransport({ url, serializers: [serializer(column)], tls }),
      auth: [auth.tlsCertificate()],
      retry: false,
    });
  const at = (/** @type {string} */ feature) => /** @type {const} */ ({ side: 'client', peer, column, group, feature });
  await ledger.check(
    at('TLS client certificate'),
    async () => {
      const wamp = dial({ ca: certificate('ca.pem'), ...own });
      try {
        const session = await joined(wamp);
        same([session.authid, session.authmethod], ['device-1', 'tls'], 'authid and authmethod');
      } finally {
        await wamp.close();
      }
    },
    { bug: bugs['TLS client certificate'] },
  );
  await ledger.check(at('a TLS certificate nobody signed is refused'), async () => {
    const wamp = dial(own);
    const error = await fails(
      joined(wamp),
      ({ name }) => name === 'ConnectionRefusedError',
      'a ConnectionRefusedError',
    );
    must(error.message.includes(new URL(url).host), `the error does not name the peer: ${error.message}`);
    must(/certificate/i.test(error.message), `the error does not name the cause: ${error.message}`);
    await wamp.close();
  });
}
