// @ts-check
/**
 * A race of three snails, told 200 times a second. Each consumer takes what it can: all of it, the latest at its own pace, the
 * latest of each snail, or whatever is current when it comes late.
 *
 *     npm run build && node samples/game-state/main.mjs
 *
 * @typedef {Readonly<Record<string, number>>} Track how far each snail has come
 * @typedef {object} Api
 * @property {{
 *   'com.example.race.state': [frame: number, track: Track],
 *   'com.example.race.moved': [snail: string, at: number],
 * }} topics
 */
import assert from 'node:assert/strict';
import {
  filter,
  firstValueFrom,
  interval,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  scan,
  share,
  take,
  takeWhile,
  tap,
  timer,
} from 'rxjs';
import { publishFrom, payload, WampClient } from 'rxwamp';
import { conflate, processQueue } from 'rxwamp/operators';
import { Router } from 'rxwamp/router';
import { listen } from 'rxwamp/router/node';

// Nothing here takes so long, on a busy machine either, unless something does not happen.
setTimeout(() => assert.fail('it is not done after 100 s'), 100_000).unref();

const FRAMES = 400;
const FRAMES_PER_SECOND = 200;
const LENGTH = 60;

const listener = await listen(new Router({ realms: { realm1: {} } }));
/** @returns {WampClient<Api>} */
const client = () => new WampClient({ url: listener.url, realm: 'realm1' });
const [game, recorder, screen, scoreboard, latecomer] = [client(), client(), client(), client(), client()];
const clients = [game, recorder, screen, scoreboard, latecomer];

/** Counts what comes to a consumer, what it did with it, and what was dropped. */
const consumer = () => ({ delivered: 0, used: 0, dropped: 0, last: /** @type {unknown} */ (undefined) });
const [recorded, drawn, scored] = [consumer(), consumer(), consumer()];

// The recorder wants every frame.
const recording = lastValueFrom(
  recorder.topic('com.example.race.state').pipe(
    tap(({ args: [frame] }) => {
      recorded.delivered++;
      recorded.used++;
      recorded.last = frame;
    }),
    takeWhile(({ args: [frame] }) => frame < FRAMES),
  ),
  { defaultValue: undefined },
);

// The screen takes 120 ms for a picture, and then the newest frame there is.
const draw = (/** @type {number} */ frame, /** @type {Track} */ track) => {
  const lane = Array.from({ length: LENGTH + 1 }, () => '·');
  for (const [snail, at] of Object.entries(track)) lane[Math.floor(at)] = snail;
  console.log(`   ${String(frame).padStart(3)} |${lane.join('')}|`);
  return timer(120).pipe(map(() => frame));
};
const drawing = firstValueFrom(
  screen.topic('com.example.race.state').pipe(
    tap(() => drawn.delivered++),
    processQueue(({ args: [frame, track] }) => draw(frame, track), {
      overflow: 'latest',
      onDrop: (_, total) => (drawn.dropped = total),
    }),
    tap((frame) => {
      drawn.used++;
      drawn.last = frame;
    }),
    filter((frame) => frame === FRAMES),
  ),
);

// The scoreboard takes 25 ms for each entry, of which only the newest of each snail waits.
const scoring = firstValueFrom(
  scoreboard.topic('com.example.race.moved').pipe(
    tap(() => scored.delivered++),
    conflate(
      ({ args: [snail] }) => snail,
      ({ args: [snail, at] }) => timer(25).pipe(map(() => /** @type {const} */ ([snail, at]))),
      { onDrop: (_, total) => (scored.dropped = total) },
    ),
    tap(() => scored.used++),
    scan((board, [snail, at]) => ({ ...board, [snail]: at }), /** @type {Track} */ ({})),
    tap((board) => (scored.last = board)),
    // A frame after the other, so each snail is where it ended.
    filter((board) => scored.used + scored.dropped === 3 * FRAMES && Object.keys(board).length === 3),
  ),
);
game.connect();
await Promise.all([game, recorder, screen, scoreboard].map(({ session$ }) => firstValueFrom(session$)));

console.log(`${FRAMES_PER_SECOND} frames a second, for ${FRAMES / FRAMES_PER_SECOND} s:`);
/** A snail rests most of the time, and then hurries. */
const crawl = (/** @type {number} */ at) => (Math.random() < 0.05 ? Math.min(LENGTH, at + 4 * Math.random()) : at);
const race$ = interval(1_000 / FRAMES_PER_SECOND).pipe(
  take(FRAMES),
  scan(
    ({ frame, track }) => ({
      frame: frame + 1,
      track: Object.fromEntries(Object.entries(track).map(([snail, at]) => [snail, crawl(at)])),
    }),
    { frame: 0, track: /** @type {Track} */ ({ A: 0, B: 0, C: 0 }) },
  ),
  share(),
);
// No faster than the socket takes it: frames that would pile up are left out. The newest is kept for those who come later.
let leftOut = 0;
const states$ = publishFrom(
  game,
  'com.example.race.state',
  race$.pipe(map(({ frame, track }) => payload([frame, track]))),
  {
    publish: { retain: true },
    overflow: 'latest',
    onDrop: (_, total) => (leftOut = total),
  },
);
const moves$ = publishFrom(
  game,
  'com.example.race.moved',
  race$.pipe(
    mergeMap(({ track }) => Object.entries(track)),
    map(([snail, at]) => payload([snail, at])),
  ),
);
const racing = lastValueFrom(merge(states$, moves$), { defaultValue: undefined });

// Somebody comes when half of it is over, and somebody when all of it is.
const now$ = latecomer.topic('com.example.race.state', { gaps: 'retained' });
await firstValueFrom(timer((FRAMES / FRAMES_PER_SECOND / 2) * 1_000));
const midway = await firstValueFrom(now$);
await Promise.all([racing, recording, drawing, scoring]);
const end = await firstValueFrom(now$);

console.log('');
/** @param {string} who @param {ReturnType<typeof consumer>} counts */
const tell = (who, { delivered, used, dropped }) =>
  console.log(
    `   ${who.padEnd(28)} ${String(delivered).padStart(4)} delivered ${String(used).padStart(4)} used ${String(dropped).padStart(4)} dropped`,
  );
tell('recorder (everything)', recorded);
tell('screen (the latest)', drawn);
tell('scoreboard (latest of each)', scored);
console.log(`   latecomers began with frame ${midway.args[0]} (retained) and frame ${end.args[0]} (retained)`);
console.log(`   left out by the publisher: ${leftOut}`);

assert.equal(recorded.last, FRAMES);
assert.equal(recorded.delivered, FRAMES - leftOut);
assert.equal(drawn.used + drawn.dropped, drawn.delivered);
assert.equal(drawn.last, FRAMES);
assert.deepEqual(scored.last, end.args[1]);
assert.equal(scored.used + scored.dropped, scored.delivered);
assert.deepEqual([midway.details['retained'], end.details['retained']], [true, true]);
const [[winner] = []] = Object.entries(end.args[1]).sort(([, a], [, b]) => b - a);
console.log(`\nThe winner is ${winner}, and all of them know it.`);

await Promise.all(clients.map((wamp) => wamp.close()));
await listener.close();
