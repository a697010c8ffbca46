import { Code, fakeClient, fakeRouter, fields, type Expected, type Fields } from 'rxwamp/testing';
import type { Dict, EventMessage, Id, List, MessageOf, Uri, WampMessage } from '../../src/protocol/message.js';
import type { Equal, Expect } from './expect.js';

const router = fakeRouter({ realm: 'realm1', welcome: { authrole: 'user' } });
const call = router.expect(Code.CALL, { procedure: 'com.app.add', args: [2, 3], options: { timeout: 5 } });
const hello = router.welcome({ authid: 'joe' });
const welcome = fakeClient({ accept: () => undefined }).join('realm1');
declare const event: EventMessage;
declare const any: WampMessage;

export type Checks = [
  Expect<Equal<typeof call.request, Id>>,
  Expect<Equal<typeof call.procedure, Uri>>,
  Expect<Equal<typeof call.args, List | undefined>>,
  Expect<Equal<typeof call.kwargs, Dict | undefined>>,
  Expect<Equal<typeof call.message, MessageOf<typeof Code.CALL>>>,
  Expect<Equal<typeof hello.session, Id>>,
  Expect<Equal<typeof hello.realm, Uri>>,
  Expect<Equal<typeof welcome.details, Dict>>,
  Expect<
    Equal<
      Omit<Fields<typeof Code.EVENT>, 'message'>,
      {
        readonly subscription: Id;
        readonly publication: Id;
        readonly details: Dict;
        readonly args: List | undefined;
        readonly kwargs: Dict | undefined;
      }
    >
  >,
  Expect<Equal<keyof Fields<typeof Code.UNSUBSCRIBED>, 'request' | 'details' | 'message'>>,
  Expect<Equal<Fields<typeof Code.UNSUBSCRIBED>['details'], Dict | undefined>>,
  Expect<Equal<keyof Expected<typeof Code.GOODBYE>, 'details' | 'reason'>>,
];

export const subscription: Id = fields(event).subscription;
export const message: WampMessage = fields(any).message;
router.expect(Code.CALL, { request: (request) => request > 3, args: undefined });
router.expect(Code.SUBSCRIBE, { options: { match: (match: unknown) => match !== 'exact' } });
router.send([Code.SUBSCRIBED, call.request, 7]);

// @ts-expect-error a SUBSCRIBE has no procedure
router.expect(Code.SUBSCRIBE, { procedure: 'com.app.add' });
// @ts-expect-error a topic is a string
router.expect(Code.SUBSCRIBE, { topic: 5 });
// @ts-expect-error a SUBSCRIBED has a subscription
router.send([Code.SUBSCRIBED, call.request]);
// @ts-expect-error a GOODBYE has no args
call satisfies Fields<typeof Code.GOODBYE>;
