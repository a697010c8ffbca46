import * as ErrorUri from '../protocol/error-uris.js';
import { UsageError } from '../protocol/errors.js';

const refuse = (operator: string, what: string): UsageError =>
  new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: operator });

/** @throws {UsageError} unless the option is a number that is at least `least`; Infinity is one. */
export function checkNumber(operator: string, name: string, value: number, least: number): void {
  if (typeof value !== 'number' || !(value >= least))
    throw refuse(operator, `${name} must be a number ≥ ${least}, not ${String(value)}`);
}

/** @throws {UsageError} unless the option is an integer that is at least `least`. */
export function checkCount(operator: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw refuse(operator, `${name} must be an integer ≥ ${least}, not ${String(value)}`);
}

/** @throws {UsageError} unless the option is one of `choices`. */
export function checkChoice<V extends string>(operator: string, name: string, value: V, choices: readonly V[]): void {
  if (!choices.includes(value)) throw refuse(operator, `${name} must be ${choices.join(' or ')}, not ${value}`);
}

/** @throws {UsageError} that an option asks for another one which was not given. */
export function checkGiven(operator: string, what: string, isGiven: boolean): void {
  if (!isGiven) throw refuse(operator, what);
}
