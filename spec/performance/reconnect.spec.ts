import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Code, json } from 'rxwamp';
import { closeClients, joined, topicName } from './wire.js';

const SUBSCRIPTIONS = 10_000;

describe('a client with ten thousand subscriptions that lost its connection', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(async () => {
    await closeClients();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('dials once, and sends each SUBSCRIBE once and without waiting for the answer to another', () => {
    const { wamp, wire } = joined(json());
    for (let i = 0; i < SUBSCRIPTIONS; i++) wamp.topic(topicName(i)).subscribe();
    wire.drop();
    wire.isHeld = true;
    jest.advanceTimersByTime(1);
    expect(wire.dials).toBe(2);
    expect(wire.sent.map(([code]) => code)).toStrictEqual([
      Code.HELLO,
      ...Array.from({ length: SUBSCRIPTIONS }, () => Code.SUBSCRIBE),
    ]);
    expect(new Set(wire.sent.slice(1).map(([, , , topic]) => topic)).size).toBe(SUBSCRIPTIONS);
    expect(wamp.state.status).not.toBe('connected');
    wire.release();
    expect(wamp.state.status).toBe('connected');
    expect(wire.sent).toHaveLength(SUBSCRIPTIONS + 1);
  });
});
