import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EMPTY, of, throwError } from 'rxjs';
import { checkTicket, type TicketPrincipal } from '../../../src/auth/router/ticket.js';
import { atOnce, challengeOf, DENIED, hello, helloOf, judge } from '../support.js';

const joe: TicketPrincipal = { ticket: 'secret!!!', authrole: 'user', authextra: { quota: 7 } };
const router = checkTicket({ principals: { joe } });
const identity = {
  authid: 'joe',
  authrole: 'user',
  authmethod: 'ticket',
  authprovider: 'static',
  authextra: { quota: 7 },
};

const judged = async (authid: string, ticket: string, checked = router) =>
  judge(await challengeOf(checked, helloOf({ authid })), ticket);

describe('checkTicket', () => {
  it('challenges and accepts the right ticket, at once', () => {
    const [step] = atOnce(router.hello(helloOf({ authid: 'joe' })));
    expect(step).toMatchObject({ challenge: {} });
    expect(step && 'answer' in step && atOnce(step.answer('secret!!!', {}))).toEqual([{ accept: identity }]);
  });

  it.each(['', 'secret!!', 'secret!!!!', 'Secret!!!', 'undefined'])('denies the ticket %j', async (ticket) => {
    expect(await judged('joe', ticket)).toEqual(DENIED);
  });

  it.each(['jim', '', '__proto__', 'constructor', 'toString'])('tells nothing of the authid %j', async (authid) => {
    expect((await challengeOf(router, helloOf({ authid }))).challenge).toEqual({});
    expect(await judged(authid, 'secret!!!')).toEqual(DENIED);
    expect(await judged(authid, '')).toEqual(DENIED);
  });

  it('knows those it lists, not those that the list inherits', async () => {
    const inherited = Object.create({ jim: joe }) as Record<string, TicketPrincipal>;
    expect(await judged('jim', 'secret!!!', checkTicket({ principals: inherited }))).toEqual(DENIED);
  });

  it('serves no HELLO without an authid', async () => {
    expect(await hello(router, helloOf({}))).toBeUndefined();
  });

  it('lets nobody in by an empty ticket, even where the store has one', async () => {
    // As it comes from a file that nobody checked.
    const store = JSON.parse('{"a":{"authrole":"user"},"b":{"authrole":"user","ticket":""}}') as Record<
      string,
      TicketPrincipal
    >;
    const careless = checkTicket({ principals: store });
    expect(await judged('a', '', careless)).toEqual(DENIED);
    expect(await judged('b', '', careless)).toEqual(DENIED);
  });

  it('looks principals up', async () => {
    const principals = jest.fn((authid: string, realm: string) =>
      Promise.resolve(authid === 'joe' && realm === 'realm1' ? { ...joe, authid: 'joseph' } : undefined),
    );
    const looking = checkTicket({ principals });
    expect(await judged('joe', 'secret!!!', looking)).toEqual({
      accept: { ...identity, authid: 'joseph', authprovider: 'dynamic' },
    });
    expect(await judged('jim', 'secret!!!', looking)).toEqual(DENIED);
    expect(await judged('joe', 'secret!!!', checkTicket({ principals: () => EMPTY }))).toEqual(DENIED);
  });

  it('has its provider named', async () => {
    const named = checkTicket({ principals: { joe }, authprovider: 'userdb' });
    expect(await judged('joe', 'secret!!!', named)).toMatchObject({ accept: { authprovider: 'userdb' } });
  });

  it('fails with what the look-up fails with', async () => {
    const down = new Error('down');
    const thrower = () => {
      throw down;
    };
    await expect(judged('joe', 'x', checkTicket({ principals: () => throwError(() => down) }))).rejects.toBe(down);
    await expect(judged('joe', 'x', checkTicket({ principals: thrower }))).rejects.toBe(down);
    await expect(judged('joe', 'x', checkTicket({ verify: thrower }))).rejects.toBe(down);
  });

  it('has tickets judged that say themselves whose they are', async () => {
    const verify = (ticket: string) => of(ticket === 'token' ? { authid: 'joseph', authrole: 'user' } : undefined);
    expect(await judged('joe', 'token', checkTicket({ verify }))).toEqual({
      accept: { authid: 'joseph', authrole: 'user', authmethod: 'ticket', authprovider: 'dynamic' },
    });
    expect(await judged('joe', 'other', checkTicket({ verify }))).toEqual(DENIED);
  });
});

describe('a challenge', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is good for one answer', async () => {
    const challenge = await challengeOf(router, helloOf({ authid: 'joe' }));
    expect(await judge(challenge, 'guess')).toEqual(DENIED);
    expect(await judge(challenge, 'secret!!!')).toEqual(DENIED);

    const another = await challengeOf(router, helloOf({ authid: 'joe' }));
    expect(await judge(another, 'secret!!!')).toEqual({ accept: identity });
    expect(await judge(another, 'secret!!!')).toEqual(DENIED);
  });

  it('is good for a minute, or as long as one says', async () => {
    const [inTime, tooLate] = [
      await challengeOf(router, helloOf({ authid: 'joe' })),
      await challengeOf(router, helloOf({ authid: 'joe' })),
    ];
    jest.advanceTimersByTime(60_000);
    expect(await judge(inTime, 'secret!!!')).toEqual({ accept: identity });
    jest.advanceTimersByTime(1);
    expect(await judge(tooLate, 'secret!!!')).toEqual(DENIED);

    const hasty = await challengeOf(
      checkTicket({ principals: { joe }, challengeTtlMs: 10 }),
      helloOf({ authid: 'joe' }),
    );
    jest.advanceTimersByTime(11);
    expect(await judge(hasty, 'secret!!!')).toEqual(DENIED);
  });
});
