import { Decoder, Encoder } from 'cbor-x';
import { versionOf } from '../measure/versions.mjs';
import { connectFloor } from './floor.mjs';

/** The floor with the fastest decoder there is for CBOR, which however writes ids beyond 2^32 as floats. */

const encoder = new Encoder({ useRecords: false });
const decoder = new Decoder({ useRecords: false });

const format = {
  subprotocol: 'wamp.2.cbor',
  encode: (/** @type {unknown} */ message) => encoder.encode(message),
  decode: (/** @type {Buffer} */ data) => decoder.decode(data),
};

/** @type {import('../measure/contestant.mjs').Contestant} */
export default {
  name: 'floor-cbor-x',
  label: 'floor, cbor-x',
  version: `ws ${versionOf('ws')}, cbor-x ${versionOf('cbor-x')}`,
  serializers: ['cbor'],
  connect: (options) => connectFloor(options, { format }),
};
