import { describe, expect, it, jest } from '@jest/globals';
import { EMPTY, of, throwError } from 'rxjs';
import { isAuthenticationError } from '../../src/auth/authentication-error.js';
import { ticket, type TicketOptions } from '../../src/auth/ticket.js';
import { answer, atOnce, begin } from './support.js';

const answered = async (options: Partial<TicketOptions>) =>
  answer(await begin(ticket({ authid: 'joe', ticket: 'secret!!!', ...options })), {});

describe('ticket', () => {
  // WAMP spec, Ticket-based Authentication: [5, "secret!!!", {}]
  it('sends authid and ticket as they are, at once', () => {
    const [attempt] = atOnce(ticket({ authid: 'joe', ticket: 'secret!!!' }).begin({ realm: 'realm1' }));
    expect(attempt?.authid).toBe('joe');
    expect(attempt?.authextra).toBeUndefined();
    expect(atOnce(attempt?.answer?.({}) ?? [])).toEqual([{ signature: 'secret!!!' }]);
  });

  it.each([
    ['a value', () => 'token'],
    ['an Observable', () => of('token', 'another')],
    ['a Promise', () => Promise.resolve('token')],
  ])('asks a function for it that gives %s', async (_, ask) => {
    expect(await answered({ ticket: ask })).toEqual({ signature: 'token' });
  });

  it('asks anew at every attempt, and only when challenged', async () => {
    const ask = jest.fn<() => string>().mockReturnValueOnce('first').mockReturnValueOnce('second');
    const authenticator = ticket({ authid: 'joe', ticket: ask });
    const first = await begin(authenticator);
    expect(ask).not.toHaveBeenCalled();
    expect(await answer(first, {})).toEqual({ signature: 'first' });
    expect(await answer(await begin(authenticator), {})).toEqual({ signature: 'second' });
  });

  it('fails with what the function fails with', async () => {
    const offline = new Error('offline');
    const ask = () => {
      throw offline;
    };
    await expect(answered({ ticket: () => throwError(() => offline) })).rejects.toBe(offline);
    await expect(answered({ ticket: () => Promise.reject(offline) })).rejects.toBe(offline);
    await expect(answered({ ticket: ask })).rejects.toBe(offline);
  });

  it('fails when the function gives none', async () => {
    const error: unknown = await answered({ ticket: () => EMPTY }).catch((reason: unknown) => reason);
    expect(isAuthenticationError(error) && [error.method, error.attempted, error.on]).toEqual([
      'ticket',
      'CHALLENGE',
      'realm1',
    ]);
  });

  it('C-34: does not show the ticket to those who can read the transport', async () => {
    const options = { authid: 'joe', ticket: 'secret!!!' };
    await expect(begin(ticket(options), { secure: false })).rejects.toThrow(/HELLO realm1: ticket: .* not encrypted/);
    await expect(begin(ticket({ ...options, allowInsecure: true }), { secure: false })).resolves.toBeDefined();
    await expect(begin(ticket(options), { secure: true })).resolves.toBeDefined();
  });
});
