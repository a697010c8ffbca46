import { describe, expect, it } from '@jest/globals';
import {
  isReserved,
  isUri,
  MAX_URI_LENGTH,
  matchesUri,
  matchPolicy,
  type MatchPolicy,
  type UriRule,
} from '../../src/protocol/uri.js';

/** The regular expressions of the spec, which backtrack too much to be used on what a peer sends. */
const SPEC: Readonly<Record<UriRule, Readonly<Record<MatchPolicy, RegExp>>>> = {
  loose: {
    exact: /^([^\s.#]+\.)*([^\s.#]+)$/,
    wildcard: /^(([^\s.#]+\.)|\.)*([^\s.#]+)?$/,
    prefix: /^([^\s.#]+\.)*([^\s.#]*)$/,
  },
  strict: {
    exact: /^([0-9a-z_]+\.)*([0-9a-z_]+)$/,
    wildcard: /^(([0-9a-z_]+\.)|\.)*([0-9a-z_]+)?$/,
    prefix: /^([0-9a-z_]+\.)*([0-9a-z_]*)$/,
  },
};
const POLICIES: readonly MatchPolicy[] = ['exact', 'prefix', 'wildcard'];
const RULES: readonly UriRule[] = ['loose', 'strict'];

const URIS = [
  'com.example.topic',
  'com',
  'com.myapp.topic_1',
  'wamp.session.on_join',
  'COM.Example',
  'com.exämple.日本',
  'com.example-1.x$y/z',
  '',
  '.',
  '..',
  'com.',
  'com.example.',
  '.com',
  'com..topic',
  'com...topic',
  '..topic',
  'a..b.',
  ' ',
  'com. .topic',
  'com.exa mple',
  'com.example\n',
  'com.example\t.x',
  'com\u00a0example',
  'com.exa#mple',
  '#',
];

describe('isUri', () => {
  it.each(RULES.flatMap((rule) => POLICIES.map((match) => [rule, match] as const)))(
    '%s, %s: as the spec has it',
    (rule, match) => {
      for (const uri of URIS) expect([uri, isUri(uri, match, rule)]).toEqual([uri, SPEC[rule][match].test(uri)]);
    },
  );

  it('is exact and loose unless told otherwise', () => {
    expect(isUri('Com.example')).toBe(true);
    expect(isUri('com..example')).toBe(false);
    expect(isUri('com.example.', 'prefix')).toBe(true);
    expect(isUri('Com.example', 'exact', 'strict')).toBe(false);
  });

  it('has a limit to its length, and takes no time over hostile text', () => {
    expect(isUri('a'.repeat(MAX_URI_LENGTH))).toBe(true);
    expect(isUri('a'.repeat(MAX_URI_LENGTH + 1))).toBe(false);
    expect(isUri(`${'a.'.repeat(5_000_000)}#`, 'wildcard')).toBe(false);
  });
});

describe('matchPolicy', () => {
  it.each<[unknown, MatchPolicy | undefined]>([
    [undefined, 'exact'],
    [null, 'exact'],
    ['exact', 'exact'],
    ['prefix', 'prefix'],
    ['wildcard', 'wildcard'],
    ['Exact', undefined],
    ['', undefined],
    [1, undefined],
    [['exact'], undefined],
  ])('of %j is %j', (option, policy) => {
    expect(matchPolicy(option)).toBe(policy);
  });
});

describe('isReserved', () => {
  it.each([
    ['wamp', true],
    ['wamp.', true],
    ['wamp.session.count', true],
    ['wampire.topic', false],
    ['com.wamp', false],
    ['WAMP.x', false],
    ['', false],
  ])('%j: %j', (uri, reserved) => {
    expect(isReserved(uri)).toBe(reserved);
  });
});

describe('matchesUri', () => {
  it.each<[MatchPolicy, string, string, boolean]>([
    ['exact', 'com.app.topic', 'com.app.topic', true],
    ['exact', 'com.app.topic', 'com.app.topic1', false],
    ['exact', 'com.app.topic', 'com.app', false],
    // The examples of the spec, Pattern-based Subscriptions.
    ['prefix', 'com.myapp.topic.emergency', 'com.myapp.topic.emergency.11', true],
    ['prefix', 'com.myapp.topic.emergency', 'com.myapp.topic.emergency-low', true],
    ['prefix', 'com.myapp.topic.emergency', 'com.myapp.topic.emergency.category.severe', true],
    ['prefix', 'com.myapp.topic.emergency', 'com.myapp.topic.emergency', true],
    ['prefix', 'com.myapp.topic.emergency', 'com.myapp.topic', false],
    ['prefix', 'com.myapp.topic.emergency', 'org.myapp.topic.emergency', false],
    ['prefix', '', 'any.thing', true],
    ['prefix', 'com.app.top', 'com.app.topic', true],
    ['wildcard', 'com.myapp..userevent', 'com.myapp.foo.userevent', true],
    ['wildcard', 'com.myapp..userevent', 'com.myapp.bar.userevent', true],
    ['wildcard', 'com.myapp..userevent', 'com.myapp.foo.userevent.bar', false],
    ['wildcard', 'com.myapp..userevent', 'com.myapp.foo.user', false],
    ['wildcard', 'com.myapp..userevent', 'com.myapp2.foo.userevent', false],
    ['wildcard', '.', 'a.b', true],
    ['wildcard', '..', 'a.b', false],
    ['wildcard', '', 'a', true],
    ['wildcard', 'a.', 'a.b', true],
    ['wildcard', '.b', 'a.b', true],
    ['wildcard', '.b', 'a.c', false],
  ])('%s %j and %j: %j', (match, pattern, uri, matches) => {
    expect(matchesUri(pattern, match, uri)).toBe(matches);
  });
});
