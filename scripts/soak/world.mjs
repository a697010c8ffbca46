import { setTimeout as delay } from 'node:timers/promises';
import { firstValueFrom } from 'rxjs';
import { WampClient } from 'rxwamp';
import { meta } from 'rxwamp/meta';
import { Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';
import { LANES } from './lanes.mjs';
import { Party } from './party.mjs';
import {
  CallerRole,
  ChurnRole,
  FORBIDDEN,
  offerProcedures,
  PROCEDURES,
  PublisherRole,
  TOPICS,
  TOPIC_PREFIX,
  watchTopic,
} from './roles.mjs';

/** @import { Listener } from 'rxwamp/router/node' */
/** @import { WampEvent } from 'rxwamp' */
/** @import { Ledger } from './ledger.mjs' */
/** @import { WatchOptions } from './roles.mjs' */

const REALM = 'soak';
/** How long the router may take to let everybody go. */
const LEAVING_MS = 30_000;
/** Events the router keeps: enough for every outage of a soak, and too few for most. */
const KEPT = 1_500;
const KEPT_SHORT = 20;

/** Who stays subscribed to what. @type {Readonly<Record<string, readonly WatchOptions[]>>} */
const WATCHES = {
  sub1: [
    { topic: TOPICS[0], gaps: 'notice' },
    { topic: TOPICS[0], gaps: 'history' },
    { topic: TOPICS[1], gaps: 'history' },
  ],
  sub2: [
    { topic: TOPIC_PREFIX, match: 'prefix', gaps: 'notice' },
    { topic: TOPICS[2], gaps: 'silent' },
    { topic: TOPICS[0], gaps: 'history' },
  ],
};

/** A subscription or registration that there should be: what, how it is compared, and whose. @typedef {readonly [uri: string, match: 'exact' | 'prefix', session: number | undefined]} Expected */

/** A router and the clients around it. One client, in the router's memory, sees everything as the router routes it. */
export class World {
  /** @type {readonly PublisherRole[]} */
  publishers;
  /** @type {readonly CallerRole[]} */
  callers;
  #churn;
  #markers = 0;
  #parts;

  /** @param {{ router: Router, listener: Listener, witness: WampClient, parties: ReadonlyMap<string, Party>, ledger: Ledger }} parts */
  constructor(parts) {
    this.#parts = parts;
    const { witness, parties, ledger } = parts;
    for (const topic of TOPICS) witness.topic(topic).subscribe((event) => this.#routed(event));
    witness.topic(FORBIDDEN).subscribe((event) => this.#routed(event));
    this.publishers = [new PublisherRole(this.party('pub1'), ledger), new PublisherRole(this.party('pub2'), ledger)];
    this.callers = [new CallerRole(this.party('call1'), ledger), new CallerRole(this.party('call2'), ledger)];
    this.#churn = new ChurnRole(this.party('churn'), ledger);
    for (const name of ['serve1', 'serve2']) offerProcedures(this.party(name), ledger);
    for (const [name, watches] of Object.entries(WATCHES)) {
      for (const options of watches) watchTopic(this.party(name), ledger, options);
    }
    for (const { wamp } of parties.values()) wamp.connect();
  }

  /**
   * @param {{ seed: number, ledger: Ledger }} options
   * @returns {Promise<World>}
   */
  static async open({ seed, ledger }) {
    const router = new Router({
      realms: {
        [REALM]: {
          authorize: (_, action, uri) => !(action === 'publish' && uri === FORBIDDEN),
          history: [
            { topic: TOPICS[0], maxEvents: KEPT },
            { topic: TOPICS[1], maxEvents: KEPT_SHORT },
          ],
        },
      },
      limits: { handshakeTimeoutMs: 1_000, closeTimeoutMs: 500 },
    });
    const listener = await listen(router, { handshakeTimeoutMs: 1_000, closeTimeoutMs: 500 });
    const witness = new WampClient({ transport: router.transport(), realm: REALM, heartbeat: false });
    witness.connect();
    await firstValueFrom(witness.session$);
    const parties = new Map();
    for (const [index, name] of LANES.entries()) {
      parties.set(name, await Party.join({ name, index, port: listener.port, realm: REALM, seed, ledger }));
    }
    return new World({ router, listener, witness, parties, ledger });
  }

  get parties() {
    return [...this.#parts.parties.values()];
  }

  get statistics() {
    return this.#parts.router.statistics;
  }

  /** @param {string} name */
  party(name) {
    const party = this.#parts.parties.get(name);
    if (party === undefined) throw new Error(`there is no ${name}`);
    return party;
  }

  /** Everybody does something. */
  step() {
    for (const one of [...this.publishers, ...this.callers, this.#churn]) one.step();
  }

  /** An event on every topic from whom no fault reaches. */
  async mark() {
    const { witness, ledger } = this.#parts;
    for (const topic of TOPICS) {
      const number = this.#markers++;
      const key = `witness-${number}`;
      const publication = ledger.publications.published({ key, topic, acknowledge: true, forbidden: false });
      const text = `${key} `.repeat(number % 97 === 0 ? 2_000 : number % 40);
      await firstValueFrom(
        witness.publish(topic, [key, number, text], { acknowledge: true, disclose_me: true, exclude_me: false }),
      );
      ledger.publications.decided(publication, 'acknowledged', { publisher: 'witness', connection: 0 });
    }
  }

  /** @returns {Promise<string[]>} what the router has that nobody should have, and what it lacks */
  async leaks() {
    const { router, listener, witness } = this.#parts;
    const realm = meta(witness);
    const parties = this.parties;
    const found = [];
    const { sessions, connections, calls } = router.statistics;
    const expectedSessions = parties.length + 1;
    if (sessions !== expectedSessions) found.push(`the router has ${sessions} sessions, not ${expectedSessions}`);
    if (connections !== expectedSessions)
      found.push(`the router has ${connections} connections, not ${expectedSessions}`);
    if (listener.connections !== parties.length)
      found.push(`the listener has ${listener.connections} connections, not ${parties.length}`);
    if (calls !== 0) found.push(`the router has ${calls} calls without an answer`);
    for (const { name, wamp } of parties) {
      if (wamp.outbox.waiting !== 0) found.push(`${name} has ${wamp.outbox.waiting} publications in its outbox`);
    }

    const subscriptions = await firstValueFrom(realm.subscription.list());
    /** @type {Map<string, Set<number>>} */
    const subscribers = new Map();
    for (const [match, ids] of Object.entries(subscriptions)) {
      for (const id of ids) {
        const { uri } = await firstValueFrom(realm.subscription.get(id));
        subscribers.set(`${match} ${uri}`, new Set(await firstValueFrom(realm.subscription.listSubscribers(id))));
      }
    }
    found.push(...differences('subscription', subscribers, this.#expectedSubscriptions()));

    const registrations = await firstValueFrom(realm.registration.list());
    /** @type {Map<string, Set<number>>} */
    const callees = new Map();
    for (const [match, ids] of Object.entries(registrations)) {
      for (const id of ids) {
        const { uri } = await firstValueFrom(realm.registration.get(id));
        callees.set(`${match} ${uri}`, new Set(await firstValueFrom(realm.registration.listCallees(id))));
      }
    }
    found.push(...differences('registration', callees, this.#expectedRegistrations()));
    return found;
  }

  /** @returns {Promise<string[]>} what is left when everybody has gone */
  async close() {
    const { router, listener, witness } = this.#parts;
    await Promise.all(this.parties.map((party) => party.close()));
    await witness.close();
    // What a client says last is on its way.
    const deadlineMs = performance.now() + LEAVING_MS;
    while (router.statistics.connections > 0 && performance.now() < deadlineMs) await delay(10);
    const { sessions, registrations, calls, connections } = router.statistics;
    await router.close();
    await listener.close();
    return Object.entries({ sessions, registrations, calls, connections, 'open sockets': listener.connections })
      .filter(([, count]) => count !== 0)
      .map(([name, count]) => `when all had gone, the router still had ${count} ${name}`);
  }

  /** @param {WampEvent} event */
  #routed({ topic, args: [key, number], details }) {
    const { publications, deliveries } = this.#parts.ledger;
    publications.routed(String(key), Number(number), details['publisher']);
    deliveries.routed(topic, String(key));
  }

  #sessionOf(/** @type {string} */ name) {
    return this.party(name).session;
  }

  /** @returns {Expected[]} */
  #expectedSubscriptions() {
    const { witness } = this.#parts;
    const own = witness.state.status === 'connected' ? witness.state.session.id : undefined;
    /** @type {Expected[]} */
    const expected = [...TOPICS, FORBIDDEN].map((topic) => [topic, 'exact', own]);
    const watches = { ...WATCHES, churn: this.#churn.watches };
    for (const [name, list] of Object.entries(watches)) {
      for (const { topic, match = 'exact' } of list) expected.push([topic, match, this.#sessionOf(name)]);
    }
    return expected;
  }

  /** @returns {Expected[]} */
  #expectedRegistrations() {
    /** @type {Expected[]} */
    const expected = this.#churn.procedures.map((procedure) => [procedure, 'exact', this.#sessionOf('churn')]);
    for (const name of ['serve1', 'serve2']) {
      for (const procedure of PROCEDURES) expected.push([procedure, 'exact', this.#sessionOf(name)]);
    }
    return expected;
  }
}

/**
 * @param {string} what
 * @param {ReadonlyMap<string, ReadonlySet<number>>} there
 * @param {readonly Expected[]} expected
 * @returns {string[]}
 */
function differences(what, there, expected) {
  /** @type {Map<string, Set<number | undefined>>} */
  const wanted = new Map();
  for (const [uri, match, session] of expected) {
    const name = `${match} ${uri}`;
    wanted.set(name, (wanted.get(name) ?? new Set()).add(session));
  }
  const found = [];
  for (const [name, sessions] of wanted) {
    for (const session of sessions) {
      if (session === undefined || there.get(name)?.has(session) !== true)
        found.push(`the router has no ${what} ${name} of session ${session}`);
    }
  }
  for (const [name, sessions] of there) {
    if (!wanted.has(name)) found.push(`the router has the ${what} ${name}, which nobody wants`);
    for (const session of sessions) {
      if (wanted.has(name) && !wanted.get(name)?.has(session))
        found.push(`the router has the ${what} ${name} for session ${session}, which does not want it`);
    }
  }
  return found;
}
