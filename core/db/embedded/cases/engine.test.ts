import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';

import { testDatabaseUri } from '../../../../test/support/database.ts';
import { casesByPage } from './index.ts';
import { driverTarget, expectedOf, runCase } from './run.ts';

describe('the table of cases, asked through the driver', () => {
  const client = new MongoClient(testDatabaseUri());

  beforeAll(() => client.connect());

  afterAll(async () => {
    await client.db().dropDatabase();
    await client.close();
  });

  test.each(casesByPage())('manual: %s', async (_page, cases) => {
    const target = driverTarget(client.db());
    for (const one of cases) {
      expect({ [one.title]: await runCase(one, target) }).toEqual({ [one.title]: expectedOf(one) });
    }
  });
});
