import { describe, expect, it } from '@jest/globals';
import { announce, announces } from '../../src/protocol/features.js';

describe('announces', () => {
  const details = (features: unknown): Record<string, unknown> => ({ roles: { broker: { features } } });

  it('is so for what is announced as true', () => {
    expect(announces(details({ pattern_based_subscription: true }), 'broker', 'pattern_based_subscription')).toBe(true);
  });

  it.each<[string, Record<string, unknown>]>([
    ['nothing at all', {}],
    ['no roles', { roles: null }],
    ['roles that are no dictionary', { roles: 'broker' }],
    ['roles in a list', { roles: [{ features: { x: true } }] }],
    ['another role', { roles: { dealer: { features: { x: true } } } }],
    ['a role without features', { roles: { broker: {} } }],
    ['a role that is no dictionary', { roles: { broker: true } }],
    ['a role that is null', { roles: { broker: null } }],
    ['features in a list', details(['x'])],
    ['features that are null', details(null)],
    ['another feature', details({ y: true })],
    ['false', details({ x: false })],
    ['1', details({ x: 1 })],
    ['one that stands beside the features', { roles: { broker: { x: true, features: {} } } }],
    ['"true"', details({ x: 'true' })],
    ['null', details({ x: null })],
  ])('is not so for %s', (_, given) => {
    expect(announces(given, 'broker', 'x')).toBe(false);
  });

  it('is not so for what every object has', () => {
    expect(announces(details({}), 'broker', 'toString')).toBe(false);
    expect(announces(details({}), 'broker', 'constructor')).toBe(false);
  });

  it('knows the other spelling of call_canceling, in that direction only', () => {
    const dealer = (features: unknown): Record<string, unknown> => ({ roles: { dealer: { features } } });
    expect(announces(dealer({ call_cancelling: true }), 'dealer', 'call_canceling')).toBe(true);
    expect(announces(dealer({ call_canceling: true }), 'dealer', 'call_canceling')).toBe(true);
    expect(announces(dealer({ call_canceling: true }), 'dealer', 'call_cancelling')).toBe(false);
  });

  it.each(['sharded_subscription', 'sharded_subscriptions', 'shareded_subscriptions'])(
    'takes %s for sharded subscriptions',
    (spelling) => {
      expect(announces(details({ [spelling]: true }), 'broker', 'sharded_subscription')).toBe(true);
    },
  );
});

describe('announces reflection', () => {
  it.each<[string, unknown, boolean]>([
    ['beside the features', { features: {}, reflection: true }, true],
    ['without features', { reflection: true }, true],
    ['among the features, as Bondy has it', { features: { reflection: true } }, true],
    ['denied beside and announced among them', { features: { reflection: true }, reflection: false }, true],
    ['as text', { features: {}, reflection: 'true' }, false],
    ['not at all', { features: {} }, false],
    ['for a role that is a list', [{ reflection: true }], false],
  ])('%s', (_, dealer, announced) => {
    expect(announces({ roles: { dealer } }, 'dealer', 'reflection')).toBe(announced);
    expect(announces({ roles: { dealer } }, 'broker', 'reflection')).toBe(false);
  });
});

describe('announce', () => {
  it('makes a role that announces its features', () => {
    expect(announce('a', 'b')).toEqual({ features: { a: true, b: true } });
    expect(announce()).toEqual({ features: {} });
    expect(announces({ roles: { caller: announce('call_timeout') } }, 'caller', 'call_timeout')).toBe(true);
  });
});
