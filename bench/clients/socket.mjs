import { FIRST_SUBSCRIPTION } from '../peer/session.mjs';
import { versionOf } from '../measure/versions.mjs';
import { Code } from '../wire/codes.mjs';
import { connectFloor } from './floor.mjs';

/** Below the floor: events are told by their first bytes and not decoded. Only good for receiving events of one topic. */

const EVENT = [Code.EVENT, FIRST_SUBSCRIPTION, 1, {}, ['']];
const [THREE, SIX] = [0x33, 0x36];

const format = {
  subprotocol: 'wamp.2.json',
  encode: (/** @type {unknown} */ message) => JSON.stringify(message),
  decode: (/** @type {Buffer} */ data) => (data[1] === THREE && data[2] === SIX ? EVENT : JSON.parse(data.toString())),
};

/** @type {import('../measure/contestant.mjs').Contestant} */
export default {
  name: 'socket',
  label: 'socket only',
  version: `ws ${versionOf('ws')}`,
  serializers: ['json'],
  decodes: false,
  connect: (options) => connectFloor(options, { format }),
};
