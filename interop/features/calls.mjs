import { concat, interval, lastValueFrom, map, NEVER, of, take, toArray } from 'rxjs';
import { fails, must, same } from '../harness/expect.mjs';
import { rxwamp } from '../rxwamp.mjs';
import { ask, fresh, Later, needs, offer, pause, Watched } from './our-client.mjs';
import { ARGS, BYTES, KWARGS } from './payload.mjs';

/** @typedef {import('./our-client.mjs').Client} Client */

/**
 * Calls between two clients of ours that meet at the router.
 *
 * @type {readonly [feature: string, check: (callee: Client, caller: Client) => Promise<unknown>][]}
 */
export const calls = [
  [
    'arguments of every kind, there and back',
    async (callee, caller) => {
      const procedure = fresh('echo');
      const offered = await offer(callee, procedure, ({ args, kwargs }) => rxwamp.payload(args, kwargs));
      const { args, kwargs } = await ask(caller, procedure, { args: ARGS, kwargs: KWARGS });
      same(args, ARGS, 'args');
      same(kwargs, KWARGS, 'kwargs');
      offered.stop();
    },
  ],
  [
    'bytes, there and back',
    async (callee, caller) => {
      const procedure = fresh('bytes');
      const offered = await offer(callee, procedure, ({ args }) => rxwamp.payload(args));
      const { args } = await ask(caller, procedure, [BYTES]);
      must(args[0] instanceof Uint8Array, `bytes came back as ${typeof args[0]}`);
      same([...args[0]], [...BYTES], 'the bytes');
      offered.stop();
    },
  ],
  [
    'an error with its URI, args and kwargs',
    async (callee, caller) => {
      const procedure = fresh('fail');
      const offered = await offer(callee, procedure, () => {
        throw new rxwamp.WampError('interop.error.sad', { args: ['why', 7], kwargs: { code: 42 } });
      });
      const error = await fails(ask(caller, procedure), ({ uri }) => uri === 'interop.error.sad', 'interop.error.sad');
      must(error instanceof rxwamp.WampError, 'a WampError');
      same(error.args, ['why', 7], 'args');
      same(error.kwargs, { code: 42 }, 'kwargs');
      offered.stop();
    },
  ],
  [
    'no such procedure',
    async (_, caller) =>
      fails(ask(caller, fresh('nowhere')), ({ uri }) => uri === 'wamp.error.no_such_procedure', 'no_such_procedure'),
  ],
  [
    'a procedure that is taken',
    async (callee, caller) => {
      const procedure = fresh('taken');
      const offered = await offer(callee, procedure, () => 1);
      await fails(
        offer(caller, procedure, () => 2),
        ({ uri }) => uri === 'wamp.error.procedure_already_exists',
        'procedure_already_exists',
      );
      offered.stop();
    },
  ],
  [
    'unregister',
    async (callee, caller) => {
      const procedure = fresh('gone');
      const offered = await offer(callee, procedure, () => 1);
      same((await ask(caller, procedure)).value, 1);
      offered.stop();
      // A new registration of the same session is answered after the old one is gone.
      (await offer(callee, fresh('barrier'), () => 1)).stop();
      await fails(ask(caller, procedure), ({ uri }) => uri === 'wamp.error.no_such_procedure', 'no_such_procedure');
    },
  ],
  [
    '200 calls in flight',
    async (callee, caller) => {
      const procedure = fresh('many');
      const offered = await offer(callee, procedure, async ({ args: [n] }) => {
        await pause(Number(n) % 7);
        return Number(n) * 2;
      });
      const results = await Promise.all(Array.from({ length: 200 }, (_, n) => ask(caller, procedure, [n])));
      same(
        results.map(({ value }) => value),
        Array.from({ length: 200 }, (_, n) => n * 2),
      );
      offered.stop();
    },
  ],
  [
    'progressive results',
    async (callee, caller) => {
      needs(caller, 'dealer', 'progressive_call_results');
      const procedure = fresh('count');
      const offered = await offer(callee, procedure, ({ args: [n] }) => interval(5).pipe(take(Number(n))));
      const results = await lastValueFrom(caller.call(procedure, [5], { progress: true }).pipe(toArray()));
      same(
        results.map(({ value }) => value),
        [0, 1, 2, 3, 4],
      );
      same((await ask(caller, procedure, [5])).value, 4, 'the one result of who did not ask for progress');
      offered.stop();
    },
  ],
  [
    'an error after progressive results',
    async (callee, caller) => {
      needs(caller, 'dealer', 'progressive_call_results');
      const procedure = fresh('count.fail');
      const offered = await offer(callee, procedure, () =>
        concat(
          of('a', 'b'),
          interval(20).pipe(
            map(() => {
              throw new rxwamp.WampError('interop.error.midway');
            }),
          ),
        ),
      );
      const watched = new Watched(caller.call(procedure, [], { progress: true }));
      await fails(watched.first(3), ({ uri }) => uri === 'interop.error.midway', 'interop.error.midway');
      same(
        watched.values.map(({ value }) => value),
        ['a', 'b'],
      );
      offered.stop();
    },
  ],
  [
    'a call that is streamed in',
    async (callee, caller) => {
      needs(caller, 'dealer', 'progressive_call_invocations');
      const procedure = fresh('sum');
      const offered = await offer(callee, procedure, ({ input$ }) =>
        lastValueFrom(input$.pipe(toArray())).then((all) => all.map(({ args: [n] }) => n)),
      );
      const result = await lastValueFrom(caller.call(procedure, interval(5).pipe(take(4))));
      same(result.value, [0, 1, 2, 3]);
      offered.stop();
    },
  ],
  [
    'cancel: the callee is interrupted (killnowait)',
    async (callee, caller) => {
      needs(caller, 'dealer', 'call_canceling');
      await interrupted(callee, caller, 'killnowait');
    },
  ],
  [
    'cancel: the callee is interrupted (kill)',
    async (callee, caller) => {
      needs(caller, 'dealer', 'call_canceling');
      await interrupted(callee, caller, 'kill');
    },
  ],
  [
    'cancel: the callee goes on (skip)',
    async (callee, caller) => {
      needs(caller, 'dealer', 'call_canceling');
      const procedure = fresh('skip');
      let aborted = false;
      const [begun, finished] = [new Later(), new Later()];
      const offered = await offer(callee, procedure, async ({ signal }) => {
        signal.addEventListener('abort', () => (aborted = true));
        begun.resolve();
        await pause(150);
        finished.resolve();
        return 1;
      });
      const call = new Watched(caller.call(procedure, [], { cancelMode: 'skip' }));
      await begun.promise;
      call.stop();
      await finished.promise;
      must(!aborted, 'the callee was interrupted');
      same((await ask(caller, procedure)).value, 1, 'the next call');
      offered.stop();
    },
  ],
  [
    'a caller that goes away',
    async (callee, caller) => {
      needs(caller, 'dealer', 'call_canceling');
      const procedure = fresh('left');
      const [begun, stopped] = [new Later(), new Later()];
      await offer(callee, procedure, ({ signal }) => {
        signal.addEventListener('abort', stopped.resolve);
        begun.resolve();
        return NEVER;
      });
      new Watched(caller.call(procedure));
      await begun.promise;
      await caller.close();
      await stopped.promise;
    },
  ],
  [
    'a callee that goes away',
    async (callee, caller) => {
      const procedure = fresh('dead');
      const begun = new Later();
      await offer(callee, procedure, () => {
        begun.resolve();
        return NEVER;
      });
      const call = ask(caller, procedure);
      call.catch(() => undefined);
      await begun.promise;
      await callee.close();
      await fails(call, ({ name }) => name === 'WampError', 'a WampError for the caller');
    },
  ],
  [
    'a timeout',
    async (callee, caller) => {
      const procedure = fresh('slow');
      const offered = await offer(callee, procedure, () => NEVER);
      await fails(
        ask(caller, procedure, [], { timeout: 300 }),
        ({ name }) => name === 'TimeoutError',
        'a TimeoutError',
      );
      offered.stop();
    },
  ],
  [
    'registration by prefix',
    async (callee, caller) => {
      needs(caller, 'dealer', 'pattern_based_registration');
      const prefix = fresh('prefix');
      const offered = await offer(callee, `${prefix}.`, ({ procedure }) => procedure, { match: 'prefix' });
      same((await ask(caller, `${prefix}.some.thing`)).value, `${prefix}.some.thing`);
      offered.stop();
    },
  ],
  [
    'registration by wildcard',
    async (callee, caller) => {
      needs(caller, 'dealer', 'pattern_based_registration');
      const base = fresh('wild');
      const offered = await offer(callee, `${base}..end`, ({ procedure }) => procedure, { match: 'wildcard' });
      same((await ask(caller, `${base}.any.end`)).value, `${base}.any.end`);
      offered.stop();
    },
  ],
  [
    'shared registration, in turn',
    async (callee, caller) => {
      needs(caller, 'dealer', 'shared_registration');
      const procedure = fresh('shared');
      const offers = [
        await offer(callee, procedure, () => 'one', { invoke: 'roundrobin' }),
        await offer(caller, procedure, () => 'two', { invoke: 'roundrobin' }),
      ];
      const answers = [];
      for (let n = 0; n < 4; n += 1) answers.push((await ask(caller, procedure)).value);
      same([...new Set(answers.slice(0, 2))].length, 2, 'different answers in a row');
      same(answers.slice(2), answers.slice(0, 2), 'the second round');
      for (const offered of offers) offered.stop();
    },
  ],
  [
    'the callee learns who calls',
    async (callee, caller) => {
      needs(caller, 'dealer', 'caller_identification');
      const procedure = fresh('who');
      const offered = await offer(callee, procedure, ({ details }) => details['caller'] ?? null);
      const { state } = caller;
      must(state.status === 'connected', 'not connected');
      same((await ask(caller, procedure, [], { disclose_me: true })).value, state.session.id);
      offered.stop();
    },
  ],
  [
    'a procedure is taken over (force_reregister)',
    async (callee, caller) => {
      needs(caller, 'dealer', 'registration_revocation');
      const procedure = fresh('force');
      const old = await offer(callee, procedure, () => 'old');
      const taken = await offer(caller, procedure, () => 'new', { onConflict: 'force_reregister' });
      same((await ask(caller, procedure)).value, 'new');
      await fails(old.first(2), ({ name }) => name === 'RevokedError', 'a RevokedError for the one before');
      taken.stop();
    },
  ],
];

/**
 * @param {Client} callee
 * @param {Client} caller
 * @param {'kill' | 'killnowait'} cancelMode
 */
async function interrupted(callee, caller, cancelMode) {
  const procedure = fresh(cancelMode);
  const [begun, stopped] = [new Later(), new Later()];
  const offered = await offer(callee, procedure, ({ signal }) => {
    signal.addEventListener('abort', stopped.resolve);
    begun.resolve();
    return NEVER;
  });
  const call = new Watched(caller.call(procedure, [], { cancelMode }));
  await begun.promise;
  call.stop();
  await stopped.promise;
  // Both sessions must have survived it.
  const after = await offer(callee, fresh('after'), () => 'alive');
  same((await ask(caller, after.values[0]?.procedure ?? '')).value, 'alive');
  after.stop();
  offered.stop();
}
