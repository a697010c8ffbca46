import { Observable } from 'rxjs';
import type { Uri } from '../protocol/message.js';
import { WampEvent } from '../session/event.js';
import { checkRequest } from './checks.js';
import type { Connection } from './connection.js';
import { check, type TopicSchemas } from './schema.js';
import { splitTopicOptions, topicKey, type TopicOptions } from './topic-options.js';
import { Topic, type TopicOwner } from './topic.js';

/** The topics of a client that somebody listens to, by URI and options. */
export class Topics implements TopicOwner {
  readonly #topics = new Map<string, Topic>();

  constructor(
    readonly connection: Connection,
    readonly lingerMs: number,
    private readonly fault: (error: unknown) => void,
  ) {}

  over(topic: Topic): void {
    if (topic.key !== undefined && this.#topics.get(topic.key) === topic) this.#topics.delete(topic.key);
  }

  /** The stream of a topic: looked up at every subscribe, so that it can be left and joined again for ever. */
  stream(uri: Uri, options: TopicOptions, schemas: TopicSchemas | undefined): Observable<unknown> {
    const topic$ = new Observable<unknown>((observer) => {
      if (this.connection.isClosed) {
        observer.error(this.connection.closed('SUBSCRIBE', uri));
        return undefined;
      }
      try {
        return this.#topic(uri, options).add(observer);
      } catch (error) {
        observer.error(error);
        return undefined;
      }
    });
    return schemas === undefined ? topic$ : this.#checked(topic$, schemas);
  }

  /** The topic that all who ask for the same share. */
  #topic(uri: Uri, options: TopicOptions): Topic {
    const { gaps, wire } = splitTopicOptions(uri, options);
    checkRequest('SUBSCRIBE', uri, wire);
    const key = topicKey(uri, gaps, wire);
    const present = key === undefined ? undefined : this.#topics.get(key);
    if (present !== undefined) return present;
    const topic = new Topic(this, key, uri, wire, gaps);
    // Nobody can come back to a topic of its own.
    if (key !== undefined) this.#topics.set(key, topic);
    return topic;
  }

  /** An event that is not what the contract says goes to the faults: a bad publisher must not end the stream. */
  #checked(topic$: Observable<unknown>, { args, kwargs }: TopicSchemas): Observable<unknown> {
    const checked = (event: WampEvent): WampEvent => {
      const { topic, details, publication, subscription } = event;
      return new WampEvent(
        check(args, event.args, 'EVENT args', topic),
        check(kwargs, event.kwargs, 'EVENT kwargs', topic),
        details,
        topic,
        publication,
        subscription,
      );
    };
    return new Observable<unknown>((observer) =>
      topic$.subscribe({
        next: (item) => {
          let valid: unknown;
          try {
            valid = isEvent(item) ? checked(item) : item;
          } catch (error) {
            this.fault(error);
            return;
          }
          observer.next(valid);
        },
        error: (error: unknown) => {
          observer.error(error);
        },
        complete: () => {
          observer.complete();
        },
      }),
    );
  }
}

const isEvent = (item: unknown): item is WampEvent => item instanceof WampEvent;
