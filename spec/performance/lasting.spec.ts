import { describe, expect, it } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import type { EventMessage, Result } from '../../src/protocol/message.js';
import { toEvent, WampEvent } from '../../src/session/event.js';
import { toResult, WampResult } from '../../src/session/result.js';

setFlagsFromString('--allow-natives-syntax');
/** Whether V8 gives two objects one shape. It can only be asked in code that is compiled after the flag was set. */
const haveOneShape = new Script('(a, b) => %HaveSameMap(a, b)').runInThisContext() as (a: object, b: object) => boolean;

const decoded = (text: string): unknown => JSON.parse(text);

describe('objects that come in masses', () => {
  // Its code is compiled again after every full collection otherwise.
  it.each([
    ['small ids', '[36,7,8,{},["x"]]'],
    ['ids of any size', '[36,5512315355,1234567890123456,{},["x"]]'],
    ['no payload', '[36,7,1234567890123456,{"retained":true}]'],
    ['keyword arguments', '[36,7,1234567890123456,{},[],{"a":1}]'],
  ])('have a shape that lasts: events with %s', (_, text) => {
    const event = toEvent(decoded(text) as EventMessage, 'com.example.topic');
    expect(haveOneShape(event, WampEvent.lasting)).toBe(true);
  });

  it.each(['[50,7,{},["x"]]', '[50,1234567890123456,{"progress":true}]'])('results, as in %s', (text) => {
    expect(haveOneShape(toResult(decoded(text) as Result), WampResult.lasting)).toBe(true);
  });

  it('can be told from others', () => {
    expect(haveOneShape(WampEvent.lasting, WampResult.lasting)).toBe(false);
  });
});
