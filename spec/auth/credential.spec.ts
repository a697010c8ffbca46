import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { anonymous } from '../../src/auth/anonymous.js';
import { cryptosign } from '../../src/auth/cryptosign.js';
import { scram } from '../../src/auth/scram.js';
import { ticket } from '../../src/auth/ticket.js';
import { wampcra } from '../../src/auth/wampcra.js';

const authid = 'joe';
const ask = () => of('secret');

describe('a credential', () => {
  it('is renewable when it is asked for', () => {
    const asking = [
      ticket({ authid, ticket: ask }),
      wampcra({ authid, secret: ask }),
      wampcra({ authid, sign: ask }),
      scram({ authid, password: ask }),
      cryptosign({ privateKey: ask }),
    ];
    expect(asking.map(({ renewable }) => renewable)).toEqual(Array(5).fill(true));
  });

  it('is not when it is always the same', () => {
    const knowing = [
      ticket({ authid, ticket: 'secret' }),
      wampcra({ authid, secret: 'secret' }),
      scram({ authid, password: 'secret' }),
      cryptosign({ privateKey: 'secret' }),
      anonymous(),
    ];
    expect(knowing.filter(({ renewable }) => renewable === true)).toEqual([]);
  });
});
