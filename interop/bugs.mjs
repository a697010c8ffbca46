/**
 * Bugs of peers that were found by these checks: which feature they break, and how to see them. A check that such a bug
 * breaks does not fail the run, and one that works all the same says so.
 *
 * @typedef {object} Bug
 * @property {string} id
 * @property {string} peer
 * @property {string} version   where it was seen
 * @property {readonly string[]} breaks  the features
 * @property {readonly string[]} [columns] only in these, where it is not in all
 * @property {boolean} [sometimes] it shows only under some load, so that a check that works proves nothing
 * @property {string} what      what is wrong, and what becomes of it for users
 * @property {string} see       how to see it
 */

/** @type {readonly Bug[]} */
export const BUGS = [
  {
    id: 'nexus-caller-gone',
    peer: 'nexus',
    version: 'v3.2.2',
    breaks: ['a caller that goes away'],
    what: 'When a caller’s session ends, its callees are not interrupted: the invocation runs on.',
    see: 'Call a procedure that never answers, close the caller’s session: the callee gets no INTERRUPT.',
  },
  {
    id: 'nexus-callee-blocked',
    peer: 'nexus',
    version: 'v3.2.2',
    breaks: ['200 calls in flight'],
    sometimes: true,
    what: 'When more messages wait for a session than its queue holds, calls to it fail with `wamp.error.network_failure` (“callee blocked”), and events are dropped. Raise `out_queue_size`, or repeat with `retryCall`.',
    see: 'Make 200 calls at once to one callee; it shows on a busy machine.',
  },
  {
    id: 'nexus-history-forgotten',
    peer: 'nexus',
    version: 'v3.2.2',
    breaks: ['event history, after the last subscriber left'],
    what: 'The events kept of a topic are gone with its last subscriber, and later ones are not kept any more.',
    see: 'Keep history of a topic; subscribe, let somebody publish, unsubscribe, subscribe: `wamp.subscription.get_events` gives nothing.',
  },
  {
    id: 'fox-error-uri',
    peer: 'fox-wamp',
    version: '0.7.28',
    breaks: ['an error with its URI, args and kwargs', 'an error after progressive results'],
    what: 'Every error of a callee reaches its caller as `wamp.error.callee_failure`, with the real URI as its only argument; args and kwargs are lost.',
    see: 'A handler that throws `new WampError("com.example.sad", { args: ["why"] })`.',
  },
  {
    id: 'fox-second-registration',
    peer: 'fox-wamp',
    version: '0.7.28',
    breaks: ['a procedure that is taken'],
    what: 'A second registration of a procedure is accepted from whomever, and calls are shared out.',
    see: 'Two sessions register the same procedure: both get REGISTERED.',
  },
  {
    id: 'fox-callee-gone',
    peer: 'fox-wamp',
    version: '0.7.28',
    breaks: ['a callee that goes away'],
    what: 'A call whose callee’s session ends is never answered. Use the option `timeout`.',
    see: 'Call a procedure that takes long, close the callee’s session: the call stays pending.',
  },
  {
    id: 'autobahn-js-cancel',
    peer: 'Autobahn|JS',
    version: '26.3.1',
    breaks: ['cancel, as caller'],
    what: 'Who cancels with `skip` or `killnowait` hangs up with 3002 on the ERROR that a router has to answer with. Cancel with `kill`.',
    see: '`call.cancel({ mode: "killnowait" })`: the session is closed.',
  },
  {
    id: 'wampy-bigint',
    peer: 'wampy',
    version: '8.0.2',
    columns: ['msgpack'],
    breaks: ['arguments of every kind, there and back', 'arguments of every kind', 'black- and whitelists'],
    what: 'In MessagePack an integer beyond 32 bits comes out as a `bigint`, ids of sessions and publications among them, which wampy then refuses in its own options.',
    see: '`wampy.call("com.example.echo", [2 ** 40])` in MessagePack gives `1099511627776n`.',
  },
  {
    id: 'wampy-streamed-call',
    peer: 'wampy',
    version: '8.0.2',
    breaks: ['a call that is streamed in'],
    what: '`progressiveCall` is used without having announced `progressive_call_invocations`, which a router may take for a violation; ours does and ends the session.',
    see: '`wampy.progressiveCall("com.example.sum", [1])`: HELLO does not name the feature.',
  },
  {
    id: 'wampy-exclude-me',
    peer: 'wampy',
    version: '8.0.2',
    breaks: ['the publisher hears itself only with exclude_me: false'],
    what: '`exclude_me: false` is not sent, so a publisher never hears itself.',
    see: '`wampy.publish("com.example.tick", [1], { exclude_me: false })` while subscribed.',
  },
  {
    id: 'wampy-retain',
    peer: 'wampy',
    version: '8.0.2',
    breaks: ['a retained event comes to who subscribes later'],
    what: 'The option `retain` of `publish` is checked but not sent.',
    see: '`wampy.publish("com.example.state", [1], { retain: true })`: PUBLISH holds no `retain`.',
  },
];

/**
 * The bugs of one peer, by the feature they break.
 *
 * @param {string} peer
 * @param {string} column
 * @returns {Readonly<Record<string, string>>}
 */
export const bugsOf = (peer, column) =>
  Object.fromEntries(
    BUGS.filter((bug) => bug.peer === peer && bug.columns?.includes(column) !== false).flatMap(({ id, breaks }) =>
      breaks.map((feature) => [feature, id]),
    ),
  );
