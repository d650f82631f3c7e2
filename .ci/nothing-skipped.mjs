// Fails when a test was skipped: in continuous integration everything that a test needs is installed.
import { readFileSync, rmSync } from 'node:fs';

const file = process.argv[2];
const results = JSON.parse(readFileSync(file, 'utf8'));
rmSync(file);
const skipped = results.testResults.flatMap((suite) =>
  suite.assertionResults
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName, status }) => `${fullName}: ${status}`),
);
console.log(`${results.numPassedTests} passed, ${results.numFailedTests} failed, ${skipped.length} skipped`);
if (skipped.length > 0) {
  console.error(skipped.join('\n'));
  process.exit(1);
}
