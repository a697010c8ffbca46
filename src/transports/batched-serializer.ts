import type { Serializer } from '../serializers/serializer.js';
import type { LinkPort, Socket } from './link.js';

/** Puts a socket under a link. */
export type Connect = (port: LinkPort) => Socket;

/** A serializer whose frames travel in batches; made by `batched`. */
export interface BatchedSerializer extends Serializer {
  /** Puts batches between a socket and its link. */
  readonly inBatches: (connect: Connect) => Connect;
}

/** How a link of this serializer is connected: by way of batches where the serializer asks for them. */
export const connecting = (serializer: Serializer | BatchedSerializer, connect: Connect): Connect =>
  'inBatches' in serializer ? serializer.inBatches(connect) : connect;
