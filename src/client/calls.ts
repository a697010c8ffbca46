import { catchError, isObservable, map, Observable, throwError, type MonoTypeOperatorFunction } from 'rxjs';
import * as ErrorUri from '../protocol/error-uris.js';
import { isWampError, TimeoutError, UsageError } from '../protocol/errors.js';
import { isDict, NO_ENTRIES } from '../protocol/dict.js';
import type { Dict, Uri } from '../protocol/message.js';
import { toPayload, type PayloadInput } from '../protocol/payload.js';
import { after } from '../session/after.js';
import type { Arguments, CancelMode } from '../session/caller.js';
import { WampResult } from '../session/result.js';
import type { Session } from '../session/session.js';
import { checkFeatures, checkRequest } from './checks.js';
import type { Connection } from './connection.js';
import type { Outbox } from './outbox.js';
import { cancelModeFor, timeoutFor } from './quirks.js';
import { check, type ProcedureSchemas } from './schema.js';

/** Options of `call`. What has underscores or is of one word travels as CALL.Options, but for `progress`, which travels as `receive_progress`. */
export interface CallOptions {
  /** Whether progressive results are wanted. Default: false. Needs the router's `progressive_call_results`. */
  readonly progress?: boolean;
  /**
   * How long the call may take in all, waiting for a connection included, in milliseconds; then it errors with
   * `TimeoutError` and is cancelled. The router is told as well where it has `call_timeout`. Default: for ever.
   */
  readonly timeout?: number;
  /** Whether the callee learns who calls. Default: false. Needs `caller_identification`. */
  readonly disclose_me?: boolean;
  /** `'partition'`: calls with equal `rkey` go to the same of several callees. Needs the router's `sharded_registration`. */
  readonly runmode?: 'partition';
  /** See `runmode`. 1 to 4,096 characters. */
  readonly rkey?: string;
  /** What the callee is told when the caller unsubscribes: nothing, to stop and answer, or to stop. Default: `'killnowait'`. */
  readonly cancelMode?: CancelMode;
  /** Custom options of the router's, sent as they are. */
  readonly [custom: `_${string}` | `x_${string}`]: unknown;
}

/** One chunk of a streamed call: a payload, or a bare value that is its one argument. */
export type Chunk<Input = PayloadInput> = Input | string | number | bigint | boolean | null | Uint8Array;

const toChunk = (chunk: unknown, procedure: Uri): Arguments =>
  Array.isArray(chunk) || isDict(chunk)
    ? // `toPayload` refuses what is no payload.
      toPayload(chunk as PayloadInput, 'CALL', procedure)
    : [[chunk], {}];

/**
 * A call: waits for a session if there is none, sends CALL, and streams what comes back.
 *
 * @see the `call` method of the client, which documents it
 */
export function callProcedure(
  connection: Connection,
  outbox: Outbox,
  procedure: Uri,
  payload: PayloadInput | Observable<Chunk> | undefined,
  { progress, timeout, cancelMode = 'killnowait', ...custom }: CallOptions,
  schemas: ProcedureSchemas | undefined,
): Observable<WampResult> {
  const given: Dict = progress === true ? { ...custom, receive_progress: true } : custom;
  // One for all: a hundred thousand calls may wait.
  const asked = Object.keys(given).length === 0 ? NO_ENTRIES : given;
  const call$ = new Observable<WampResult>((observer) => {
    if (connection.isClosed) {
      observer.error(connection.closed('CALL', procedure));
      return;
    }
    let input: Arguments | Observable<Arguments>;
    try {
      checkRequest('CALL', procedure, { ...asked, timeout });
      checkCancelMode(procedure, cancelMode);
      input = isObservable(payload)
        ? payload.pipe(map((chunk) => toChunk(chunk, procedure)))
        : toPayload(payload, 'CALL', procedure);
    } catch (error) {
      observer.error(error);
      return;
    }
    const send = (session: Session): void => {
      const { info } = session;
      try {
        checkFeatures(info, 'CALL', procedure, { ...asked, progress: isObservable(input) });
      } catch (error) {
        observer.error(error);
        return;
      }
      const options = timeout === undefined ? asked : { ...asked, ...timeoutFor(info, timeout) };
      const request = { procedure, input, options, cancelMode: cancelModeFor(info, cancelMode) };
      observer.add(
        timeout === undefined
          ? session.caller.send(request, observer)
          : session.caller.call(request).pipe(timedOut(timeout, procedure)).subscribe(observer),
      );
    };
    if (timeout !== undefined && timeout > 0) {
      observer.add(
        after(timeout).subscribe(() => {
          observer.error(new TimeoutError(timeout, { attempted: 'CALL', on: procedure }));
        }),
      );
    }
    const { session } = connection;
    if (session !== undefined) send(session);
    else
      observer.add(
        outbox.add({
          on: procedure,
          send,
          fail: (error) => {
            observer.error(error);
          },
        }),
      );
  });
  return schemas === undefined ? call$ : call$.pipe(map((result) => checked(result, procedure, schemas)));
}

function checkCancelMode(on: Uri, mode: unknown): void {
  if (mode === 'skip' || mode === 'kill' || mode === 'killnowait') return;
  const what = 'the option cancelMode must be skip or kill or killnowait';
  throw new UsageError(ErrorUri.INVALID_ARGUMENT, what, { attempted: 'CALL', on });
}

/** The router may find the call out of time first; to the user it is the same. */
const timedOut = (timeout: number, on: Uri): MonoTypeOperatorFunction<WampResult> =>
  catchError((error: unknown) => {
    const late = isWampError(error) && error.uri === ErrorUri.TIMEOUT;
    return throwError(() => (late ? new TimeoutError(timeout, { attempted: 'CALL', on, cause: error }) : error));
  });

function checked(result: WampResult, procedure: Uri, { result: last, progress = last }: ProcedureSchemas): WampResult {
  const args = check(result.progress ? progress : last, result.args, 'RESULT', procedure);
  return new WampResult(args, result.kwargs, result.details);
}
