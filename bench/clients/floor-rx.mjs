import { Subject } from 'rxjs';
import { versionOf } from '../measure/versions.mjs';
import { connectFloor } from './floor.mjs';

/** The floor with an RxJS Subject for each subscription: what the notion of an Observable costs by itself. */

/** @param {(args: any) => void} onEvent */
const target = (onEvent) => {
  const subject = new Subject();
  subject.subscribe(onEvent);
  return subject;
};

/** @type {import('../measure/contestant.mjs').Contestant} */
export default {
  name: 'floor-rx',
  version: `ws ${versionOf('ws')}, rxjs ${versionOf('rxjs')}`,
  serializers: ['json'],
  connect: (options) => connectFloor(options, { target }),
};
