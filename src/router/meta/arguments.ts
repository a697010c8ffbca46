import { WampError } from '../../protocol/errors.js';
import { isId } from '../../protocol/id.js';
import { isDict } from '../../protocol/dict.js';
import type { Dict, Id, List, Uri } from '../../protocol/message.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { MetaCall } from './meta-call.js';

type Guard<T> = (value: unknown) => value is T;

/** The error that answers a meta call whose arguments are not what they should be. */
export const invalidArgument = (name: string, want: string): WampError =>
  new WampError(ErrorUri.INVALID_ARGUMENT, { args: [`${name} must be ${want}`] });

function check<T>(value: unknown, name: string, is: Guard<T>, want: string): T {
  if (!is(value)) throw invalidArgument(name, want);
  return value;
}

/** A positional argument, counted from 0. @throws {WampError} when it is not of the type. */
export const positional = <T>({ args }: MetaCall, at: number, name: string, is: Guard<T>, want: string): T =>
  check(args[at], name, is, want);

/** A value that may be absent or null. @throws {WampError} when it is there and of another type. */
export const optional = <T>(value: unknown, name: string, is: Guard<T>, want: string): T | undefined =>
  value === undefined || value === null ? undefined : check(value, name, is, want);

/** The first positional argument as an id. */
export const idArgument = (call: MetaCall, name: string, at = 0): Id => positional(call, at, name, isId, 'an id');

/** The first positional argument as a URI, which need not be well-formed. */
export const uriArgument = (call: MetaCall, name: string): Uri => positional(call, 0, name, isString, 'a URI');

export const isString = (value: unknown): value is string => typeof value === 'string';
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
export const isList = (value: unknown): value is List => Array.isArray(value);
export const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((member) => typeof member === 'string');
export const isDictionary = (value: unknown): value is Dict => isDict(value);
