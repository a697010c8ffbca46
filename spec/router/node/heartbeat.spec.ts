import { describe, expect, it, jest } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { json } from '../../../src/serializers/json.js';
import { Link, type LinkPort, type Socket } from '../../../src/transports/link.js';
import { OpenLinks } from '../../../src/router/node/open-links.js';
import { useVirtualTime } from '../../session/support.js';

useVirtualTime();

/** A connection whose other end answers pings, or not, or cannot be asked. */
function connection(ping: 'answered' | 'ignored' | 'absent'): {
  readonly links: OpenLinks;
  readonly terminated: () => boolean;
  readonly say: () => void;
  readonly pings: () => number;
} {
  let port: LinkPort | undefined;
  let terminated = false;
  let pings = 0;
  const socket: Socket = {
    bufferedBytes: 0,
    send: () => undefined,
    close: () => undefined,
    terminate: () => (terminated = true),
    ...(ping !== 'absent' && {
      ping: () => {
        pings++;
        if (ping === 'answered') port?.pong();
      },
    }),
  };
  const link = Link.over({ serializer: json(), info: { kind: 'spec', secure: true } }, (given) => {
    port = given;
    return socket;
  });
  const links = new OpenLinks({ accept: () => undefined }, 10, 30_000);
  links.accept(link, new EventEmitter());
  return { links, terminated: () => terminated, say: () => port?.frame('[6,{},"com.app.x"]'), pings: () => pings };
}

describe('the heartbeat of a listener', () => {
  it('cuts off who is silent and does not answer, after twice the interval', () => {
    const { terminated, pings } = connection('ignored');
    jest.advanceTimersByTime(30_000);
    expect([pings(), terminated()]).toStrictEqual([1, false]);
    jest.advanceTimersByTime(30_000);
    expect([pings(), terminated()]).toStrictEqual([1, true]);
  });

  it('keeps who answers, and who speaks without having been asked', () => {
    const answering = connection('answered');
    const speaking = connection('ignored');
    for (let turn = 0; turn < 10; turn++) {
      speaking.say();
      jest.advanceTimersByTime(30_000);
    }
    expect([answering.terminated(), speaking.terminated(), speaking.pings()]).toStrictEqual([false, false, 0]);
    expect(answering.pings()).toBeGreaterThan(1);
  });

  it('leaves alone who cannot be asked', () => {
    const { terminated } = connection('absent');
    jest.advanceTimersByTime(1_000_000);
    expect(terminated()).toBe(false);
  });

  it('ends with the listener', async () => {
    const { links, pings } = connection('ignored');
    jest.advanceTimersByTime(1_000);
    void links.close();
    jest.advanceTimersByTime(1_000_000);
    expect(pings()).toBe(0);
    await Promise.resolve();
  });
});
