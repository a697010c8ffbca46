import { versionOf } from '../measure/versions.mjs';
import { frameOnce, startFloor } from './floor.mjs';

/** @type {import('../measure/router.mjs').RouterContestant} */
export default {
  name: 'floor-once',
  label: 'floor: frame built once',
  version: `ws ${versionOf('ws')}`,
  start: startFloor(frameOnce),
};
