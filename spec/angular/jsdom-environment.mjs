import { TestEnvironment } from 'jest-environment-jsdom';

/**
 * A page for Angular's TestBed: jsdom with what it lacks of a browser, and with its modules loaded as Node loads them (the
 * specs say `customExportConditions`).
 */
export default class PageEnvironment extends TestEnvironment {
  /** @override */
  async setup() {
    await super.setup();
    Object.assign(this.global, { TextEncoder, TextDecoder, Uint8Array, ArrayBuffer });
  }

  /** @override */
  exportConditions() {
    return ['node', 'node-addons'];
  }
}
