import { mergeMap, Observable, of, timer } from 'rxjs';
import type { Uri } from '../../protocol/message.js';
import type { InterfaceKind } from '../../protocol/reflection.js';
import { isReserved } from '../../protocol/uri.js';
import type { Action, Authorizer } from '../authorizer.js';
import type { RouterContext } from '../context.js';
import type { Session } from '../session/session.js';
import { REFLECTION_LIMITS } from './limits.js';

const { maxQuestions } = REFLECTION_LIMITS;

/** What one has to be allowed, either of it, to know of something: to use it, or to provide it. */
const ACTIONS: Readonly<Record<Exclude<InterfaceKind, 'error'>, readonly [use: Action, provide: Action]>> = {
  procedure: ['call', 'register'],
  topic: ['subscribe', 'publish'],
};

/** Who may know of what. The realm's authorizer is asked, with no options; errors are for everybody. */
export class Visibility {
  readonly #authorizer: Authorizer;
  readonly #timeoutMs: number;

  constructor(authorizer: Authorizer, { limits }: RouterContext) {
    this.#authorizer = authorizer;
    this.#timeoutMs = limits.authorizationTimeoutMs;
  }

  /**
   * Those of the URIs that a session may know of, in no order. Emits them once, at once where the authorizer decides at
   * once, and completes; never errors. What is not decided in the time of one decision is left out, so that an answer that
   * does not come keeps no other back.
   */
  of(session: Session, kind: InterfaceKind, uris: readonly Uri[]): Observable<readonly Uri[]> {
    if (kind === 'error') return of(uris);
    return new Observable((subscriber) => {
      const visible: Uri[] = [];
      let asked = 0;
      let decided = 0;
      let isAsking = false;
      const done = (): void => {
        subscriber.next(visible);
        subscriber.complete();
      };
      // A loop, as answers that come at once would nest as deep as the list is long.
      const ask = (): void => {
        if (isAsking) return;
        isAsking = true;
        while (asked < uris.length && asked - decided < maxQuestions && !subscriber.closed) {
          const uri = uris[asked++];
          if (uri !== undefined) subscriber.add(this.#maySee(session, kind, uri).subscribe(answered(uri)));
        }
        isAsking = false;
        if (decided === uris.length) done();
      };
      const answered =
        (uri: Uri) =>
        (maySee: boolean): void => {
          decided++;
          if (maySee) visible.push(uri);
          ask();
        };
      subscriber.add(timer(this.#timeoutMs).subscribe(done));
      ask();
    });
  }

  #maySee(session: Session, kind: keyof typeof ACTIONS, uri: Uri): Observable<boolean> {
    const [use, provide] = ACTIONS[kind];
    return this.#isAllowed(session, use, uri).pipe(
      // Nobody provides what is the router's own.
      mergeMap((mayUse) => (mayUse || isReserved(uri) ? of(mayUse) : this.#isAllowed(session, provide, uri))),
    );
  }

  /** Unlike the session's own requests this does not keep its further messages waiting. */
  #isAllowed({ details }: Session, action: Action, uri: Uri): Observable<boolean> {
    return new Observable((subscriber) => {
      const hold: Session['hold'] = (answer, then) => {
        subscriber.add(answer.subscribe(then));
      };
      this.#authorizer.check({ details, hold }, action, uri, {}, ({ allowed }) => {
        subscriber.next(allowed);
        subscriber.complete();
      });
    });
  }
}
