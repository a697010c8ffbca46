// fox-wamp on two ports, set up as its own bin/basic.js and bin/with_auth.js do: one for everybody, one for those who
// know the ticket.
const FoxRouter = require('fox-wamp');

const [plain, authenticated] = process.argv.slice(2).map(Number);
const router = new FoxRouter();
router.listenWAMP({ port: plain, host: '127.0.0.1' });
router.listenWAMP(
  { port: authenticated, host: '127.0.0.1' },
  {
    getAuthMethods: () => ['ticket'],
    ticket_auth: (realm, details, ticket, extra, done) =>
      ticket === 'secret!!!' && details.authid === 'joe'
        ? done(undefined, { role: 'user' })
        : done(new Error('authentication_failed')),
    authorize: () => true,
  },
);
console.log('listening');
