import { describe, expect, it } from '@jest/globals';
import * as errors from '../../src/protocol/errors.js';
import { CloseUri, ErrorUri, isRefusal } from '../../src/protocol/uris.js';

const cause = new Error('underneath');
const context = { attempted: 'CALL', on: 'com.example.add', cause };

const TREE: readonly (readonly [
  name: string,
  error: errors.RxWampError,
  guard: (error: unknown) => boolean,
  message: string,
])[] = [
  [
    'WampError',
    new errors.WampError('com.example.error', { args: ['no'] }, context),
    errors.isWampError,
    'com.example.error: no',
  ],
  [
    'ProtocolViolationError',
    new errors.ProtocolViolationError('what', context),
    errors.isProtocolViolationError,
    'what',
  ],
  ['ConnectionLostError', new errors.ConnectionLostError('what', context), errors.isConnectionLostError, 'what'],
  [
    'ConnectionRefusedError',
    new errors.ConnectionRefusedError('what', context),
    errors.isConnectionRefusedError,
    'what',
  ],
  ['TimeoutError', new errors.TimeoutError(250, context), errors.isTimeoutError, 'no answer within 250 ms'],
  ['SerializationError', new errors.SerializationError('what', context), errors.isSerializationError, 'what'],
  ['OverflowError', new errors.OverflowError('what', { ...context, limit: 5 }), errors.isOverflowError, 'what'],
  ['ClientClosedError', new errors.ClientClosedError('what', context), errors.isClientClosedError, 'what'],
  ['UsageError', new errors.UsageError('wamp.error.invalid_uri', 'what', context), errors.isUsageError, 'what'],
];

describe.each(TREE)('%s', (name, error, guard, message) => {
  it('says what was attempted, on what, and why it failed', () => {
    expect(error.name).toBe(name);
    expect(error.message).toBe(`CALL com.example.add: ${message}`);
    expect(error.attempted).toBe('CALL');
    expect(error.on).toBe('com.example.add');
    expect(error.cause).toBe(cause);
    expect(String(error)).toBe(`${name}: CALL com.example.add: ${message}`);
    expect(error.stack).toContain('errors.spec');
  });

  it('is an error of this library, and of one kind', () => {
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(errors.RxWampError);
    expect(errors.isRxWampError(error)).toBe(true);
    expect(TREE.filter(([, , other]) => other(error)).map(([other]) => other)).toEqual([name]);
    expect(guard(Object.assign(new Error('x'), { name }))).toBe(false);
    expect([null, undefined, name, { name }].some(guard)).toBe(false);
  });

  it('is known by another copy of the package', () => {
    // What that copy has in common with this one is the registered symbol and the name.
    const foreign = Object.assign(new Error('x'), { name, [Symbol.for('rxwamp.error')]: true });
    expect(guard(foreign)).toBe(true);
    expect(foreign).not.toBeInstanceOf(errors.RxWampError);
  });
});

describe('without all of the context', () => {
  it('there is no cause, and nothing it was on', () => {
    const error = new errors.SerializationError('what', { attempted: 'decode' });
    expect(error.message).toBe('decode: what');
    expect(error.on).toBeUndefined();
    expect('cause' in error).toBe(false);
    expect('cause' in new errors.SerializationError('what', { attempted: 'decode', cause: undefined })).toBe(false);
  });
});

describe('WampError', () => {
  it('is what the peer said', () => {
    const said = new errors.WampError('com.example.error', { args: [1, 2], kwargs: { a: 1 }, details: { b: 2 } });
    expect(said).toMatchObject({ uri: 'com.example.error', args: [1, 2], kwargs: { a: 1 }, details: { b: 2 } });
    expect(new errors.WampError('com.example.error')).toMatchObject({ args: [], kwargs: {}, details: {} });
  });

  it.each<[errors.WampErrorPayload | undefined, string]>([
    [undefined, 'ERROR: a.b'],
    [{ args: ['why'] }, 'ERROR: a.b: why'],
    [{ args: [42, 'why'] }, 'ERROR: a.b'],
    [{ details: { message: 'why' } }, 'ERROR: a.b: why'],
    [{ args: ['why'], details: { message: 'not this' } }, 'ERROR: a.b: why'],
    [{ details: { message: 42 } }, 'ERROR: a.b'],
  ])('with %j reads %j', (said, message) => {
    expect(new errors.WampError('a.b', said).message).toBe(message);
  });
});

describe('what else they know', () => {
  it('is in fields', () => {
    expect(new errors.TimeoutError(5, context).timeoutMs).toBe(5);
    expect(new errors.OverflowError('x', { ...context, limit: 7 }).limit).toBe(7);
    expect(new errors.ConnectionLostError('x', context).reason).toBeUndefined();
    expect(new errors.ConnectionLostError('x', { ...context, reason: 'wamp.close.killed' }).reason).toBe(
      'wamp.close.killed',
    );
    expect(new errors.ConnectionRefusedError('x', context)).toMatchObject({ fatal: false, reason: undefined });
    expect(new errors.ConnectionRefusedError('x', { ...context, fatal: true, reason: 'a.b' })).toMatchObject({
      fatal: true,
      reason: 'a.b',
    });
    expect(new errors.UsageError('wamp.error.invalid_uri', 'x', context).uri).toBe('wamp.error.invalid_uri');
  });
});

describe('the predefined URIs', () => {
  it('are all different, and in their namespaces', () => {
    const uris = [...Object.values(ErrorUri), ...Object.values(CloseUri)];
    expect(new Set(uris).size).toBe(uris.length);
    expect(Object.values(ErrorUri).every((uri) => /^wamp\.error(\.[a-z_]+)+$/.test(uri))).toBe(true);
    expect(Object.values(CloseUri).every((uri) => /^wamp\.close\.[a-z_]+$/.test(uri))).toBe(true);
  });

  it.each([
    ['wamp.error.no_such_realm', true],
    ['wamp.error.no_such_role', true],
    ['wamp.error.authentication_failed', true],
    ['wamp.error.authentication_denied', true],
    ['wamp.error.not_authorized', true],
    ['wamp.error.no_matching_auth_method', true],
    ['wamp.close.system_shutdown', false],
    ['wamp.error.protocol_violation', false],
    ['wamp.error.timeout', false],
    ['wamp.error.unavailable', false],
    ['com.example.error', false],
    ['', false],
  ])('%j refuses the session for what it asked: %j', (uri, refuses) => {
    expect(isRefusal(uri)).toBe(refuses);
  });
});
