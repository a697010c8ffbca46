// @ts-check
import { interval, Subscription } from 'rxjs';
import { value, WampClient } from 'rxwamp';
import { wampcra } from 'rxwamp/auth';
import { cbor } from 'rxwamp/cbor';
import { rawSocketTransport } from 'rxwamp/node';

/**
 * Joins the plant as somebody, over RawSocket and in CBOR, by a secret that is never sent (WAMP-CRA).
 *
 * @param {string} name
 * @param {number} port
 * @param {number} [capacity] how many publications may wait for a connection
 */
export const join = (name, port, capacity = 1_000) =>
  new WampClient({
    transport: rawSocketTransport({ port, serializers: [cbor()] }),
    realm: 'plant',
    auth: [wampcra({ authid: name, secret: `secret of ${name}` })],
    outbox: { capacity }, // and of more the oldest goes
    retry: { initialDelayMs: 50, maxDelayMs: 200 },
  });

/**
 * A device: tells its temperature, raises alarms, and does what it is told.
 *
 * @param {string} name
 * @param {number} port
 */
export function startDevice(name, port) {
  const wamp = join(name, port, 4);
  let celsius = 18;
  let target = celsius;
  const running = new Subscription();

  // Only the newest reading is worth waiting for a connection. `retain`: whoever comes later has it at once.
  running.add(
    interval(40).subscribe(() => {
      celsius += (target - celsius) / 4;
      const reading = Number(celsius.toFixed(1));
      wamp.publish(`com.example.${name}.celsius`, [reading], { offline: 'latest', retain: true });
    }),
  );
  // com.example.boiler.heater.set, com.example.boiler.fan.set, …: one registration for all that can be set here.
  const set$ = wamp.register(
    `com.example.${name}..set`,
    ({ procedure, args: [to] }) => {
      const part = procedure.split('.')[3];
      if (part === 'heater') target = Number(to);
      return `${part} of ${name} is ${to}`;
    },
    { match: 'wildcard' },
  );
  running.add(set$.subscribe());

  return {
    name,
    wamp,
    get celsius() {
      return Number(celsius.toFixed(1));
    },
    alarm: (/** @type {string} */ what) => wamp.publish(`com.example.${name}.alarm`, [what]),
    stop: () => {
      running.unsubscribe();
      return wamp.close();
    },
  };
}

/** @param {WampClient} wamp @param {string} device @param {string} part @param {unknown} to */
export const command = (wamp, device, part, to) =>
  wamp.call(`com.example.${device}.${part}.set`, [to], { timeout: 2_000 }).pipe(value());
