import { versionOf } from '../measure/versions.mjs';
import { cork, frameOnceCorked, startFloor } from './floor.mjs';

/** @type {import('../measure/router.mjs').RouterContestant} */
export default {
  name: 'floor-corked',
  label: 'floor: corked',
  version: `ws ${versionOf('ws')}`,
  start: startFloor(frameOnceCorked, cork),
};
