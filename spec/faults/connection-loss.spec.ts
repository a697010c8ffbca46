import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, lastValueFrom, NEVER, toArray } from 'rxjs';
import { isConnectionLostError, isTopicGap, value } from 'rxwamp';
import type { Fault } from '../../scripts/soak/faults.mjs';
import { errorOf, HEARTBEAT, losses, nextSession, PROCEDURE, sessions, status, through, TOPIC } from './support.js';

/** Every fault that ends a connection, however it is found out. */
const ENDING: readonly (readonly [name: string, fault: Fault])[] = [
  ['cut, told to the client', { kind: 'cut', direction: 'down' }],
  ['cut, told to the router', { kind: 'cut', direction: 'up' }],
  ['cut, told to both', { kind: 'cut' }],
  ['reset', { kind: 'reset' }],
  ['vanish, both ways', { kind: 'vanish' }],
  ['vanish, to the router', { kind: 'vanish', direction: 'up' }],
  ['vanish, to the client', { kind: 'vanish', direction: 'down' }],
  ['stall, both ways', { kind: 'stall' }],
  ['stall, to the router', { kind: 'stall', direction: 'up' }],
  ['stall, to the client', { kind: 'stall', direction: 'down' }],
  ['garbage, to the router', { kind: 'garbage', bytes: 16, seed: 1, direction: 'up' }],
  ['garbage, to the client', { kind: 'garbage', bytes: 16, seed: 1, direction: 'down' }],
];

describe.each(ENDING)('%s', (_, fault) => {
  const options = fault.kind === 'vanish' || fault.kind === 'stall' ? HEARTBEAT : {};

  it('errors the calls in flight with ConnectionLostError, and repeats none', async () => {
    const { proxy, wamp, neighbor } = await through(options);
    let invoked = 0;
    neighbor
      .register(PROCEDURE, () => {
        invoked++;
        return NEVER;
      })
      .subscribe();
    await status(neighbor, 'connected');
    await status(wamp, 'idle');
    const failed = errorOf(wamp.call(PROCEDURE));
    await status(wamp, 'connected');
    // The router has answered what came after it, so it has the call.
    await firstValueFrom(wamp.call('wamp.session.count'));
    const heal = proxy.start(fault);
    const error = await failed;
    heal();
    expect(isConnectionLostError(error) && [error.attempted, error.on]).toStrictEqual(['CALL', PROCEDURE]);
    await status(wamp, 'connected');
    await firstValueFrom(wamp.call('wamp.session.count'));
    expect(invoked).toBe(1);
  });

  it('gives topics and registrations back in the next session, the topic after a notice of the gap', async () => {
    const { router, proxy, wamp, neighbor, states } = await through(options);
    const items = lastValueFrom(wamp.topic(TOPIC, { gaps: 'notice' }).pipe(toArray()));
    wamp.register(PROCEDURE, ({ args: [one] }) => one).subscribe();
    await nextSession(wamp, {
      act: () => {
        const heal = proxy.start(fault);
        wamp.state$.subscribe(({ status: now }) => {
          if (now === 'waiting') heal();
        });
      },
    });
    expect(losses(states).map(({ name }) => name)).toContain(
      fault.kind === 'garbage' && fault.direction === 'down' ? 'ProtocolViolationError' : 'ConnectionLostError',
    );
    await sessions(router, 1);
    await firstValueFrom(neighbor.publish(TOPIC, ['after'], { acknowledge: true }), { defaultValue: undefined });
    expect(await firstValueFrom(neighbor.call(PROCEDURE, [7]).pipe(value()))).toBe(7);
    await firstValueFrom(wamp.call('wamp.session.count'));
    await wamp.close();
    const seen = (await items).map((item) => (isTopicGap(item) ? 'gap' : item.value));
    expect(seen[0]).toBe('gap');
    expect(seen.at(-1)).toBe('after');
  });
});
