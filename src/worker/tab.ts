import { Subscription } from 'rxjs';
import { codeName } from '../protocol/code.js';
import * as Code from '../protocol/codes.js';
import {
  isConnectionLostError,
  isOverflowError,
  isProtocolViolationError,
  ProtocolViolationError,
} from '../protocol/errors.js';
import type { Dict, Hello, Uri, WampMessage } from '../protocol/message.js';
import * as CloseUri from '../protocol/close-uris.js';
import * as ErrorUri from '../protocol/error-uris.js';
import { after } from '../session/after.js';
import { heartbeat } from '../session/heartbeat.js';
import type { Link } from '../transports/link.js';
import type { ShareLimits } from './limits.js';
import type { Member } from './member.js';
import type { Relay } from './relay.js';

/** How long a tab has to say HELLO, and later to answer our GOODBYE. */
const PATIENCE_MS = 2_000;

/** What a tab asks of the connection it shares. */
export interface TabHost {
  readonly limits: ShareLimits;
  readonly realm: Uri;
  /** It wants to join: sooner or later `welcome` or `abort` is called. */
  readonly hello: (tab: Tab) => void;
  /** Why there is no session yet, if that is known. */
  readonly reason: () => string | undefined;
  /** It is no more. */
  readonly gone: (tab: Tab) => void;
}

/** One tab: its opening handshake, its part in the session, and its end, whoever brings it about. */
export class Tab {
  readonly #link: Link;
  readonly #host: TabHost;
  /** Asked for signs of life, where nothing else tells of its end. */
  readonly #isAsked: boolean;
  readonly #alive = new Subscription();
  #timer = Subscription.EMPTY;
  #state: 'opening' | 'waiting' | 'joined' | 'closing' | 'over' = 'opening';
  #hello: Dict = {};
  #joined: { readonly relay: Relay; readonly member: Member } | undefined;

  /** @param isWatched whether the platform itself tells when the tab is gone. */
  constructor(link: Link, isWatched: boolean, host: TabHost) {
    this.#link = link;
    this.#host = host;
    this.#isAsked = !isWatched;
  }

  /** Whether it shares this session. */
  isIn(relay: Relay): boolean {
    return this.#joined?.relay === relay;
  }

  /** Whether it wants to join. */
  get isWaiting(): boolean {
    return this.#state === 'waiting';
  }

  /** Begins to read. */
  open(): void {
    this.#after(PATIENCE_MS, () => {
      this.abort(ErrorUri.TIMEOUT, `no HELLO within ${String(PATIENCE_MS)} ms`);
    });
    this.#alive.add(
      this.#link.subscribe({
        next: (message) => {
          this.#receive(message);
        },
        error: (error: unknown) => {
          if (isConnectionLostError(error)) this.#gone();
          else this.#violated(error);
        },
        complete: () => {
          this.#gone();
        },
      }),
    );
    this.#watch();
  }

  /** There is a session: it joins. */
  welcome(relay: Relay): void {
    if (this.#state !== 'waiting') return;
    this.#timer.unsubscribe();
    this.#state = 'joined';
    const { id, details } = relay.session;
    // In place before it is told: over a memory link its first request comes before that returns.
    this.#joined = { relay, member: relay.join(this.#link, this.#hello) };
    this.#link.next([Code.WELCOME, id, details]);
  }

  /** There will be no session for it now. */
  abort(reason: Uri, text: string): void {
    if (this.#state === 'over') return;
    this.#link.next([Code.ABORT, { message: text }, reason]);
    this.#end(() => {
      this.#link.complete();
    });
  }

  /** Its session is over. */
  dismiss(reason: Uri, text: string): void {
    if (this.#state !== 'joined') {
      if (this.#state !== 'closing') this.abort(reason, text);
      return;
    }
    this.#leave();
    this.#state = 'closing';
    this.#link.next([Code.GOODBYE, { message: text }, reason]);
    this.#after(PATIENCE_MS, () => {
      this.#cut();
    });
  }

  #receive(message: WampMessage): void {
    const joined = this.#joined;
    if (this.#state === 'over') return;
    if (message[0] === Code.ABORT) {
      this.#end(() => {
        this.#link.complete();
      });
    } else if (this.#state === 'closing') {
      if (message[0] !== Code.GOODBYE) return;
      this.#end(() => {
        this.#link.complete();
      });
    } else if (joined !== undefined) {
      this.#handle(message, joined);
    } else if (this.#state === 'opening' && message[0] === Code.HELLO) {
      this.#join(message);
    } else {
      const what = `${codeName(message[0])} has no place in the opening handshake`;
      this.#violated(new ProtocolViolationError(what, { attempted: 'receive' }));
    }
  }

  #join([, realm, details]: Hello): void {
    if (realm !== this.#host.realm) {
      this.abort(ErrorUri.NO_SUCH_REALM, `the shared connection is to the realm ${this.#host.realm}`);
      return;
    }
    const { joinTimeoutMs } = this.#host.limits;
    this.#hello = details;
    this.#state = 'waiting';
    this.#after(joinTimeoutMs, () => {
      const why = this.#host.reason();
      this.abort(ErrorUri.UNAVAILABLE, `no shared session yet${why === undefined ? '' : `: ${why}`}`);
    });
    this.#host.hello(this);
  }

  #handle(message: WampMessage, { relay, member }: { readonly relay: Relay; readonly member: Member }): void {
    if (message[0] === Code.GOODBYE) {
      this.#leave();
      this.#link.next([Code.GOODBYE, {}, CloseUri.GOODBYE_AND_OUT]);
      this.#end(() => {
        this.#link.complete();
      });
      return;
    }
    try {
      relay.route(member, message);
    } catch (error) {
      if (!isProtocolViolationError(error)) throw error;
      this.#violated(error);
    }
  }

  /** It broke the protocol: it alone has to go. */
  #violated(error: unknown): void {
    if (this.#state === 'over') return;
    const reason = isOverflowError(error) ? ErrorUri.PAYLOAD_SIZE_EXCEEDED : ErrorUri.PROTOCOL_VIOLATION;
    this.#link.next([Code.ABORT, { message: error instanceof Error ? error.message : 'protocol violation' }, reason]);
    this.#end(() => {
      this.#link.error(error);
    });
  }

  /** Asks a tab for signs of life that no lock tells of. */
  #watch(): void {
    if (!this.#isAsked || this.#link.ping === undefined) return;
    const { tabSilenceMs: intervalMs, tabAnswerMs: timeoutMs } = this.#host.limits;
    const pulse = { probe: () => undefined, isPaused: false };
    this.#alive.add(
      heartbeat(this.#link, { intervalMs, timeoutMs }, pulse).subscribe({
        error: () => {
          this.#cut();
        },
      }),
    );
  }

  #cut(): void {
    this.#end(() => {
      this.#link.terminate();
    });
  }

  #gone(): void {
    this.#end(() => undefined);
  }

  /** Takes it out of the session, with all it had there. */
  #leave(): void {
    const joined = this.#joined;
    this.#joined = undefined;
    joined?.relay.leave(joined.member);
  }

  #end(hangUp: () => void): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#timer.unsubscribe();
    this.#leave();
    this.#alive.unsubscribe();
    hangUp();
    this.#host.gone(this);
  }

  #after(ms: number, work: () => void): void {
    this.#timer.unsubscribe();
    this.#timer = after(ms).subscribe(work);
  }
}
