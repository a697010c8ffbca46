import { entries, websocket } from './scripts/manifest.mjs';

/** @param {string} text */
const escaped = (text) => text.replaceAll(/[./]/g, '\\$&');

/** `rxwamp` and its entries mean the sources here, as they do for the compiler (`paths` in tsconfig.json). */
const selfReferences = Object.fromEntries(
  entries.map(({ subpath, source }) => [`^rxwamp${escaped(subpath.slice(1))}$`, `<rootDir>/${source}`]),
);

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/spec/**/*.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/(build|dist|coverage)/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: 'tsconfig.json', diagnostics: { ignoreCodes: [151001] } }],
  },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^#websocket$': `<rootDir>/src/${websocket.node}.ts`,
    ...selfReferences,
  },
  // For what never comes, and not for a machine that is busy.
  testTimeout: 60_000,
  collectCoverageFrom: ['src/**/*.ts'],
  coverageReporters: ['text-summary', 'lcov'],
};
