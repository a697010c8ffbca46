import { WampError } from '../../protocol/errors.js';
import type { Id, Uri } from '../../protocol/message.js';
import { isUri } from '../../protocol/uri.js';
import * as CloseUri from '../../protocol/close-uris.js';
import * as ErrorUri from '../../protocol/error-uris.js';
import type { Session } from '../session/session.js';
import { idArgument, isString, isStrings, optional, positional } from './arguments.js';
import { describeSession } from './descriptions.js';
import type { MetaCall, MetaProcedure } from './meta-call.js';

/**
 * `wamp.session.count`, `list`, `get` and those that kill.
 *
 * @see WAMP spec, Session Meta API
 */
export function sessionProcedures(sessions: ReadonlyMap<Id, Session>): [Uri, MetaProcedure][] {
  const filtered = (call: MetaCall): Session[] => {
    const roles = optional(call.args[0], 'filter_authroles', isStrings, 'a list of strings');
    return [...sessions.values()].filter(({ details }) => roles?.includes(details.authrole) ?? true);
  };
  const find = (call: MetaCall): Session => {
    const session = sessions.get(idArgument(call, 'session'));
    if (session === undefined) throw new WampError(ErrorUri.NO_SUCH_SESSION);
    return session;
  };
  const killBy =
    (attribute: 'authid' | 'authrole', result: (killed: readonly Id[]) => unknown): MetaProcedure =>
    (call) => {
      const wanted = positional(call, 0, attribute, isString, 'a string');
      const killed = kill(
        call,
        [...sessions.values()].filter(({ details }) => details[attribute] === wanted),
      );
      call.result([result(killed)]);
    };
  return [
    ['wamp.session.count', (call) => call.result([filtered(call).length])],
    ['wamp.session.list', (call) => call.result([filtered(call).map(({ id }) => id)])],
    ['wamp.session.get', (call) => call.result([describeSession(find(call).details)])],
    [
      'wamp.session.kill',
      (call) => {
        if (kill(call, [find(call)]).length === 0) throw new WampError(ErrorUri.NO_SUCH_SESSION);
        call.result();
      },
    ],
    ['wamp.session.kill_by_authid', killBy('authid', (killed) => killed)],
    ['wamp.session.kill_by_authrole', killBy('authrole', (killed) => killed.length)],
    ['wamp.session.kill_all', (call) => call.result([kill(call, [...sessions.values()], true).length])],
  ];
}

/** Ends sessions, never the caller's own, once the call has been answered. @returns the ids of those that end. */
function kill(call: MetaCall, sessions: readonly Session[], quietly = false): Id[] {
  const reason = optional(call.kwargs['reason'], 'reason', isString, 'a URI') ?? CloseUri.KILLED;
  const message = optional(call.kwargs['message'], 'message', isString, 'a string');
  if (!isUri(reason)) throw new WampError(ErrorUri.INVALID_URI);
  const victims = sessions.filter((session) => session !== call.caller);
  for (const victim of victims) victim.dismiss(reason, message, quietly);
  return victims.map(({ id }) => id);
}
