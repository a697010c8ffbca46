import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Code } from '../../src/protocol/code.js';
import type { WampMessage } from '../../src/protocol/message.js';
import { fields } from '../../src/testing/fields.js';

const digest = '../shared/protocol.md';
const hasDigest = existsSync(digest);
if (!hasDigest) process.stderr.write(`skipped: fields against the layouts of the spec (${digest} is absent)\n`);

/** `Request:id` → `request`, `PUBLISH.Request:id` → `request`, `RequestId:id` → `request`. */
const nameOf = (element: string): string => {
  const name = element.replace(/:.*$/, '').replace(/^.*\./, '').trim();
  if (name === 'RequestType') return 'requestType';
  return name === 'RequestId' ? 'request' : name.toLowerCase();
};

/** The rows of the master table: `| 16 | PUBLISH | C→R | `[16, Request:id, …]` | … |`. */
const layouts = hasDigest
  ? [...readFileSync(digest, 'utf8').matchAll(/^\| (\d+) \| ([A-Z]+) \| [^|]+ \| `\[\d+, ([^\]]+)\]`/gm)].map(
      ([, code, name = '', elements = '']) =>
        [name, Number(code), elements.split(', ').map(nameOf)] as [string, number, string[]],
    )
  : [];

describe('fields', () => {
  it('names the elements, and gives the tuple along', () => {
    const message = [Code.CALL, 7, { timeout: 5 }, 'com.app.add', [2, 3], { round: true }] as const;
    expect(fields(message)).toEqual({
      request: 7,
      options: { timeout: 5 },
      procedure: 'com.app.add',
      args: [2, 3],
      kwargs: { round: true },
      message,
    });
    expect(fields(message).message).toBe(message);
  });

  it('leaves undefined what was left off the wire', () => {
    expect(fields([Code.CALL, 7, {}, 'com.app.add'])).toEqual(
      expect.objectContaining({ args: undefined, kwargs: undefined }),
    );
  });

  (hasDigest ? it : it.skip)('knows every message of the spec', () => {
    expect(layouts.map(([, code]) => code).sort((a, b) => a - b)).toEqual(Object.values(Code));
  });

  // Of UNSUBSCRIBED and UNREGISTERED the table shows the plain form first; the details of a revocation follow it there.
  for (const [name, code, elements] of layouts) {
    it(`${name} reads as in the spec's table`, () => {
      // Values do not matter here: element n is the number n.
      const message = [code, ...elements.map((_, at) => at)] as unknown as WampMessage;
      const named = Object.fromEntries(elements.map((element, at) => [element, at]));
      expect(fields(message)).toMatchObject({ ...named, message });
    });
  }

  it('gives the details of a revocation', () => {
    expect(fields([Code.UNREGISTERED, 0, { registration: 9 }])).toMatchObject({ details: { registration: 9 } });
  });
});
