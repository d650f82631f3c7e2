import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Collection, MongoClient } from 'mongodb';

import { testDatabaseUri } from '../../../../test/support/database.ts';
import type { Case } from './case.ts';
import { casesByPage } from './index.ts';
import { driverTarget, expectedOf, runCase } from './run.ts';

describe('the table of cases, asked through the driver', () => {
  const client = new MongoClient(testDatabaseUri(), { maxPoolSize: 8 });
  const target = driverTarget(client.db());

  beforeAll(() => client.connect());

  afterAll(async () => {
    await client.db().dropDatabase();
    await client.close();
  });

  test.each(casesByPage())('manual: %s', async (_page, cases) => {
    await Promise.all(
      cases.map(async (one) => {
        expect({ [one.title]: await runCase(one, target) }).toEqual({ [one.title]: expectedOf(one) });
      }),
    );
  });

  test.each(casesByPage().map(([page, cases]) => [page, cases.filter(findsByFilter)] as const))(
    'an index on every path of a filter changes no answer: %s',
    async (_page, cases) => {
      await Promise.all(cases.map(indexPaths));
      await Promise.all(
        cases.map(async (one) => {
          expect({ [one.title]: sorted(await runCase(one, target)) }).toEqual({
            [one.title]: sorted(expectedOf(one)),
          });
        }),
      );
    },
  );

  async function indexPaths({ documents, operation }: Case): Promise<void> {
    if (operation.kind !== 'find') return;
    const paths = Object.keys(operation.filter).filter((path) => !path.startsWith('$') && path !== '_id');
    for (const path of paths) await indexUnlessAmbiguous(await target.collectionOf(documents), path);
  }
});

async function indexUnlessAmbiguous(collection: Collection, path: string): Promise<void> {
  try {
    await collection.createIndex({ [path]: 1 });
  } catch (error) {
    expect(error).toMatchObject({ code: 16746 });
  }
}

function findsByFilter({ operation }: Case): boolean {
  return operation.kind === 'find' && !operation.sort && !operation.projection;
}

/** Ids without their order, which an index may change. */
function sorted(answer: string): unknown {
  const parsed: unknown = JSON.parse(answer);
  return Array.isArray(parsed) ? parsed.map((id) => JSON.stringify(id)).sort() : parsed;
}
