import { lastValueFrom } from 'rxjs';
import { must, same } from '../harness/expect.mjs';
import { barrier, fresh, needs, pause, watch } from './our-client.mjs';
import { ARGS, BYTES, KWARGS } from './payload.mjs';

/** @typedef {import('./our-client.mjs').Client} Client */

/**
 * Events between two clients of ours that meet at the router.
 *
 * @type {readonly [feature: string, check: (subscriber: Client, publisher: Client) => Promise<unknown>][]}
 */
export const topics = [
  [
    'arguments of every kind',
    async (subscriber, publisher) => {
      const topic = fresh('topic');
      const events = await watch(subscriber, topic);
      publisher.publish(topic, { args: ARGS, kwargs: KWARGS });
      const [event] = await events.first(1);
      same(event?.args, ARGS, 'args');
      same(event?.kwargs, KWARGS, 'kwargs');
      same(event?.topic, topic, 'the topic');
      events.stop();
    },
  ],
  [
    'bytes',
    async (subscriber, publisher) => {
      const topic = fresh('topic.bytes');
      const events = await watch(subscriber, topic);
      publisher.publish(topic, [BYTES]);
      const bytes = (await events.first(1))[0]?.args[0];
      must(bytes instanceof Uint8Array, `bytes came as ${typeof bytes}`);
      same([...bytes], [...BYTES], 'the bytes');
      events.stop();
    },
  ],
  [
    'an acknowledged publication has the id of its event',
    async (subscriber, publisher) => {
      const topic = fresh('ack');
      const events = await watch(subscriber, topic);
      const { id } = await lastValueFrom(publisher.publish(topic, [1], { acknowledge: true }));
      same((await events.first(1))[0]?.publication, id, 'the publication');
      events.stop();
    },
  ],
  [
    '1,000 events in order',
    async (subscriber, publisher) => {
      const topic = fresh('order');
      const events = await watch(subscriber, topic);
      // In portions: a router may drop what a slow subscriber has not taken.
      for (let n = 0; n < 1_000; n += 1) {
        publisher.publish(topic, [n]);
        if (n % 50 === 49) await barrier(publisher);
      }
      same(
        (await events.first(1_000)).map(({ value }) => value),
        Array.from({ length: 1_000 }, (_, n) => n),
      );
      events.stop();
    },
  ],
  [
    'the publisher hears itself only with exclude_me: false',
    async (_, publisher) => {
      const topic = fresh('self');
      const events = await watch(publisher, topic);
      await lastValueFrom(publisher.publish(topic, ['not me'], { acknowledge: true }));
      await lastValueFrom(publisher.publish(topic, ['me'], { acknowledge: true, exclude_me: false }));
      same((await events.first(1))[0]?.value, 'me');
      events.stop();
    },
  ],
  [
    'unsubscribe',
    async (subscriber, publisher) => {
      const topic = fresh('unsubscribe');
      const events = await watch(subscriber, topic);
      publisher.publish(topic, [1]);
      await events.first(1);
      events.stop();
      await barrier(subscriber);
      const again = await watch(subscriber, topic);
      publisher.publish(topic, [2]);
      same((await again.first(1))[0]?.value, 2, 'the first after subscribing again');
      again.stop();
    },
  ],
  [
    'subscription by prefix',
    async (subscriber, publisher) => {
      needs(subscriber, 'broker', 'pattern_based_subscription');
      const prefix = fresh('prefix');
      const events = await watch(subscriber, `${prefix}.`, { match: 'prefix' });
      publisher.publish(`${prefix}.some.thing`, [1]);
      same((await events.first(1))[0]?.topic, `${prefix}.some.thing`, 'the topic');
      events.stop();
    },
  ],
  [
    'subscription by wildcard',
    async (subscriber, publisher) => {
      needs(subscriber, 'broker', 'pattern_based_subscription');
      const base = fresh('wild');
      const events = await watch(subscriber, `${base}..end`, { match: 'wildcard' });
      publisher.publish(`${base}.a.other`, [0]);
      publisher.publish(`${base}.a.end`, [1]);
      same((await events.first(1))[0]?.topic, `${base}.a.end`, 'the topic');
      events.stop();
    },
  ],
  [
    'black- and whitelists',
    async (subscriber, publisher) => {
      needs(publisher, 'broker', 'subscriber_blackwhite_listing');
      const topic = fresh('lists');
      const events = await watch(subscriber, topic);
      const { state } = subscriber;
      must(state.status === 'connected', 'not connected');
      const { id } = state.session;
      publisher.publish(topic, ['excluded'], { exclude: [id] });
      publisher.publish(topic, ['for others'], { eligible: [1] });
      publisher.publish(topic, ['for you'], { eligible: [id] });
      publisher.publish(topic, ['for your role'], { eligible_authrole: [state.session.authrole ?? 'anonymous'] });
      await barrier(publisher);
      same(
        (await events.first(2)).map(({ value }) => value),
        ['for you', 'for your role'],
      );
      events.stop();
    },
  ],
  [
    'the subscriber learns who published',
    async (subscriber, publisher) => {
      needs(publisher, 'broker', 'publisher_identification');
      const topic = fresh('who');
      const events = await watch(subscriber, topic);
      publisher.publish(topic, [1], { disclose_me: true });
      const { state } = publisher;
      must(state.status === 'connected', 'not connected');
      same((await events.first(1))[0]?.details['publisher'], state.session.id, 'the publisher');
      events.stop();
    },
  ],
  [
    'a retained event comes to who subscribes later',
    async (subscriber, publisher) => {
      needs(publisher, 'broker', 'event_retention');
      const topic = fresh('retained');
      await lastValueFrom(publisher.publish(topic, ['kept'], { retain: true, acknowledge: true }));
      const events = await watch(subscriber, topic, { get_retained: true });
      const [event] = await events.first(1);
      same(event?.value, 'kept');
      same(event?.details['retained'], true, 'details.retained');
      events.stop();
      await pause(0);
    },
  ],
];
