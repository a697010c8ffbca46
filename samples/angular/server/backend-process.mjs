// @ts-check
/** The back end: components of the farm, each a client of the router. They come back by themselves when it does. */
import { parseArgs } from 'node:util';
import { merge } from 'rxjs';
import { ticket, WampClient } from 'rxwamp';
import { gridComponent } from './backend/grid.mjs';
import { reportsComponent } from './backend/reports.mjs';
import { sensorsComponent } from './backend/sensors.mjs';
import { turbinesComponent } from './backend/turbines.mjs';
import { BACKEND_AUTHID, REALM } from './farm.mjs';

process.on('disconnect', () => process.exit());
if (process.connected === false) process.exit();

const { values: args } = parseArgs({ options: { url: { type: 'string', default: '' } } });
const secret = process.env['FARM_BACKEND_SECRET'] ?? '';

const connect = () =>
  new WampClient({
    url: args.url,
    realm: REALM,
    // The router is on this machine: nobody reads along.
    auth: [ticket({ authid: BACKEND_AUTHID, ticket: secret, allowInsecure: true })],
    retry: { initialDelayMs: 200, maxDelayMs: 1_000 },
    // Measurements are of use while they are fresh.
    outbox: { capacity: 10 },
  });

const components = [turbinesComponent, sensorsComponent, gridComponent, reportsComponent];
const clients = components.map((component) => {
  const wamp = connect();
  component(wamp).subscribe({ error: (error) => process.send?.({ failed: String(error) }) });
  return wamp;
});
merge(...clients.map((wamp) => wamp.session$)).subscribe(() => {
  if (clients.every(({ state }) => state.status === 'connected')) process.send?.({ ready: true });
});
