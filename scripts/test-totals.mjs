import { existsSync, readFileSync } from 'node:fs';

/**
 * Prints `N passed, N failed, N skipped` from the file that `jest --json --outputFile` wrote. A suite that did
 * not even start counts as one failed test, and so does a run that wrote nothing.
 */
const [file = ''] = process.argv.slice(2);

/** @type {Record<string, number>} */
const results = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { numRuntimeErrorTestSuites: 1 };
const total = (/** @type {string[]} */ ...fields) => fields.reduce((sum, field) => sum + (results[field] ?? 0), 0);

const passed = total('numPassedTests');
const failed = total('numFailedTests', 'numRuntimeErrorTestSuites');
const skipped = total('numPendingTests', 'numTodoTests');
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
