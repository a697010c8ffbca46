import { ReplaySubject, firstValueFrom } from 'rxjs';
import { ConnectionLostError, payload, WampError, type Dict, type List, type Payload, type Uri } from 'rxwamp';

/** A call of a procedure that the application offers, made by the test. */
export class TestInvocation {
  /** Progressive results so far. */
  readonly progress: readonly Payload[];
  readonly #progress: Payload[] = [];
  readonly #settled$ = new ReplaySubject<Payload>(1);
  readonly #interrupt: (mode: string) => void;
  #result: Payload | undefined;
  #error: WampError | undefined;

  /** @internal */
  constructor(
    /** The procedure or pattern that is called. */
    readonly uri: Uri,
    interrupt: (mode: string) => void,
  ) {
    this.progress = this.#progress;
    this.#interrupt = interrupt;
  }

  /** The result, once there is one. A handler that returns a Promise has none yet: see {@link settled}. */
  get result(): Payload | undefined {
    return this.#result;
  }

  /** What the handler failed with, once it has. */
  get error(): WampError | undefined {
    return this.#error;
  }

  /** Resolves with the result; rejects with the `WampError` the caller would get, or when the connection is lost before. */
  settled(): Promise<Payload> {
    return firstValueFrom(this.#settled$);
  }

  /** Tells the handler that the caller has cancelled. */
  cancel(mode: 'kill' | 'killnowait' = 'killnowait'): void {
    this.#interrupt(mode);
  }

  /** @internal */
  yielded(args: List, kwargs: Dict, isLast: boolean): void {
    const content = payload(args, kwargs);
    if (!isLast) {
      this.#progress.push(content);
      return;
    }
    this.#result = content;
    this.#settled$.next(content);
    this.#settled$.complete();
  }

  /** @internal */
  failed(uri: Uri, args?: List, kwargs?: Dict): void {
    this.#error = new WampError(uri, { args, kwargs }, { attempted: 'CALL', on: this.uri });
    this.#settled$.error(this.#error);
  }

  /** @internal */
  lost(): void {
    this.#settled$.error(
      new ConnectionLostError('the connection ended before the result came', { attempted: 'CALL', on: this.uri }),
    );
  }
}
