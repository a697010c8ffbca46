/**
 * What every client looks like to a measurement. An adapter calls its client as the client's own documentation does, and does
 * nothing else on the hot path.
 *
 * @typedef {import('../wire/codecs.mjs').Serializer} Serializer
 *
 * @typedef {object} ConnectOptions
 * @property {string} url
 * @property {string} realm
 * @property {Serializer} serializer
 *
 * @typedef {object} Client
 * @property {(topic: string, onEvent: (args: any) => void) => unknown} subscribe returns what `unsubscribe` takes, or a promise of it
 * @property {(handle: unknown) => unknown} unsubscribe
 * @property {(procedure: string, args: unknown[], done: (args: any) => void, onProgress?: (args: any) => void) => void} call
 * @property {(procedure: string, handler: (args: any) => unknown) => Promise<unknown>} register
 * @property {(topic: string, args: unknown[]) => void} [publish] absent where publications are always acknowledged
 * @property {(topic: string, args: unknown[], done: () => void) => void} [publishAcknowledged] absent where they never are
 * @property {(topic: string, overflow: 'drop-oldest' | 'drop-newest', onDrop: () => void) => void} [subscribeFull] with a consumer that is stuck, and a policy that throws away what it cannot take
 * @property {() => void} [keepConnected] from now on a lost connection is made again, with all that was subscribed
 * @property {() => unknown} close
 *
 * @typedef {object} Contestant
 * @property {string} name as the file is called
 * @property {string} [label] as people call it; default: the name
 * @property {string} version
 * @property {readonly Serializer[]} serializers
 * @property {boolean} [decodes] false: what it hands to subscribers is not what was sent
 * @property {(options: ConnectOptions) => Promise<Client>} connect
 */

/** Resolves when all that was asked for before has been answered: the peer answers in order. @param {Client} client */
export const barrier = (client) => new Promise((resolve) => client.call('bench.barrier', [], () => resolve(undefined)));

/**
 * Subscribes to all of them at once, and waits until all are there.
 *
 * @param {Client} client
 * @param {readonly string[]} topics
 * @param {(args: any) => void} onEvent
 */
export async function subscribeAll(client, topics, onEvent) {
  for (let at = 0; at < topics.length; at += 10_000) {
    await Promise.all(topics.slice(at, at + 10_000).map((topic) => promised(client.subscribe(topic, onEvent))));
    await barrier(client);
  }
}

/** An RxJS subscription is no promise, and must not be taken for one. @param {unknown} handle */
const promised = (handle) => (handle instanceof Promise ? handle : undefined);

/** @param {number} count */
export const topicNames = (count) => Array.from({ length: count }, (_, i) => `bench.topic.n${i}`);

/** A little later: what is on its way to the socket has left. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));
