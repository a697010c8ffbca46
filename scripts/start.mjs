import { ensureBuilt } from './ensure-built.mjs';

/** Runs the quickstart sample against the library as it stands. */
ensureBuilt();
await import(new URL('../samples/quickstart/main.mjs', import.meta.url).href);
