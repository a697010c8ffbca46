import * as Code from '../../protocol/codes.js';
import type { Dict, EventMessage, Id, List, Uri } from '../../protocol/message.js';
import { tail } from '../../protocol/payload.js';
import type { MatchPolicy } from '../../protocol/uri.js';
import { shardKey } from '../../protocol/shard-key.js';
import { publisherAttributes } from '../routing/disclosure.js';
import { payloadSize } from '../routing/payload-size.js';
import { isPassthru, passthruAttributes } from '../routing/passthru.js';
import { hashKey } from '../routing/rendezvous.js';
import type { SessionDetails } from '../session/session-details.js';
import { Eligibility } from './eligibility.js';

/** An event as it was published. Holds no session, so that it may be kept longer than its publisher stays. */
export interface Publication {
  readonly id: Id;
  readonly topic: Uri;
  /** Undefined when the router itself publishes. */
  readonly publisher: Id | undefined;
  /** Whether its publisher does not receive it. */
  readonly excludeMe: boolean;
  /** Undefined when nobody is excluded. */
  readonly eligibility: Eligibility | undefined;
  /** Whether only those who announced payload passthru mode can read it. */
  readonly passthru: boolean;
  /**
   * The hash of its resource key, which chooses among the sharded subscriptions to a topic; undefined when it goes to all. The
   * lists above are looked at afterwards: whom they exclude, no other shard stands in for.
   *
   * @see WAMP spec, Sharded Subscription
   */
  readonly key: number | undefined;
  /** Whether it is kept as the last one of its topic. */
  readonly retain: boolean;
  /** EVENT.Details that are the same for all subscriptions. */
  readonly details: Dict;
  readonly args: List | undefined;
  readonly kwargs: Dict | undefined;
}

/** What a client publishes. */
export interface PublishRequest {
  readonly topic: Uri;
  /** PUBLISH.Options. */
  readonly options: Dict;
  readonly args: List | undefined;
  readonly kwargs: Dict | undefined;
}

/** What EVENT.Details say of who published. */
export interface Attribution {
  /** Whether subscribers are told who it was. */
  readonly disclosed: boolean;
  /** How far the router trusts it, if it says. */
  readonly trustlevel: number | undefined;
}

/** The publication that a client asked for. */
export function publicationBy(
  publisher: SessionDetails,
  id: Id,
  { topic, options, args, kwargs }: PublishRequest,
  { disclosed, trustlevel }: Attribution,
): Publication {
  const rkey = shardKey(options, 'rkey');
  return {
    id,
    topic,
    publisher: publisher.session,
    excludeMe: options['exclude_me'] !== false,
    eligibility: Eligibility.of(options),
    passthru: isPassthru(options),
    key: rkey === undefined ? undefined : hashKey(rkey),
    retain: options['retain'] === true,
    details: {
      ...passthruAttributes(options),
      ...(disclosed && publisherAttributes(publisher)),
      ...(trustlevel !== undefined && { trustlevel }),
    },
    args,
    kwargs,
  };
}

/** What the router itself has to say, to everybody. */
export const publicationByRouter = (id: Id, topic: Uri, args: List): Publication => ({
  id,
  topic,
  publisher: undefined,
  excludeMe: false,
  eligibility: undefined,
  passthru: false,
  key: undefined,
  retain: false,
  details: {},
  args,
  kwargs: undefined,
});

/** About how many bytes a publication takes as long as it is kept. */
export const publicationSize = ({ topic, args, kwargs, details, eligibility }: Publication): number =>
  payloadSize(topic) + payloadSize(args) + payloadSize(kwargs) + payloadSize(details) + (eligibility?.size ?? 0);

/** Whether a session may have an event: no list excludes it, nor is it the publisher, unless that was asked for. */
export const mayReceive = ({ publisher, excludeMe, eligibility }: Publication, session: SessionDetails): boolean =>
  !(excludeMe && session.session === publisher) && (eligibility === undefined || eligibility.admits(session));

/** EVENT.Details for a subscription: one by pattern cannot know the topic otherwise. */
export const eventDetails = (publication: Publication, match: MatchPolicy): Dict =>
  match === 'exact' ? publication.details : { ...publication.details, topic: publication.topic };

/** The EVENT for a subscription. */
export const eventOf = (subscription: Id, { id, args, kwargs }: Publication, details: Dict): EventMessage => [
  Code.EVENT,
  subscription,
  id,
  details,
  ...tail(args, kwargs),
];
