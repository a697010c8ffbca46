import { Code, type Dict, type Id, type List, type Uri } from 'rxwamp';
import { meta, type Meta } from 'rxwamp/meta';
import type { FakeRouter } from 'rxwamp/testing';
import { connected, type Setting } from '../support.js';

/** A connected client with its meta API. */
export function withMeta(): Setting & { readonly realm: Meta } {
  const setting = connected();
  return { ...setting, realm: meta(setting.wamp) };
}

/** Answers the next CALL, which must be of this procedure. */
export function answer(router: FakeRouter, procedure: Uri, args: List, kwargs?: Dict): void {
  const { request } = router.expect(Code.CALL, { procedure });
  router.send(kwargs === undefined ? [Code.RESULT, request, {}, args] : [Code.RESULT, request, {}, args, kwargs]);
}

/** Answers the next CALL, which must be of this procedure, with an ERROR. */
export function refuse(router: FakeRouter, procedure: Uri, error: Uri): void {
  const { request } = router.expect(Code.CALL, { procedure });
  router.send([Code.ERROR, Code.CALL, request, {}, error]);
}

/** Answers a SUBSCRIBE for each of these topics, in this order. @returns the subscriptions by topic. */
export function subscribeAll(router: FakeRouter, topics: readonly Uri[]): ReadonlyMap<Uri, Id> {
  return new Map(
    topics.map((topic, at) => {
      const { request } = router.expect(Code.SUBSCRIBE, { topic });
      const subscription = 70 + at;
      router.send([Code.SUBSCRIBED, request, subscription]);
      return [topic, subscription];
    }),
  );
}

let publication = 0;

/** Sends an event with these arguments. */
export function event(router: FakeRouter, subscription: Id | undefined, args: List): void {
  if (subscription === undefined) throw new Error('there is no such subscription');
  router.send([Code.EVENT, subscription, ++publication, {}, args]);
}
