/**
 * Test vectors from outside: the WAMP spec, RFC 7677, and the test suites of nexus (crsign_test.go) and Autobahn|Python
 * (test_wamp_auth.py). Those the sources only describe were computed with Python's hmac, hashlib and argon2-cffi. They are
 * facts; none is output of this library.
 */

/** nexus, crsign_test.go. */
export const WAMPCRA_CHALLENGE =
  '{ "nonce":"LHRTC9zeOIrt_9U3", "authprovider":"userdb", "authid":"peter", "timestamp":"2014-06-22T16:36:25.448Z", ' +
  '"authrole":"user", "authmethod":"wampcra", "session":3251278072152162 }';
export const WAMPCRA_CHALLENGE_SHA256 = '19f3cc65cd0abd5d56fa2117de7144f5b6337ae765419df2a42dc7d25a2c558d';

export const WAMPCRA_SIGNATURES = [
  { secret: 'secret', challenge: WAMPCRA_CHALLENGE, signature: 'NWktSrMd4ItBSAKYEwvu1bTY7G/sSyjKbz+pNP9c04A=' },
  // Autobahn|Python, test_wamp_auth.py
  { secret: 'L3L1YUE8Txlw', challenge: '[1, 2, 3]', signature: '1njQtmmeYO41N5EWEzD2kAjjEKRZ5kPZt/TzpYXOzR0=' },
];

const salting = { salt: 'salt123', iterations: 1000, keylen: 32 };
export const WAMPCRA_SALTED = {
  password: 'password',
  salting,
  derived: 'XX9AIwVx2pYcnIAm+U69vjdUImcvNehHD5atN4rwDb0=',
  challenge: WAMPCRA_CHALLENGE,
  signature: 'hk/2riA2JqydfL5wLoicrYfAt8uNeP6nikk9kqDhsnM=',
};
export const WAMPCRA_DERIVED = [
  { password: 'password', salting, derived: WAMPCRA_SALTED.derived },
  // Autobahn|Python, test_wamp_auth.py
  { password: 'L3L1YUE8Txlw', salting, derived: 'qzcdsr9uu/L5hnss3kjNTRe490ETgA70ZBaB5rvnJ5Y=' },
];

const spec = { clientNonce: 'egVDf3DMJh0=', nonce: 'egVDf3DMJh0=SBmkFIh7sSo=' };
const pbkdf2 = { kdf: 'pbkdf2', iterations: 4096 } as const;

/** The password is `pencil` in all of them. */
export const SCRAM_EXCHANGES = [
  {
    title: 'RFC 7677, section 3',
    authid: 'user',
    clientNonce: 'rOprNGfwEbeRWgbNEkqO',
    nonce: 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
    salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
    ...pbkdf2,
    proof: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    verifier: '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
  {
    title: "the spec's nonces and salt",
    authid: 'user',
    ...spec,
    salt: 'aBc+fx0NAVA=',
    ...pbkdf2,
    saltedPassword: '4073f00b9b900fb7cbe2de11a72871f4b981616c85329569c7807f849ad23e38',
    storedKey: 'd1f0abec4618f18c284b455032d112ed804607b0e510b7c2b0521e3af953ce47',
    serverKey: '682b71788a06b87566b32779d102f34976563e0608f6b8d9a8667b95dc8d99ce',
    proof: 'L1uwjEEL7BdbtlWMKxNcQ1A/CmNjct+7xdAguB/rpnA=',
    verifier: 'AyTAljdPHv74Zx+gn+6DqiFnl4XOZUXpC7k/pSkjBOg=',
  },
  {
    title: 'an authid to escape and a channel binding',
    authid: 'j=d,oe',
    ...spec,
    salt: 'aBc+fx0NAVA=',
    ...pbkdf2,
    channelBinding: { type: 'tls-unique', data: Uint8Array.from({ length: 12 }, (_, i) => i) },
    clientFirst: 'n=j=3Dd=2Coe,',
    channel: ',c=cD10bHMtdW5pcXVlLCwAAQIDBAUGBwgJCgs=,',
    proof: '8ftvH25C41nOpVWHrTYPW0wwxmG3AD/svKB5z2W8Uv0=',
    verifier: '1c/mvAZzhICa005L9xbqNQGMXNSzD51kohDADHaFGDY=',
  },
  {
    title: 'Argon2id',
    authid: 'user',
    ...spec,
    salt: 'aBc+fx0NAVBxyzDO3q2+7w==',
    kdf: 'argon2id13',
    iterations: 4,
    memory: 512,
    saltedPassword: 'e3e46d2165a182bdbd2f07c31dd9410c924ab67262f5a430a5197ea813fa259a',
    proof: 'Uh936qCtU6j8K73EKGxF6weckUKMohZjCwDq+qi2lg4=',
    verifier: '+hbFt3UVTGEVQL1l5u/113bb5s3uAJe8Wz5MHrVVF2U=',
  },
] as const;

/** Autobahn|Python, test_wamp_auth.py: nonces and salt are 32 hexadecimal digits that are taken for Base64. */
export const CROSSBAR_EXCHANGE = {
  authid: 'username',
  password: 'p4ssw0rd',
  clientNonce: '31323334353637383930616263646566',
  nonce: '1234567890abcdeffedcba0987654321',
  salt: '31323334353637383930616263646566',
  kdf: 'argon2id13',
  iterations: 32,
  memory: 512,
  authMessage:
    'n=username,r=31323334353637383930616263646566,' +
    'r=1234567890abcdeffedcba0987654321,s=31323334353637383930616263646566,i=32,' +
    'c=,r=1234567890abcdeffedcba0987654321',
  proof: 'f5r3loERzGVSuimE+lvO0bWna2zyswBo0HrZkaaEy38=',
} as const;

/** Autobahn|Python, test_wamp_auth.py. */
export const PRIMITIVES = {
  password: 'p4ssw0rd',
  salt: '1234567890abcdef',
  argon2id: {
    iterations: 32,
    memoryKiB: 512,
    hash: 'ee4a8acf9d5958354fb79a95ae20692d05e42591ba49fae85eb6700e8b0ed293',
  },
  pbkdf2: { iterations: 8, hash: 'f6991a28c75f43751e0d75499fd7b8649f659118ddc1d61cee5883af547d15f5' },
};

/** WAMP spec, Cryptosign-based Authentication / Test Vectors: three keys, without and with a TLS channel. */
export const CHANNEL_ID = '62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff';
/** Of which the channel id is the SHA-256. */
export const TLS_UNIQUE = 'some TLS message';
export const CRYPTOSIGN = [
  {
    seed: '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510',
    publicKey: '1adfc8bfe1d35616e64dffbd900096f23b066f914c8c2ffbb66f6075b96e116d',
    challenge: 'ff'.repeat(32),
    unbound: {
      signature:
        'b32675b221f08593213737bef8240e7c15228b07028e19595294678c90d11c0cae80a357331bfc5cc9fb71081464e6e75013517c2cf067ad566a6b7b728e5d03',
      message: 'ff'.repeat(32),
    },
    bound: {
      signature:
        '9b6f41540c9b95b4b7b281c3042fa9c54cef43c842d62ea3fd6030fcb66e70b3e80d49d44c29d1635da9348d02ec93f3ed1ef227dfb59a07b580095c2b82f80f',
      message: '9d16ca518aa0c2b707f2b2a609edeca73bca8dd59817a633f35574ac6fd80d00',
    },
  },
  {
    seed: 'd511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd',
    publicKey: '6ed32739ff04a6074044ff0b0e3bfc7c856bc9d5f1d25efc57363bda0af3a8b0',
    challenge: 'b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d',
    unbound: {
      signature:
        'd4209ad10d5aff6bfbc009d7e924795de138a63515efc7afc6b01b7fe5201372190374886a70207b042294af5bd64ce725cd8dceb344e6d11c09d1aaaf4d660f',
      message: 'b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d',
    },
    bound: {
      signature:
        '305aaa3ac25e98f651427688b3fc43fe7d8a68a7ec1d7d61c61517c519bd4a427c3015599d83ca28b4c652333920223844ef0725eb5dc2febfd6af7677b73f01',
      message: 'd0852a29b460fc92ec943242ac638a053bbacc200512b18b30d15083cbdc9282',
    },
  },
  {
    seed: '6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b',
    publicKey: '28e11f427b82b9a625ee7ac89a7d29326b505f2dc11dd88c1245f83b6da79a85',
    challenge: 'b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2',
    unbound: {
      signature:
        '7beb282184baadd08f166f16dd683b39cab53816ed81e6955def951cb2ddad1ec184e206746fd82bda075af03711d3d5658fc84a76196b0fa8d1ebc92ef9f30b',
      message: 'b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2',
    },
    bound: {
      signature:
        'ee3c7644fd8070532bc1fde3d70d742267da545d8c8f03e63bda63f1ad4214f4d2c4bfdb4eb9526def42deeb7e31602a6ff99eba893e0a4ad4d45892ca75e608',
      message: 'd2b75e24a189a7f78ca776ba36fc53f6c3e31c32f251f2c524f0a44202f2902d',
    },
  },
];

/** WAMP spec, Cryptosign-based Authentication / Example Message Exchanges; both private keys are unknown. */
const CLIENT_KEY = '545efb0a2192db8d43f118e9bf9aee081466e1ef36c708b96ee6f62dddad9122';
const ROUTER_KEY = '4a3838f6fe75251e613329d53fc69b262d5eac97fb1d73bebbaed4015b53c862';
export const CRYPTOSIGN_EXAMPLES = [
  {
    title: 'example 1, router',
    key: ROUTER_KEY,
    challenge: 'bbae60ea44cdd7b20dc7010a618b0f0803fab25a817520b4b7f057299b524deb',
    channel: undefined,
    answer:
      'fd5128d2d207ba58a9d1d6f41b72c747964ad9d1294077b3b1eee6130b05843ab12c53c7f2519f73d4feb82db19d8ca0fc26b62bde6518e79a882f5795bc9f00' +
      'bbae60ea44cdd7b20dc7010a618b0f0803fab25a817520b4b7f057299b524deb',
  },
  {
    title: 'example 1, client',
    key: CLIENT_KEY,
    challenge: '0e9192bc08512c8198da159c1ae600ba91729215f35d56102ee318558e773537',
    channel: undefined,
    answer:
      'a3a178fe792ed772a8fc092f8341e455de96670c8901264a7c312dbf940d5743626fe9fbc29b23dcd2169b308eca309de85a89ccd296b24835de3d95b16b7703' +
      '0e9192bc08512c8198da159c1ae600ba91729215f35d56102ee318558e773537',
  },
  {
    title: 'example 2, router',
    key: ROUTER_KEY,
    challenge: '4f861f12796c2972b7b0026522a687aa851d90355122a61d4f1fdce4d06b564f',
    channel: 'e973bee24dcea9e20625f949c0e3cd28d632ccbefe4907c2fac2728710f7b160',
    answer:
      'aa05f4cd7747d36b79443f1d4703a681e107edc085d876b508714e2a3a8135bacaae1c018452c4acb3ad2818aa97a6d23e5ac7e3734c7b1f40e6232a70938205' +
      'a6f5a1f034a28090b195fb2ce2454a82532f5c8baf6ba1dfb5ddae63c09ce72f',
  },
  {
    title: 'example 2, client',
    key: CLIENT_KEY,
    challenge: '358625312c6c3bf64ed51d17d210ce21af1639c774cabf5735a9651d7d91fc6a',
    channel: 'e973bee24dcea9e20625f949c0e3cd28d632ccbefe4907c2fac2728710f7b160',
    answer:
      '25114474580d6e99a6126b091b4565c23db567d686c5b8c3a94e3f2f09dc80300c5b40a124236733fa56396df721eb12ac092362379bd5b27b4db9e2beaa1408' +
      'dcf59bd361a2921448f0e45e12f303097924f5798a83b895cf6b179a6d664d0a',
  },
];
