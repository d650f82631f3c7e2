import { describe, expect, test } from '@jest/globals';

import { CASES, casesByPage } from './index.ts';
import { expectedOf, pureTarget, runCase } from './run.ts';

describe.each(casesByPage())('manual: %s', (_manual, cases) => {
  test.each(cases.map((one) => [one.title, one] as const))('%s', async (_title, one) => {
    expect(await runCase(one, pureTarget)).toBe(expectedOf(one));
  });
});

test('the table has at least 250 cases, each named once on its page', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(250);
  expect(new Set(CASES.map((one) => `${one.manual}: ${one.title}`)).size).toBe(CASES.length);
});
