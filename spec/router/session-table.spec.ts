import { describe, expect, it } from '@jest/globals';
import { SessionTable } from '../../src/router/routing/session-table.js';
import { Backlog } from '../../src/router/session/backlog.js';
import { peerFeatures } from '../../src/router/session/peer-features.js';
import { Session } from '../../src/router/session/session.js';
import { newCounters } from '../../src/router/statistics.js';
import { Turns } from '../../src/router/turns.js';
import { json } from '../../src/serializers/json.js';

const nothing = (): void => undefined;
const rule = { policy: 'disconnect', maxBytes: 0, maxBytesForEvents: 0, maxMs: Infinity } as const;

/** A session that nobody is behind. */
const newSession = (session: number): Session =>
  new Session(
    { session, realm: 'realm1', authid: 'joe', authrole: 'user', authmethod: 'anonymous', authprovider: 'static' },
    peerFeatures({}),
    { next: nothing, sendFrame: nothing, serializer: json() },
    {
      port: { hold: nothing, dismiss: nothing, drop: nothing },
      counters: newCounters(),
      backlog: new Backlog({ link: { bufferedBytes: 0 }, rule, turns: new Turns(), note: nothing, overdue: nothing }),
    },
  );

describe('a table by session and id', () => {
  const [a, b] = [newSession(1), newSession(2)];

  it('knows how much each session has, and all together', () => {
    const table = new SessionTable<string>();
    table.set(a, 1, 'a1');
    table.set(a, 2, 'a2');
    table.set(b, 1, 'b1');
    table.set(b, 1, 'b1 again');
    expect([table.count(a), table.count(b), table.size]).toEqual([2, 1, 3]);
    table.delete(b, 7);
    expect(table.size).toBe(3);
    table.delete(a, 1);
    expect(table.all(a)).toEqual(['a2']);
    expect(table.size).toBe(2);
    expect(table.deleteAll(b)).toEqual(['b1 again']);
    expect(table.deleteAll(b)).toEqual([]);
    expect([table.count(a), table.count(b), table.size]).toEqual([1, 0, 1]);
  });
});
