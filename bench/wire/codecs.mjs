import { Decoder, Encoder } from '@msgpack/msgpack';
import * as cborg from 'cborg';

/**
 * What the scripted peer and the load generators speak.
 *
 * @typedef {'json' | 'msgpack' | 'cbor'} Serializer
 * @typedef {object} Codec
 * @property {Serializer} name
 * @property {string} subprotocol
 * @property {boolean} binary
 * @property {(message: unknown) => Buffer} encode
 * @property {(bytes: Uint8Array) => unknown} decode
 */

const msgpackEncoder = new Encoder();
const msgpackDecoder = new Decoder();

/** @type {Record<Serializer, Codec>} */
export const codecs = {
  json: {
    name: 'json',
    subprotocol: 'wamp.2.json',
    binary: false,
    encode: (message) => Buffer.from(JSON.stringify(message)),
    decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()),
  },
  msgpack: {
    name: 'msgpack',
    subprotocol: 'wamp.2.msgpack',
    binary: true,
    encode: (message) => Buffer.from(msgpackEncoder.encode(message)),
    decode: (bytes) => msgpackDecoder.decode(bytes),
  },
  cbor: {
    name: 'cbor',
    subprotocol: 'wamp.2.cbor',
    binary: true,
    encode: (message) => Buffer.from(cborg.encode(message)),
    decode: (bytes) => cborg.decode(bytes),
  },
};

/** How a serializer is called where people read. */
export const serializerNames = { json: 'JSON', msgpack: 'MessagePack', cbor: 'CBOR' };
