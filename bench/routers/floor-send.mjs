import { versionOf } from '../measure/versions.mjs';
import { sendEach, startFloor } from './floor.mjs';

/** @type {import('../measure/router.mjs').RouterContestant} */
export default {
  name: 'floor-send',
  label: 'floor: sent to each',
  version: `ws ${versionOf('ws')}`,
  start: startFloor(sendEach),
};
