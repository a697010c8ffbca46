import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';

/**
 * @typedef {object} Machine
 * @property {string} cpu
 * @property {number} cores
 * @property {number} memoryGib
 * @property {string} system
 * @property {string} node
 * @property {string} v8
 */

/** @returns {Machine} */
export const machine = () => ({
  cpu: cpus()[0]?.model.trim() || arch(),
  cores: availableParallelism(),
  memoryGib: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${release()} ${arch()}`,
  node: process.version,
  v8: process.versions.v8,
});

/** @param {Machine} machine */
export const machineText = ({ cpu, cores, memoryGib, system, node }) =>
  `${cpu}, ${cores} cores, ${memoryGib} GiB, ${system}, Node ${node}`;

/** Whether others had work for more than a quarter of it. @param {{ machine: Machine, load: number }} conditions */
export const isBusy = ({ machine: { cores }, load }) => load > cores / 4;
