// @ts-check
import { prepare } from './prepare.mjs';

/** One command for all of the sample: builds what has to be built, then starts router, back end and page. */
prepare();
await import('../server/main.mjs');
