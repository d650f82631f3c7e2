import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MongoClient, ObjectId } from 'mongodb';
import type { Collection, Document, IndexDescription } from 'mongodb';
import { testDatabaseUri } from '../../../../test/support/database.ts';

const client = new MongoClient(testDatabaseUri());

beforeAll(() => client.connect());
afterAll(async () => {
  await client.db().dropDatabase();
  await client.close();
});

interface Explained {
  index: string;
  /** The indexes that the branches of an `$or` are read by. */
  union: string[] | undefined;
  stage: string;
  keys: number;
  documents: number;
  returned: number;
}

async function explained(
  collection: Collection<Document>,
  filter: Document,
  options: { sort?: Record<string, 1 | -1>; limit?: number } = {},
): Promise<Explained> {
  const { queryPlanner, executionStats } = await collection.find(filter, options).explain('executionStats');
  const { winningPlan } = queryPlanner;
  return {
    stage: winningPlan.stage,
    index: winningPlan.inputStage?.indexName ?? '',
    union: (winningPlan.inputStage?.inputStages as Document[] | undefined)?.map(({ indexName }) => indexName),
    keys: executionStats.totalKeysExamined,
    documents: executionStats.totalDocsExamined,
    returned: executionStats.nReturned,
  };
}

describe('the planner', () => {
  let orders: Collection<Document>;

  beforeAll(async () => {
    orders = client.db().collection('orders');
    await orders.createIndexes([
      { key: { client: 1, at: -1 } },
      { key: { state: 1 }, partialFilterExpression: { state: 'PENDING' }, name: 'pending' },
      { key: { reference: 1 }, unique: true, sparse: true },
      { key: { tags: 1 } },
    ]);
    await orders.insertMany(
      Array.from({ length: 500 }, (_, n) => ({
        _id: new ObjectId(),
        client: n % 25,
        at: n,
        state: n % 10 === 0 ? 'PENDING' : 'DONE',
        tags: [`t${n % 5}`, `u${n % 3}`],
        ...(n % 2 === 0 && { reference: `r${n}` }),
      })),
    );
  });

  test('an indexed find examines what it returns', async () => {
    const exact = { stage: 'FETCH', keys: 20, documents: 20, returned: 20 };
    expect(await explained(orders, { client: 3 })).toMatchObject({ ...exact, index: 'client_1_at_-1' });
    expect(await explained(orders, { client: 3, at: { $gte: 100, $lt: 200 } })).toMatchObject({
      keys: 4,
      documents: 4,
      returned: 4,
    });
    expect(await explained(orders, { client: { $in: [1, 2] } })).toMatchObject({ keys: 40, returned: 40 });
    expect(await explained(orders, { reference: 'r8' })).toMatchObject({
      index: 'reference_1',
      keys: 1,
      returned: 1,
    });
    expect(await explained(orders, { state: 'PENDING' })).toMatchObject({
      index: 'pending',
      keys: 50,
      returned: 50,
    });
    expect(await explained(orders, { tags: 't1' })).toMatchObject({
      index: 'tags_1',
      keys: 100,
      returned: 100,
    });
  });

  test('an order that an index gives needs no sort, forwards or backwards, and stops at the limit', async () => {
    const newest = await explained(orders, { client: 3 }, { sort: { at: -1 }, limit: 5 });
    expect(newest).toMatchObject({ stage: 'FETCH', keys: 5, documents: 5, returned: 5 });
    const oldest = await explained(orders, { client: 3 }, { sort: { at: 1 }, limit: 5 });
    expect(oldest).toMatchObject({ stage: 'FETCH', keys: 5, documents: 5, returned: 5 });
    expect(await explained(orders, { client: 3 }, { sort: { state: 1 } })).toMatchObject({
      stage: 'SORT',
      keys: 20,
    });
  });

  test('an $or whose branches have an index each examines what it returns, each document once', async () => {
    const either = { $or: [{ client: 3 }, { reference: 'r8' }, { state: 'PENDING' }] };
    expect(await explained(orders, either)).toMatchObject({
      stage: 'FETCH',
      union: ['client_1_at_-1', 'reference_1', 'pending'],
      keys: 71,
      returned: 71,
    });
    const overlapping = { $or: [{ client: 0 }, { state: 'PENDING' }] };
    expect(await explained(orders, overlapping)).toMatchObject({ keys: 70, documents: 60, returned: 60 });
    const sorted = await explained(orders, { at: { $lt: 100 }, ...either }, { sort: { at: 1 } });
    expect(sorted).toMatchObject({ stage: 'SORT', keys: 55 });
    expect(await explained(orders, { $or: [{ client: 3 }, { at: 5 }] })).toMatchObject({ stage: 'COLLSCAN' });
  });

  test('an $or within one index keeps its order and stops at the limit, as a page after a cursor does', async () => {
    const after = { $or: [{ at: { $lt: 303 } }, { at: 303, _id: { $gt: new ObjectId() } }] };
    const page = await explained(orders, { client: 3, ...after }, { sort: { at: -1 }, limit: 5 });
    expect(page).toMatchObject({ stage: 'FETCH', index: 'client_1_at_-1', documents: 6, returned: 5 });
    const nested = { $and: [{ client: 3 }, after] };
    expect(await explained(orders, nested, { sort: { at: -1 }, limit: 5 })).toMatchObject(page);
  });

  test('a count by the bounds alone reads no document', async () => {
    expect(await orders.countDocuments({ client: 3 })).toBe(20);
    expect(await orders.countDocuments({ client: 3 }, { skip: 15 })).toBe(5);
    expect(await orders.countDocuments({ client: 3, at: { $gte: 100 } })).toBe(16);
    const exactly = async (at: Document): Promise<unknown> => {
      const { queryPlanner } = await orders.find({ client: 3, at }).explain('queryPlanner');
      return queryPlanner.winningPlan.exact as unknown;
    };
    expect(await exactly({ $gte: 100, $lt: 200 })).toBe(true);
    expect(await exactly({ $lt: 200 })).toBe(false);
    expect(await exactly({ $gte: NaN })).toBe(false);
  });

  test('a sparse or partial index is not used where it may lack what is wanted', async () => {
    expect(await explained(orders, { reference: null })).toMatchObject({ stage: 'COLLSCAN', returned: 250 });
    expect(await explained(orders, { state: { $in: ['PENDING', 'DONE'] } })).toMatchObject({
      stage: 'COLLSCAN',
    });
    expect(await orders.find().sort({ reference: 1 }).toArray()).toHaveLength(500);
  });
});

describe('in a multikey index', () => {
  test('one element may meet one bound, and another the other', async () => {
    const lists = client.db().collection<Document>('lists');
    await lists.createIndexes([{ key: { a: 1 } }, { key: { 'b.x': 1, 'b.y': 1 } }]);
    await lists.insertMany([
      {
        n: 1,
        a: [-5, 5],
        b: [
          { x: 1, y: 9 },
          { x: 5, y: 2 },
        ],
      },
      { n: 2, a: [7], b: [{ x: 1, y: 9 }] },
    ]);
    const range = { a: { $gte: 0, $lt: 1 } };
    expect(await explained(lists, range)).toMatchObject({ index: 'a_1' });
    expect(await lists.distinct('n', range)).toEqual([1]);
    expect(await lists.distinct('n', { 'b.x': 1, 'b.y': 2 })).toEqual([1]);
  });
});

const scalar = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(0.5, -0, NaN, Infinity, 2 ** 40) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>('', 'a', 'ab', 'a\0b', 'b', '中', '😀') },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, true, false, new Date(0), new Date(5)) },
);
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.record({ x: scalar, y: scalar }, { requiredKeys: [] }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.record({ x: scalar, y: scalar }, { requiredKeys: [] }), { maxLength: 3 }),
  },
);
const documents = fc.array(fc.record({ a: value, b: value, c: scalar }, { requiredKeys: [] }), {
  minLength: 1,
  maxLength: 25,
});
const condition = fc.oneof(
  value,
  fc
    .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$ne', '$eq'), scalar)
    .map(([name, operand]) => ({ [name]: operand })),
  fc.tuple(scalar, scalar).map(([low, high]) => ({ $gte: low, $lt: high })),
  fc.array(scalar, { maxLength: 3 }).map((list) => ({ $in: list })),
  fc.boolean().map((present) => ({ $exists: present })),
);
const path = fc.constantFrom('a', 'b', 'c', 'a.x', 'a.y', 'b.x');
const clauses = fc.dictionary(path, condition, { maxKeys: 3 });
const filter: fc.Arbitrary<Document> = fc.oneof(
  clauses,
  fc
    .tuple(clauses, fc.array(clauses, { minLength: 1, maxLength: 3 }))
    .map(([beside, $or]) => ({ ...beside, $or })),
);
const order = fc.uniqueArray(fc.tuple(path, fc.constantFrom<1 | -1>(1, -1)), {
  maxLength: 3,
  minLength: 1,
  selector: ([name]) => name,
});

const INDEXES: IndexDescription[] = [
  { key: { a: 1 } },
  { key: { a: -1, c: 1 } },
  { key: { 'a.x': 1, 'a.y': -1 } },
  { key: { b: 1 }, sparse: true },
  { key: { c: -1, 'b.x': 1 } },
  { key: { c: 1, b: 1 }, name: 'few', partialFilterExpression: { c: { $gte: 0 } } },
];

describe('scan and index agree on generated documents', () => {
  test('about which documents a filter finds, and in which order', async () => {
    const used = { indexes: 0, unions: 0 };
    const property = fc.asyncProperty(
      documents,
      fc.array(fc.tuple(filter, order), { minLength: 8, maxLength: 8 }),
      async (given, queries) => {
        const plain = client.db().collection<Document>(`plain-${new ObjectId()}`);
        const indexed = client.db().collection<Document>(`indexed-${new ObjectId()}`);
        const numbered = given.map((document, _id) => ({ _id, ...document }));
        await indexed.createIndexes(INDEXES.slice(0, 3));
        for (const collection of [plain, indexed])
          await collection.insertMany(numbered as never[], { ignoreUndefined: true });
        await indexed.createIndexes(INDEXES.slice(3));
        for (const [wanted, sort] of queries) {
          const expected = await plain.find(wanted).toArray();
          const found = await indexed.find(wanted).toArray();
          expect(found.sort(byId)).toEqual(expected.sort(byId));
          const sorted = await inOrder(plain, wanted, [...sort, ['_id', 1]]);
          expect(await inOrder(indexed, wanted, [...sort, ['_id', 1]])).toEqual(sorted);
          const direction = sort[0]?.[1] ?? 1;
          const byOne = await indexed.find(wanted).sort({ c: direction }).toArray();
          expect(byOne.map(fieldC)).toEqual(
            (await plain.find(wanted).sort({ c: direction }).toArray()).map(fieldC),
          );
          const { index, union } = await explained(indexed, wanted);
          if (index) used.indexes++;
          if (union) used.unions++;
        }
        await Promise.all([plain.drop(), indexed.drop()]);
      },
    );
    await fc.assert(property, { numRuns: 25 });
    expect(used.indexes).toBeGreaterThan(20);
    expect(used.unions).toBeGreaterThan(0);
  });
});

/** Documents in order, or the code of a refusal: two arrays side by side cannot be sorted by. */
async function inOrder(
  collection: Collection<Document>,
  filter: Document,
  sort: [string, 1 | -1][],
): Promise<unknown> {
  const found = collection.find(filter).sort(sort).toArray();
  return found.catch((error: { code?: unknown }) => ({ refused: error.code }));
}

function byId(a: Document, b: Document): number {
  return a._id - b._id;
}

/** What a document sorts by; values that MongoDB holds equal come out alike. */
function fieldC({ c }: Document): unknown {
  return c === undefined ? null : Object.is(c, -0) ? 0 : c;
}
