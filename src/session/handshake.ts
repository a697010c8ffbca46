import { concat, defer, forkJoin, from, ignoreElements, Observable, of, Subscription } from 'rxjs';
import type { AuthContext, Authenticator } from '../auth/authenticator.js';
import { codeName } from '../protocol/code.js';
import * as Code from '../protocol/codes.js';
import * as ErrorUri from '../protocol/error-uris.js';
import {
  ConnectionLostError,
  ConnectionRefusedError,
  isRxWampError,
  ProtocolViolationError,
  TimeoutError,
  WampError,
} from '../protocol/errors.js';
import type { Roles } from '../protocol/features.js';
import type { Abort, Challenge, Uri, WampMessage, Welcome } from '../protocol/message.js';
import { isRefusal } from '../protocol/uris.js';
import type { Link } from '../transports/link.js';
import { after } from './after.js';
import { CLIENT_ROLES } from './client-features.js';
import { helloDetails, toOffers, type Offer } from './hello.js';

/** What a session is opened with. */
export interface HandshakeOptions {
  readonly realm: Uri;
  readonly agent: string;
  /** What the client announces. Default: {@link CLIENT_ROLES}. */
  readonly roles?: Roles | undefined;
  /** Offered in this order; none means anonymous. */
  readonly authenticators: readonly Authenticator[];
  /** Bound of the whole handshake. */
  readonly timeoutMs: number;
  /** Called when the router asks for proof. */
  readonly challenged?: (() => void) | undefined;
}

/**
 * Opens a session: HELLO, as many rounds of CHALLENGE as the router wants, WELCOME.
 *
 * @returns emits the WELCOME and completes; errors with `ConnectionRefusedError` when the router ABORTs,
 * `AuthenticationError` when a CHALLENGE cannot be answered or the router does not prove itself, `ProtocolViolationError` when it
 * breaks the protocol, `TimeoutError`, `ConnectionLostError`. The link is then closed.
 * @see WAMP spec, Sessions / Session Establishment
 */
export function handshake(link: Link, options: HandshakeOptions): Observable<Welcome> {
  const { realm, agent, roles = CLIENT_ROLES, authenticators, timeoutMs, challenged } = options;
  const attempted = { attempted: 'HELLO', on: realm };
  return new Observable<Welcome>((subscriber) => {
    let offers: readonly Offer[] = [];
    let asked: Offer | undefined;
    /** Whether it is for us to speak: before HELLO, while a proof is made, while the router's own is checked. */
    let ourTurn = true;
    const answering = new Subscription();

    const fail = (error: unknown, reason?: Uri): void => {
      if (reason !== undefined) {
        // What a user's own function failed with is not the router's business.
        link.next([Code.ABORT, { message: isRxWampError(error) ? error.message : 'no credentials' }, reason]);
        if (reason === ErrorUri.PROTOCOL_VIOLATION) link.error(error);
        else link.complete();
      }
      subscriber.error(error);
    };
    const answer = ([, method, extra]: Challenge): void => {
      challenged?.();
      ourTurn = true;
      asked = offers.find((offer) => offer.method === method);
      const { attempt } = asked ?? {};
      if (attempt?.answer === undefined) {
        const what = `the router asks for ${JSON.stringify(method)}, which was not offered`;
        fail(
          new ConnectionRefusedError(what, { ...attempted, reason: ErrorUri.CANNOT_AUTHENTICATE, fatal: true }),
          ErrorUri.CANNOT_AUTHENTICATE,
        );
        return;
      }
      answering.add(
        defer(() => attempt.answer?.(extra) ?? []).subscribe({
          next: (proof) => {
            ourTurn = false;
            link.next([Code.AUTHENTICATE, proof.signature, proof.extra ?? {}]);
          },
          error: (error: unknown) => {
            fail(error, ErrorUri.CANNOT_AUTHENTICATE);
          },
        }),
      );
    };
    /** Whose check the router has to pass: by what it names in WELCOME alone it could choose one that checks nothing. */
    const provers = (named: unknown): readonly Offer[] => {
      if (asked !== undefined) return [asked];
      const offered = offers.filter(({ method }) => method === named);
      return offered.length > 0 ? offered : offers;
    };
    const welcome = (message: Welcome): void => {
      const [, , details] = message;
      ourTurn = true;
      const verified = concat(
        ...provers(details['authmethod']).map(({ attempt }) => defer(() => attempt.verify?.(details) ?? [])),
      ).pipe(ignoreElements());
      subscriber.add(
        concat(verified, of(message)).subscribe({
          next: (proven: Welcome) => {
            subscriber.next(proven);
            subscriber.complete();
          },
          error: (error: unknown) => {
            fail(error, ErrorUri.AUTHENTICATION_FAILED);
          },
        }),
      );
    };
    const violated = (error: unknown): void => {
      fail(error, ErrorUri.PROTOCOL_VIOLATION);
    };
    const receive = (message: WampMessage): void => {
      if (message[0] === Code.ABORT) {
        link.complete();
        subscriber.error(refusal(message, realm));
      } else if (message[0] === Code.CHALLENGE && !ourTurn) {
        answer(message);
      } else if (message[0] === Code.WELCOME && !ourTurn) {
        welcome(message);
      } else {
        const what = `${codeName(message[0])} has no place here in the opening handshake`;
        violated(new ProtocolViolationError(what, attempted));
      }
    };

    subscriber.add(answering);
    const receiving = link.subscribe({
      next: receive,
      error: (error: unknown) => {
        if (isRxWampError(error) && error.name !== 'ConnectionLostError') violated(error);
        else subscriber.error(error);
      },
      complete: () => {
        const at = link.info.peer === undefined ? '' : ` at ${link.info.peer}`;
        subscriber.error(
          new ConnectionLostError(`the router${at} closed the connection before it answered`, attempted),
        );
      },
    });
    subscriber.add(receiving);
    subscriber.add(
      after(timeoutMs).subscribe(() => {
        // The end of the link is our doing.
        receiving.unsubscribe();
        link.terminate();
        subscriber.error(new TimeoutError(timeoutMs, attempted));
      }),
    );
    const context: AuthContext = {
      realm,
      secure: link.info.secure || LOOPBACK.test(link.info.peer ?? ''),
      ...(link.info.channelBindings !== undefined && { channelBindings: link.info.channelBindings }),
    };
    const attempts = authenticators.map((one) => defer(() => from(one.begin(context))));
    subscriber.add(
      (attempts.length === 0 ? of([]) : forkJoin(attempts)).subscribe({
        next: (begun) => {
          try {
            offers = toOffers(authenticators, begun);
            const details = helloDetails(realm, agent, roles, offers);
            ourTurn = false;
            link.next([Code.HELLO, realm, details]);
          } catch (error) {
            fail(error);
          }
        },
        error: (error: unknown) => {
          fail(error);
        },
      }),
    );
  });
}

/** What stays on this machine nobody else reads: addresses as transports write them. */
const LOOPBACK = /^(tcp[46]:)?(localhost|127(\.\d+){3}|\[::(1|ffff:127(\.\d+){3})\])(:\d+)?$/;

/** The router's ABORT, as the error of the attempt. */
function refusal([, details, reason, args, kwargs]: Abort, realm: Uri): ConnectionRefusedError {
  const cause = new WampError(reason, { args, kwargs, details }, { attempted: 'HELLO', on: realm });
  const said = details['message'];
  const what = typeof said === 'string' ? `the router refused: ${reason} (${said})` : `the router refused: ${reason}`;
  return new ConnectionRefusedError(what, { attempted: 'HELLO', on: realm, reason, fatal: isRefusal(reason), cause });
}
