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

  test.each(casesByPage())(
    'an index on every path of a filter changes no answer: %s',
    async (_page, cases) => {
      const target = driverTarget(client.db());
      for (const one of cases) {
        if (one.operation.kind !== 'find' || one.operation.sort || one.operation.projection) continue;
        await runCase(one, target);
        for (const path of Object.keys(one.operation.filter)) {
          if (!path.startsWith('$') && path !== '_id') await indexUnlessAmbiguous(path);
        }
        expect({ [one.title]: sorted(await runCase(one, target)) }).toEqual({
          [one.title]: sorted(expectedOf(one)),
        });
      }
    },
  );

  async function indexUnlessAmbiguous(path: string): Promise<void> {
    try {
      await client
        .db()
        .collection('cases')
        .createIndex({ [path]: 1 });
    } catch (error) {
      expect(error).toMatchObject({ code: 16746 });
    }
  }
});

/** Ids without their order, which an index may change. */
function sorted(answer: string): unknown {
  const parsed: unknown = JSON.parse(answer);
  return Array.isArray(parsed) ? parsed.map((id) => JSON.stringify(id)).sort() : parsed;
}
