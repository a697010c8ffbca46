// @ts-check
/**
 * A plant: devices tell what they measure and do what they are told, also when one goes away, and when the router does.
 *
 *     npm run build && node samples/iot/main.mjs
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { BehaviorSubject, catchError, filter, firstValueFrom, forkJoin, map, of, scan } from 'rxjs';
import { history, isWampError, WampEvent } from 'rxwamp';
import { meta } from 'rxwamp/meta';
import { command, join, startDevice } from './device.mjs';
import { startRouter } from './router.mjs';

// Nothing here takes so long, unless something does not happen.
setTimeout(() => assert.fail('it is not done after 100 s'), 100_000).unref();

const say = (/** @type {string} */ words) => console.log(`   ${words}`);

let router = await startRouter();
process.on('exit', () => router.kill());
const { port } = router;
const center = join('center', port);

// Who is there, by name: the router tells, so nobody has to say "I am alive". Starts over after a reconnect.
/** @type {BehaviorSubject<readonly string[]>} */
const present$ = new BehaviorSubject(/** @type {readonly string[]} */ ([]));
meta(center)
  .session.live$.pipe(
    map((sessions) => [...sessions.values()].map(({ authid }) => authid ?? '').filter((authid) => authid !== 'center')),
    map((names) => names.sort()),
  )
  .subscribe(present$);
const present = (/** @type {string[]} */ ...names) =>
  firstValueFrom(present$.pipe(filter((now) => now.join() === names.join())));

// The newest reading of each device.
/** @type {BehaviorSubject<Readonly<Record<string, unknown>>>} */
const readings$ = new BehaviorSubject({});
center
  .topic('com.example..celsius', { match: 'wildcard', gaps: 'retained' })
  .pipe(scan((readings, { topic, value }) => ({ ...readings, [topic.split('.')[2] ?? '']: value }), readings$.value))
  .subscribe(readings$);
const shows = (/** @type {string} */ device, /** @type {(celsius: number) => boolean} */ what) =>
  firstValueFrom(readings$.pipe(filter((readings) => device in readings && what(Number(readings[device])))));
const inWords = (/** @type {Readonly<Record<string, unknown>>} */ readings) =>
  Object.entries(readings)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([device, celsius]) => `${device} ${Number(celsius).toFixed(1)} °C`)
    .join(', ');

// Each alarm, and none missed of those that the router has had.
/** @type {BehaviorSubject<readonly string[]>} */
const alarms$ = new BehaviorSubject(/** @type {readonly string[]} */ ([]));
center
  .topic('com.example..alarm', { match: 'wildcard', gaps: history() })
  .pipe(
    filter((item) => item instanceof WampEvent), // and no `TopicGap`
    scan((alarms, { value }) => [...alarms, String(value)], alarms$.value),
  )
  .subscribe(alarms$);
await firstValueFrom(center.session$);

console.log('1. Three devices come up, over RawSocket');
const [boiler, gate, pump] = ['boiler', 'gate', 'pump'].map((name) => startDevice(name, port));
assert(boiler && gate && pump);
say(`here: ${(await present('boiler', 'gate', 'pump')).join(', ')}`);

console.log('2. Telemetry comes in');
await Promise.all([boiler, gate, pump].map(({ name }) => shows(name, () => true)));
say(inWords(readings$.value));

console.log('3. Commands go out');
const told = await firstValueFrom(
  forkJoin([
    command(center, 'boiler', 'heater', 65),
    command(center, 'gate', 'lamp', 'on'),
    command(center, 'pump', 'speed', 3),
  ]),
);
say(told.join(', '));
await shows('boiler', (celsius) => celsius > 50);
say(`and the boiler heats up: ${inWords(readings$.value)}`);
boiler.alarm('test');
await firstValueFrom(alarms$.pipe(filter(({ length }) => length === 1)));

console.log('4. The gate is switched off');
await gate.stop();
say(`here: ${(await present('boiler', 'pump')).join(', ')}`);
const refusal = await firstValueFrom(
  command(center, 'gate', 'lamp', 'on').pipe(catchError((error) => of(isWampError(error) && error.message))),
);
say(String(refusal));
assert.match(String(refusal), /no_such_procedure/);

console.log('5. The router is killed, and the devices go on');
router.kill();
await Promise.all(
  [boiler, pump, center].map((it) =>
    firstValueFrom(('wamp' in it ? it.wamp : it).state$.pipe(filter(({ status }) => status === 'waiting'))),
  ),
);
for (let n = 1; n <= 6; n++) {
  boiler.alarm(`pressure ${n}`);
  await sleep(60);
}
say(`4 publications may wait at the boiler, and do; ${boiler.wamp.outbox.dropped} older ones made room for them`);
assert.equal(boiler.wamp.outbox.waiting, 4);

console.log('6. It is started again');
router = await startRouter(port);
say(`here: ${(await present('boiler', 'pump')).join(', ')}`);
await shows('boiler', (celsius) => celsius === boiler.celsius);
const alarms = await firstValueFrom(alarms$.pipe(filter((all) => all.at(-1) === 'pressure 6')));
say(`the newest alarms have come: ${alarms.slice(1).join(', ')}`);
assert.deepEqual(alarms, ['test', 'pressure 4', 'pressure 5', 'pressure 6']);
say(`${await firstValueFrom(command(center, 'boiler', 'heater', 20))}, and it cools down`);
await shows('boiler', (celsius) => celsius < 30);
say(inWords(readings$.value));

await Promise.all([boiler.stop(), pump.stop(), center.close()]);
router.kill();
