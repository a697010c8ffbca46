import { ERROR } from './codes.js';
import type { ErrorMessage, Id, RequestCode, Uri } from './message.js';

/** The ERROR that answers a request, with a text for people if there is one. */
export const refusal = (requestType: RequestCode, request: Id, error: Uri, text: string | undefined): ErrorMessage =>
  text === undefined ? [ERROR, requestType, request, {}, error] : [ERROR, requestType, request, {}, error, [text]];
